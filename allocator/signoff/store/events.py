"""The chain of events in the database: appended in the transaction of the act, read in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select

from allocator.signoff.chain import Event, following
from allocator.signoff.store.tables import events

BATCH = 5_000  # rows read at a time: a chain of 100,000 is never in memory as a whole
MANY = 500  # plans asked about at a time
HANDS = ("create", "submit", "review")
"""The acts before any signature that make somebody no judge of the plan."""


@dataclass(frozen=True)
class Act:
    """What is written down: who did what to which plan, and when.

    behalf:  id of the person for whom the actor acts; empty for themselves
    subject: digest of the plan, or what else the act is about
    details: the rest, plain JSON values
    """

    at: str
    actor: str
    role: str
    action: str
    subject: str
    details: dict[str, Any] = field(default_factory=dict)
    behalf: str = ""


def append(connection: Connection, act: Act) -> Event:
    """Write the event that follows the last one.

    Two acts never follow the same event: ``Store.writing`` lets one run at a time, and the
    database refuses a second event with the same ``previous``.
    """
    event = following(
        last(connection), at=act.at, actor=act.actor, role=act.role, action=act.action,
        subject=act.subject, details=act.details, behalf=act.behalf,
    )  # fmt: skip
    connection.execute(insert(events).values(asdict(event)))
    return event


def last(connection: Connection) -> Event | None:
    """The head of the chain; None where nothing has happened."""
    query = select(events).order_by(events.c.number.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else Event(**row)


def every(connection: Connection) -> Iterator[Event]:
    """All events in their order."""
    query = select(events).order_by(events.c.number)
    options = {"stream_results": True, "yield_per": BATCH}
    for row in connection.execution_options(**options).execute(query):
        yield Event(*row)


def about(connection: Connection, subject: str) -> tuple[Event, ...]:
    """Everything that was done to a plan, in its order."""
    query = select(events).where(events.c.subject == subject).order_by(events.c.number)
    return tuple(Event(*row) for row in connection.execute(query))


def last_about(connection: Connection, subject: str, action: str) -> Event | None:
    """The last time that something was done to a plan; None where it never was."""
    query = select(events).where(events.c.subject == subject, events.c.action == action)
    row = connection.execute(query.order_by(events.c.number.desc()).limit(1)).mappings().first()
    return None if row is None else Event(**row)


def hands(connection: Connection, digests: Sequence[str]) -> dict[str, dict[str, str]]:
    """Plan -> {person: what they did to it first}: whoever wrote, submitted or reviewed it.

    Both count, who acted and in whose name.
    """
    found: dict[str, dict[str, str]] = {digest: {} for digest in digests}
    chosen = select(events.c.subject, events.c.action, events.c.actor, events.c.behalf)
    for first in range(0, len(digests), MANY):
        some = events.c.subject.in_(digests[first : first + MANY])
        query = chosen.where(some, events.c.action.in_(HANDS)).order_by(events.c.number)
        for subject, action, *both in connection.execute(query):
            for person in filter(None, both):
                found[subject].setdefault(person, action)
    return found


def after(connection: Connection, number: int, limit: int) -> tuple[Event, ...]:
    """Events that follow a number, in their order, so many at most."""
    query = select(events).where(events.c.number > number).order_by(events.c.number).limit(limit)
    return tuple(Event(*row) for row in connection.execute(query))


def latest(
    connection: Connection, *, before: int = 0, subject: str = "", limit: int
) -> tuple[Event, ...]:
    """The last events first, so many at most: those before a number, those about a plan."""
    query = select(events)
    if before:
        query = query.where(events.c.number < before)
    if subject:
        query = query.where(events.c.subject == subject)
    rows = connection.execute(query.order_by(events.c.number.desc()).limit(limit))
    return tuple(Event(*row) for row in rows)
