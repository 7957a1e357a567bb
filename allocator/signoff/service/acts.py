"""One act on one plan: looked up with a lock, checked, moved, and written down."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from allocator.errors import NotAllowed
from allocator.plan import Plan
from allocator.signoff.authority import Authority, authority_of
from allocator.signoff.service.standing import Conflict, Standing
from allocator.signoff.states import Action, Role, State, after
from allocator.signoff.store import blobs, events, plan_rows
from allocator.signoff.store.events import Act
from allocator.signoff.store.plan_rows import PlanRow
from allocator.signoff.times import later
from mmm.errors import Fault, InputError

READ = 32  # plans that need not be read from the same bytes again
WAITING = (State.SUBMITTED, State.IN_REVIEW, State.APPROVED, State.CONDITIONAL)
"""States that end by themselves when nobody decides."""


def locked(
    connection: Connection, digest: str, version: int | None = None, *, reads: bool = False
) -> PlanRow:
    """The plan, which nobody else moves until the transaction ends; ``reads`` only looks.

    version: what the caller saw. Raises InputError for no such plan, Conflict where it has moved.
    """
    row = plan_rows.get(connection, digest, lock=not reads)
    if row is None:
        raise InputError([Fault("plan", 0, 0, "", repr(digest), "the digest of a plan here")])
    if version is not None and row.version != version:
        raise Conflict(
            f"the plan has moved since you opened it: it is {row.state} now; nothing was done"
        )
    return row


def plan_of(connection: Connection, row: PlanRow) -> Plan:
    """The plan itself, from its blob."""
    content = blobs.get(connection, row.blob)
    assert content is not None  # a foreign key
    return _plan(content)


def move(
    connection: Connection, row: PlanRow, action: Action, who: Standing, at: str,
    *, details: dict[str, Any] | None = None, **also: Any,
) -> PlanRow:  # fmt: skip
    """Do the action, with its event. Raises NotAllowed where the table of states denies it."""
    then = after(row.state, action, who.role)
    moved = plan_rows.move(connection, row, then, at, **also)
    note(connection, row.digest, str(action), who, at, details={
        "from": str(row.state), "to": str(then), "version": moved.version, **(details or {}),
    })  # fmt: skip
    return moved


def moved_by_clock(
    connection: Connection, row: PlanRow, action: Action, at: str, why: str
) -> PlanRow:
    """What follows from time or from another plan: done by the system, written down alike."""
    then: State = after(row.state, action, Role.SYSTEM)
    moved = plan_rows.move(connection, row, then, at)
    details = {"from": str(row.state), "to": str(then), "version": moved.version, "reason": why}
    act = Act(at, "system", str(Role.SYSTEM), str(action), row.digest, details)
    events.append(connection, act)
    return moved


def note(
    connection: Connection, subject: str, action: str, who: Standing, at: str,
    *, details: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write an act down."""
    behalf = "" if who.behalf is None else who.behalf.id
    act = Act(at, who.actor.id, str(who.role), action, subject, details or {}, behalf)
    events.append(connection, act)


def refuse_empty(name: str, text: str) -> None:
    """Raise InputError for a reason, or anything else a person must say, that says nothing."""
    if not text.strip() or len(text) > 4000:
        found = "nothing" if not text.strip() else f"{len(text)} characters"
        raise InputError([Fault(name, 0, 0, "", found, "a reason of 1 to 4,000 characters")])
    if "\0" in text:  # PostgreSQL keeps none
        raise InputError([Fault(name, 0, 0, "", "a NUL", "text without one")])


def rules_of(connection: Connection, authority: str) -> Authority:
    """The matrix that is kept under this name."""
    content = blobs.get(connection, authority)
    assert content is not None  # a foreign key
    return authority_of(content, "authority.yaml")


@lru_cache(maxsize=READ)
def _plan(content: bytes) -> Plan:
    return Plan.model_validate_json(content)


def refuse_late(connection: Connection, row: PlanRow, at: str) -> None:
    """Raise NotAllowed for a plan that waited longer than its matrix lets it.

    It has expired, whether or not the clock's act was done already.
    """
    if row.authority is None or row.state not in WAITING:
        return
    rules = rules_of(connection, row.authority)
    if later(row.changed_at, days=rules.expires_after_days) < at:
        days = rules.expires_after_days
        raise NotAllowed(f"the plan expired: {days} days passed since {row.changed_at[:10]}")
