"""Rows of the store held against what its events made: each row that differs, and how."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from allocator.plan import Plan
from allocator.signoff.audit.replayed import Made, PlanAsMade
from allocator.signoff.seen import seen_of
from allocator.signoff.store import blobs
from allocator.signoff.store.tables import (
    checks,
    comments,
    delegations,
    documents,
    grants,
    plans,
    signatures,
    users,
)

Found = tuple[str, str, str]
"""(table, which row, what is wrong)"""
Row = RowMapping | Mapping[str, Any]
JSON = ("facts", "required", "conditions", "seen", "rules")


def differing(connection: Connection, made: Made) -> Iterator[Found]:
    """Every row that is not as its events made it, is missing, or was never made."""
    yield from _plans(connection, made)
    yield from _signatures(connection, made)
    yield from _documents(connection, made)
    yield from _comments(connection, made)
    yield from _checks(connection, made)
    yield from _people(connection, made)
    yield from _delegations(connection, made)


def _plans(connection: Connection, made: Made) -> Iterator[Found]:
    left = dict(made.plans)
    for row in connection.execute(select(plans).order_by(plans.c.created_at)).mappings():
        name = f"{row['digest'][:12]}…"
        plan = left.pop(row["digest"], None)
        if plan is None:
            yield "plans", name, "no event made it"
            continue
        for column in _odd(row, plan.columns):
            yield "plans", name, f"{column} is not what the events say"
        why = _content(connection, row, plan)
        if why:
            yield "plans", name, why
    for digest in left:
        yield "plans", f"{digest[:12]}…", "missing; an event made it"


def _content(connection: Connection, row: Row, made: PlanAsMade) -> str:
    """What is wrong with the plan behind the row, and with columns that repeat it; or nothing."""
    try:
        form = json.loads(blobs.get(connection, row["blob"]) or b"")
        plan = Plan.model_validate(form)
    except ValueError:
        return "its blob is no plan"
    if row["digest"] != plan.digest:  # the blob is the event's, and hashes to its name
        return "its blob is another plan"
    if seen_of(plan) != made.seen:
        return "its figures are not those of the event"
    said = {
        "title": plan.scenario.title, "scenario": plan.scenario.id, "currency": plan.currency,
        "scenario_digest": plan.scenario.digest, "curves_digest": plan.curves.digest,
        "cents": round(plan.totals.plan.spend * 100),
        "starts": plan.period.start, "ends": plan.period.end,
    }  # fmt: skip
    odd = _odd(row, said)
    return f"{odd[0]} is not the plan's" if odd else ""


def _signatures(connection: Connection, made: Made) -> Iterator[Found]:
    left = {
        (digest, place): one
        for digest, plan in made.plans.items()
        for place, one in plan.signatures.items()
    }
    for row in connection.execute(select(signatures)).mappings():
        name = f"{row['plan'][:12]}… {row['place']}"
        one = left.pop((row["plan"], row["place"]), None)
        if one is None:
            yield "signatures", name, "no event made it"
            continue
        for column in _odd(row, one):
            yield "signatures", name, f"{column} is not what the event says"
    for digest, place in left:
        yield "signatures", f"{digest[:12]}… {place}", "missing; an event made it"


def _documents(connection: Connection, made: Made) -> Iterator[Found]:
    left = {(digest, *one) for digest, plan in made.plans.items() for one in plan.documents}
    for row in connection.execute(select(documents)).mappings():
        key = (row["plan"], row["kind"], row["blob"])
        if key not in left:
            yield "documents", f"{row['plan'][:12]}… {row['kind']}", "no event made it"
        left.discard(key)
    for digest, kind, _ in sorted(left):
        yield "documents", f"{digest[:12]}… {kind}", "missing; an event made it"


def _comments(connection: Connection, made: Made) -> Iterator[Found]:
    left = {id_: one for plan in made.plans.values() for id_, one in plan.comments.items()}
    for row in connection.execute(select(comments)).mappings():
        one = left.pop(row["id"], None)
        if one is None:
            yield "comments", row["id"], "no event made it"
            continue
        text = hashlib.sha256(row["text"].encode()).hexdigest()
        for column in _odd({**row, "text": text}, one):
            yield "comments", row["id"], f"{column} is not what the event says"
    for id_ in left:
        yield "comments", id_, "missing; an event made it"


def _checks(connection: Connection, made: Made) -> Iterator[Found]:
    left = {number: one for plan in made.plans.values() for number, one in plan.checks.items()}
    for row in connection.execute(select(checks)).mappings():
        one = left.pop(row["event"], None)
        if one is None:
            yield "checks", str(row["event"]), "no event made it"
            continue
        for column in _odd({**row, "agrees": bool(row["agrees"])}, one):
            yield "checks", str(row["event"]), f"{column} is not what the event says"
    for number in left:
        yield "checks", str(number), "missing; an event made it"


def _people(connection: Connection, made: Made) -> Iterator[Found]:
    held: dict[str, set[tuple[str, str]]] = {}
    for row in connection.execute(select(users.c.id, users.c.disabled)).mappings():
        held[row["id"]] = set()
        if row["id"] not in made.grants:
            yield "users", row["id"], "no event made them"
        elif bool(row["disabled"]) != (row["id"] in made.disabled):
            yield "users", row["id"], "disabled is not what the events say"
    for row in connection.execute(select(grants)).mappings():
        held.setdefault(row["user_id"], set()).add((row["role"], row["market"]))
    for id_, has in held.items():
        should = made.grants.get(id_, set())
        for role, market in sorted(has ^ should):
            why = "was never given" if (role, market) in has else "is missing"
            yield "grants", id_, f"{role} in {market} {why}"


def _delegations(connection: Connection, made: Made) -> Iterator[Found]:
    left = dict(made.delegations)
    for row in connection.execute(select(delegations)).mappings():
        one = left.pop(row["id"], None)
        if one is None:
            yield "delegations", row["id"], "no event made it"
            continue
        for column in _odd(row, one):
            yield "delegations", row["id"], f"{column} is not what the events say"
    for id_ in left:
        yield "delegations", id_, "missing; an event made it"


def _odd(row: Row, said: Mapping[str, Any]) -> list[str]:
    """Columns whose value is another one than was said."""
    return [
        name
        for name, value in said.items()
        if (_json(row[name]) if name in JSON else row[name]) != value
    ]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
