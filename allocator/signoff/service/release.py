"""What follows an approval: release, withdrawal, and the end of what nobody decided."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from allocator.errors import NotAllowed
from allocator.signoff.authority import Authority
from allocator.signoff.conditions import Circumstances, Condition, unmet
from allocator.signoff.kinds import MADE
from allocator.signoff.service.acts import (
    WAITING,
    locked,
    move,
    moved_by_clock,
    plan_of,
    refuse_empty,
    refuse_late,
)
from allocator.signoff.service.checks import refuse_unchecked
from allocator.signoff.service.compared import refuse_outgrown
from allocator.signoff.service.standing import (
    AUTHORING,
    Standing,
    first_role,
    hands,
    refuse_author,
)
from allocator.signoff.states import AUTHORS, PAYERS, UNDECIDED, Action, Role, State, after
from allocator.signoff.store import plan_rows
from allocator.signoff.store.connect import Store
from allocator.signoff.store.plan_rows import PlanRow
from allocator.signoff.store.tables import plans
from allocator.signoff.times import later


def release(
    store: Store, actor: str, digest: str, *, version: int | None = None,
    scenario: str | None = None, curves: str | None = None, at: str,
) -> PlanRow:  # fmt: skip
    """Release the money of an approved plan, if every condition of its approval holds.

    scenario, curves: digests in force today, for the condition that they have not changed.

    The released plan of the same market whose weeks overlap is superseded. Raises NotAllowed for
    its author, where a condition does not hold, with each of them, and where it would need more
    signatures by now or its figures were not made again; Conflict where it has moved.
    """

    def act(connection: Connection) -> PlanRow:
        row = locked(connection, digest, version)
        refuse_late(connection, row, at)
        who = first_role(connection, actor, row.market, at, PAYERS)
        refuse_author(connection, who, digest, "whoever wrote a plan does not release it")
        papers = _papers(connection, digest)
        day = dt.date.fromisoformat(at[:10])
        now = Circumstances(day, frozenset(papers), scenario, curves)
        missing = _missing(connection, row, now)
        if missing:
            raise NotAllowed("a condition of the approval does not hold: " + "; ".join(missing))
        if row.ends < at[:10]:
            raise NotAllowed(f"the plan's weeks are over since {row.ends}; it cannot be released")
        after(row.state, Action.RELEASE, who.role)  # what cannot be released says that first
        refuse_unchecked(connection, row)
        refuse_outgrown(connection, row, plan_rows.signatures_of(connection, digest))
        stated = {"documents": papers, "scenario": scenario, "curves": curves}
        moved = move(connection, row, Action.RELEASE, who, at, details=stated)
        for old in _overlapping(connection, moved):
            why = f"the plan {digest[:12]}… was released for weeks of it"
            moved_by_clock(connection, old, Action.SUPERSEDE, at, why)
        return moved

    return store.writing(act)


def withdraw(
    store: Store, actor: str, digest: str, reason: str, *, version: int | None = None, at: str
) -> PlanRow:
    """Take a plan back: its author while it is undecided, a director afterwards.

    Raises NotAllowed for everybody else, Conflict where the plan has moved.
    """
    refuse_empty("reason", reason)

    def act(connection: Connection) -> PlanRow:
        row = locked(connection, digest, version)
        undecided = row.state in UNDECIDED
        roles = AUTHORS if undecided else (Role.DIRECTOR,)
        who: Standing = first_role(connection, actor, row.market, at, roles)
        if undecided and row.author not in who.both:
            raise NotAllowed("an undecided plan is withdrawn by its author")
        return move(connection, row, Action.WITHDRAW, who, at, details={"reason": reason})

    return store.writing(act)


def expire(store: Store, authority: Authority, *, at: str) -> tuple[PlanRow, ...]:
    """End what has waited too long, and released plans whose weeks are over."""

    def act(connection: Connection) -> tuple[PlanRow, ...]:
        oldest = later(at, days=-authority.expires_after_days)
        waiting = plan_rows.where(
            connection,
            plans.c.state.in_([str(state) for state in WAITING]),
            plans.c.changed_at < oldest,
        )
        over = plan_rows.where(
            connection, plans.c.state == str(State.RELEASED), plans.c.ends < at[:10]
        )
        days = authority.expires_after_days
        reasons = [(row, f"nobody decided within {days} days") for row in waiting]
        reasons += [(row, f"its weeks ended on {row.ends}") for row in over]
        return tuple(
            moved_by_clock(connection, locked(connection, row.digest), Action.EXPIRE, at, why)
            for row, why in reasons
        )

    return store.writing(act)


def _papers(connection: Connection, digest: str) -> dict[str, str]:
    """Kind -> blob of what counts for a condition: made from the plan, or no author's own."""
    did = hands(connection, digest)
    return {
        one.kind: one.blob
        for one in plan_rows.documents_of(connection, digest)
        if one.kind in MADE or did.get(one.by) not in AUTHORING
    }


def _missing(connection: Connection, row: PlanRow, now: Circumstances) -> list[str]:
    plan = plan_of(connection, row)
    asked = [
        Condition.model_validate(one)
        for signed in plan_rows.signatures_of(connection, row.digest)
        for one in signed.conditions
    ]
    return [why for one in asked if (why := unmet(one, plan, now)) is not None]


def _overlapping(connection: Connection, row: PlanRow) -> tuple[PlanRow, ...]:
    return plan_rows.where(
        connection, plans.c.market == row.market, plans.c.state == str(State.RELEASED),
        plans.c.digest != row.digest, plans.c.starts <= row.ends, plans.c.ends >= row.starts,
    )  # fmt: skip
