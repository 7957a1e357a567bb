"""What people look at: plans they may see, what waits for them, and what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, or_

from allocator.signoff.authority import Authority
from allocator.signoff.chain import Event
from allocator.signoff.service.sight import Sight
from allocator.signoff.service.standing import givers, present
from allocator.signoff.states import AGREED, UNDECIDED, State
from allocator.signoff.store import events, people, plan_rows
from allocator.signoff.store.connect import Store
from allocator.signoff.store.people import EVERY, Person
from allocator.signoff.store.plan_rows import PlanRow
from allocator.signoff.store.tables import plans
from allocator.signoff.times import later

PAGE, LONGEST_PAGE = 50, 200
MOST = 1_000  # plans that an inbox looks at, the latest changes first


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; what is left out does not matter.

    text:   in title or scenario, or the start of the digest
    before: the ``cursor`` of the last plan of a page, for the next one; or a time
    """

    text: str = ""
    state: State | None = None
    market: str = ""
    author: str = ""
    before: str = ""
    limit: int = PAGE


@dataclass(frozen=True)
class Item:
    """Something that waits for a person.

    todo: ``submit``, ``review``, ``sign``, ``release``, ``change`` (it was sent back) or
          ``decide``, where nobody did in time
    """

    row: PlanRow
    todo: str


@dataclass(frozen=True)
class Entry:
    """An event with the names that its ids have today; empty for the system and for nobody."""

    event: Event
    actor: str
    behalf: str


def search(store: Store, reader: str, wanted: Wanted, *, at: str) -> tuple[PlanRow, ...]:
    """Plans of the markets where the reader is anything, the latest change first."""
    with store.reading() as connection:
        asked = [visible(connection, present(connection, reader), at)]
        if wanted.text:
            asked.append(or_(
                plans.c.title.icontains(wanted.text, autoescape=True),
                plans.c.scenario.icontains(wanted.text, autoescape=True),
                plans.c.digest.startswith(wanted.text.lower(), autoescape=True),
            ))  # fmt: skip
        if wanted.state is not None:
            asked.append(plans.c.state == str(wanted.state))
        for column, value in ((plans.c.market, wanted.market), (plans.c.author, wanted.author)):
            if value:
                asked.append(column == value)
        if wanted.before:
            asked.append(plan_rows.follows(wanted.before))
        return plan_rows.where(connection, *asked, limit=asked_for(wanted.limit))


def plan(store: Store, reader: str, digest: str, *, at: str) -> PlanRow | None:
    """A plan, if the reader may see it; None where there is none."""
    with store.reading() as connection:
        may = visible(connection, present(connection, reader), at)
        found = plan_rows.where(connection, may, plans.c.digest == digest)
        return found[0] if found else None


def starting(store: Store, reader: str, start: str, *, at: str) -> tuple[PlanRow, ...]:
    """Plans that the reader may see whose digest begins so; two at most: then it names none."""
    with store.reading() as connection:
        may = visible(connection, present(connection, reader), at)
        meant = plans.c.digest.startswith(start, autoescape=True)
        return plan_rows.where(connection, may, meant, limit=2)


def inbox(
    store: Store, reader: str, *, authority: Authority | None = None, at: str
) -> tuple[Item, ...]:
    """What waits for a person, also for whom they stand in; the longest wait first.

    authority: the matrix in force, which says whom plans go to that nobody decides
    """
    with store.reading() as connection:
        seen = Sight(connection, reader, at)
        waits = plans.c.state.in_([str(state) for state in (*UNDECIDED, *AGREED)])
        sent_back = and_(plans.c.state == str(State.REJECTED), plans.c.author == reader)
        asked = (visible(connection, present(connection, reader), at), or_(waits, sent_back))
        rows = plan_rows.where(connection, *asked, limit=MOST)
        seen.note(rows)
        replaced = plan_rows.replaced(connection, [row.digest for row in rows])
        found = []
        for row in rows:
            todo = seen.todo(row)
            if todo == "change" and row.digest in replaced:
                continue
            if not todo and authority is not None:
                todo = _escalated(seen, row, authority)
            if todo:
                found.append(Item(row, todo))
        return tuple(sorted(found, key=lambda item: item.row.changed_at))


def log(store: Store, subject: str = "", *, after: int = 0, limit: int = 200) -> tuple[Entry, ...]:
    """What was done after an event's number, in its order: all of it to a plan, so much at most to
    everything."""
    with store.reading() as connection:
        names = people.names(connection)
        found: Iterable[Event]
        if subject:
            found = (one for one in events.about(connection, subject) if one.number > after)
        else:
            found = events.after(connection, after, limit)
        return tuple(
            Entry(one, names.get(one.actor, ""), names.get(one.behalf, "")) for one in found
        )


def names(store: Store) -> dict[str, str]:
    """id -> name, of everybody."""
    with store.reading() as connection:
        return people.names(connection)


def anchor(store: Store) -> tuple[int, str]:
    """Number and hash of the chain's head, for documents that leave; (0, zeros) of an empty one."""
    with store.reading() as connection:
        head = events.last(connection)
        return (0, "0" * 64) if head is None else (head.number, head.hash)


def asked_for(limit: int) -> int:
    """Rows of a list: those of a page, and one that says that more follow."""
    return min(max(limit, 1), LONGEST_PAGE + 1)


def visible(connection: Connection, who: Person, at: str) -> Any:
    """The condition on ``tables.plans`` that the reader is anything in the plan's market, by
    themselves or by a delegation that holds at this time."""
    markets = {market for _, market in who.grants}
    for one, giver in givers(connection, who.id, at):
        held = {market for role, market in giver.grants if role == one.role}
        if one.market == EVERY:
            markets |= held
        elif giver.has(one.role, one.market):
            markets.add(one.market)
    return plans.c.digest.is_not(None) if EVERY in markets else plans.c.market.in_(sorted(markets))


def _escalated(seen: Sight, row: PlanRow, authority: Authority) -> str:
    rule = authority.escalation
    waits = row.state in (State.SUBMITTED, State.IN_REVIEW)
    if rule is None or not waits or later(row.changed_at, days=rule.after_days) >= seen.at:
        return ""
    both = seen.stands(row.market, (rule.to,))
    return "decide" if both and not both & seen.authors(row) else ""
