"""A signed plan by its scenario's id or the start of its digest, for scenarios that name it."""

from __future__ import annotations

import re

from sqlalchemy import or_

from allocator.complaint import Complaint
from allocator.signoff.service.acts import plan_of
from allocator.signoff.service.reading import visible
from allocator.signoff.service.standing import present
from allocator.signoff.states import SIGNED
from allocator.signoff.store import plan_rows
from allocator.signoff.store.connect import Store
from allocator.signoff.store.plan_rows import PlanRow
from allocator.signoff.store.tables import plans
from mmm.errors import nearest

EXPECTED = "the ID of a plan that is approved or released, or a plan.json"
SHORTEST = 8  # digits of a digest, as commands have it
_DIGEST = re.compile(f"[0-9a-f]{{{SHORTEST},64}}")
SHOWN = 3
KNOWN = 200  # ids among which the nearest is looked for


def agreed(store: Store, name: str, *, reader: str | None, at: str) -> bytes | Complaint:
    """The plan.json of the one signed plan of this name; or why there is none to take.

    reader: id of a person who must be allowed to see it; None: who may open the database may
    read all of it. Signed are plans that are approved, with conditions or without, or released.
    """
    named = plans.c.scenario == name
    if _DIGEST.fullmatch(name):
        named = or_(named, plans.c.digest.startswith(name, autoescape=True))
    with store.reading() as connection:
        may = [] if reader is None else [visible(connection, present(connection, reader), at)]
        signed = plans.c.state.in_([str(state) for state in SIGNED])
        found = plan_rows.where(connection, named, signed, *may)
        if len(found) == 1:
            return plan_of(connection, found[0]).to_json().encode()
        if found:
            return _several(name, found)
        others = plan_rows.where(connection, named, *may, limit=SHOWN)
        if others:
            return _unsigned(name, others)
        known = plan_rows.where(connection, signed, *may, limit=KNOWN)
        fix = nearest(name, dict.fromkeys(row.scenario for row in known)) if known else ""
        return Complaint(f"{name}, which no plan in the store is called", EXPECTED, fix)


def _several(name: str, found: tuple[PlanRow, ...]) -> Complaint:
    said = f"{name}, of which {len(found)} plans are signed: {_listed(found)}"
    fix = f"name one by its digest, {found[0].digest[:12]} say"
    return Complaint(said, "one plan", fix)


def _unsigned(name: str, others: tuple[PlanRow, ...]) -> Complaint:
    if len(others) == 1:
        said = f"{name}, whose plan {others[0].digest[:12]} is {others[0].state}"
    else:
        said = f"{name}, of which no plan is signed: {_listed(others)}"
    return Complaint(said, EXPECTED, "have it signed, or name its plan.json")


def _listed(rows: tuple[PlanRow, ...]) -> str:
    """``3f2a9c0155aa (approved), 81…``"""
    said = ", ".join(f"{row.digest[:12]} ({row.state})" for row in rows[:SHOWN])
    return said + (f" and {len(rows) - SHOWN} more" if rows[SHOWN:] else "")
