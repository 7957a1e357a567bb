"""What was done, page by page from the end: to one plan, or to everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from allocator.errors import NotAllowed
from allocator.signoff.service.reading import Entry, log, visible
from allocator.signoff.service.standing import present
from allocator.signoff.states import Role
from allocator.signoff.store import events, people, plan_rows
from allocator.signoff.store.connect import Store
from allocator.signoff.store.people import EVERY, Person
from allocator.signoff.store.tables import plans

PAGE, BATCH = 50, 1_000
READERS = (Role.AUDITOR, Role.ADMIN)
"""Who may read everything that was ever done, in all markets."""


@dataclass(frozen=True)
class Trail:
    """A page of events, the latest first.

    titles: digest -> title, of the plans that are named
    older:  number before which the next page begins; 0 where this is the last
    """

    entries: tuple[Entry, ...]
    titles: dict[str, str]
    older: int


def reads_all(who: Person) -> bool:
    """Whether somebody may read everything that was done."""
    return any(who.has(role, EVERY) for role in READERS)


def trail(
    store: Store, reader: str, *, subject: str = "", before: int = 0, limit: int = PAGE, at: str
) -> Trail:
    """Of a plan that the reader may see, or of everything.

    Raises NotAllowed for everything unless an auditor or an admin of all markets asks; a plan that
    is not there, or not for the reader, has an empty trail.
    """
    with store.reading() as connection:
        who = present(connection, reader)
        if not subject:
            _refuse_others(who)
        if subject:
            asked = visible(connection, who, at), plans.c.digest == subject
            if not plan_rows.where(connection, *asked, limit=1):
                return Trail((), {}, 0)
        found = events.latest(connection, before=before, subject=subject, limit=limit + 1)
        names, shown = people.names(connection), found[:limit]
        named = plan_rows.titles(connection, sorted({one.subject for one in shown}))
        return Trail(
            tuple(Entry(e, names.get(e.actor, ""), names.get(e.behalf, "")) for e in shown),
            named, shown[-1].number if len(found) > limit else 0,
        )  # fmt: skip


def whole(store: Store, reader: str, *, after: int = 0) -> Iterator[tuple[Entry, ...]]:
    """Everything that was done after an event's number, in its order, so many at a time: a chain of
    100,000 is never in memory as a whole.

    Raises NotAllowed, at once, unless an auditor or an admin of all markets asks.
    """
    with store.reading() as connection:
        _refuse_others(present(connection, reader))
    return _batches(store, after)


def _batches(store: Store, after: int) -> Iterator[tuple[Entry, ...]]:
    while found := log(store, after=after, limit=BATCH):
        yield found
        after = found[-1].event.number


def _refuse_others(who: Person) -> None:
    if not reads_all(who):
        raise NotAllowed("the whole trail is for auditors and admins; a plan has its own")
