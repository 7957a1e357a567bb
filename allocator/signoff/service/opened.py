"""All that one look at a plan shows, of one moment: the plan, who signed, what was said of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from allocator.plan import Plan
from allocator.signoff.authority import Step
from allocator.signoff.facts import Flag
from allocator.signoff.seen import seen_of
from allocator.signoff.service.acts import plan_of
from allocator.signoff.service.checks import Check, check_of
from allocator.signoff.service.compared import compared_with
from allocator.signoff.service.reading import visible
from allocator.signoff.service.sight import Sight
from allocator.signoff.service.standing import present
from allocator.signoff.states import TALKERS, State
from allocator.signoff.store import people, plan_rows, talk
from allocator.signoff.store.connect import Store
from allocator.signoff.store.plan_rows import DocumentRow, PlanRow, Signed
from allocator.signoff.store.tables import plans
from allocator.signoff.store.talk import Comment


@dataclass(frozen=True)
class Opened:
    """A plan as somebody sees it now.

    seen:     what a decision is bound to
    names:    id -> name, of everybody
    possible: what the reader may do now, for buttons: the acts themselves check again
    talks:    whether they may comment and attach papers
    due:      whose signature it waits for; None where it waits for none
    newer:    the plan that was handed in for this one, if any
    check:    whether its figures were made again, and agree
    before:   the plan of its market that was approved last when it was submitted, if any
    """

    row: PlanRow
    plan: Plan
    seen: dict[str, str]
    names: dict[str, str]
    signatures: tuple[Signed, ...]
    comments: tuple[Comment, ...]
    documents: tuple[DocumentRow, ...]
    possible: tuple[str, ...]
    talks: bool
    due: Step | None
    newer: PlanRow | None
    before: PlanRow | None
    check: Check

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What makes the plan exceptional, as it was judged at its submission."""
        return tuple(Flag(one) for one in self.row.facts.get("flags", ()))

    @property
    def change(self) -> float | None:
        """The part of the money that moves against the last approved plan; None without one."""
        found = self.row.facts.get("change")
        return None if found is None else float(found)

    def name(self, id: str) -> str:
        """Of a person, or of the system."""
        return self.names.get(id, "the system")


def open_plan(store: Store, reader: str, digest: str, *, at: str) -> Opened | None:
    """The plan, if the reader may see it; None where there is none. Raises NotAllowed for people
    who are unknown or disabled."""
    with store.reading() as connection:
        who = present(connection, reader)
        asked = visible(connection, who, at), plans.c.digest == digest
        found = plan_rows.where(connection, *asked, limit=1)
        return _opened(connection, reader, found[0], at) if found else None


def open_plans(store: Store, reader: str, digests: tuple[str, ...], *, at: str) -> tuple[Plan, ...]:
    """Plans that the reader may see, in this order; those that are not there are left out."""
    with store.reading() as connection:
        may = visible(connection, present(connection, reader), at)
        rows = plan_rows.where(connection, may, plans.c.digest.in_(digests), limit=len(digests))
        known = {row.digest: row for row in rows}
        return tuple(plan_of(connection, known[one]) for one in digests if one in known)


def _opened(connection: Connection, reader: str, row: PlanRow, at: str) -> Opened:
    plan = plan_of(connection, row)
    given = plan_rows.signatures_of(connection, row.digest)
    waits = row.state is State.IN_REVIEW
    sight = Sight(connection, reader, at)
    newer = plan_rows.where(connection, plans.c.replaces == row.digest, limit=1)
    return Opened(
        row=row, plan=plan, seen=seen_of(plan), names=people.names(connection), signatures=given,
        comments=talk.of(connection, row.digest),
        documents=plan_rows.documents_of(connection, row.digest),
        possible=sight.possible(row), talks=bool(sight.stands(row.market, TALKERS)),
        due=row.required.due(tuple(one.role for one in given)) if waits else None,
        newer=newer[0] if newer else None,
        before=compared_with(connection, row), check=check_of(connection, row),
    )  # fmt: skip
