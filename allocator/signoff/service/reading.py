"""What people look at: plans they may see, what waits for them, and what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_

from allocator.errors import NotAllowed
from allocator.signoff.authority import Authority
from allocator.signoff.chain import Event
from allocator.signoff.service.standing import first_role, present
from allocator.signoff.states import Role, State
from allocator.signoff.store import events, people, plan_rows
from allocator.signoff.store.connect import Store
from allocator.signoff.store.people import EVERY, Person
from allocator.signoff.store.plan_rows import PlanRow, Signed
from allocator.signoff.store.tables import plans
from allocator.signoff.times import later

REVIEWERS = (Role.CAMPAIGN_MANAGER, Role.FINANCE, Role.DIRECTOR)
OPEN = (State.DRAFT, State.SUBMITTED, State.IN_REVIEW, State.APPROVED, State.CONDITIONAL)
PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; what is left out does not matter.

    text:   in title or scenario, or the start of the digest
    before: plans that changed before this time, for the next page
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


def search(store: Store, reader: str, wanted: Wanted) -> tuple[PlanRow, ...]:
    """Plans of the markets where the reader is anything, the latest change first."""
    with store.reading() as connection:
        asked = [_visible(connection, present(connection, reader))]
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
            asked.append(plans.c.changed_at < wanted.before)
        return plan_rows.where(connection, *asked, limit=min(max(wanted.limit, 1), 200))


def plan(store: Store, reader: str, digest: str) -> PlanRow | None:
    """A plan, if the reader may see it; None where there is none."""
    with store.reading() as connection:
        found = plan_rows.where(
            connection, _visible(connection, present(connection, reader)), plans.c.digest == digest
        )
        return found[0] if found else None


def signatures(store: Store, digest: str) -> tuple[Signed, ...]:
    """Of a plan, in their order."""
    with store.reading() as connection:
        return plan_rows.signatures_of(connection, digest)


def inbox(
    store: Store, reader: str, *, authority: Authority | None = None, at: str
) -> tuple[Item, ...]:
    """What waits for a person, also for whom they stand in; the longest wait first.

    authority: the matrix in force, which says whom plans go to that nobody decides
    """
    with store.reading() as connection:
        present(connection, reader)
        states = [str(state) for state in (*OPEN, State.REJECTED)]
        rows = plan_rows.where(connection, plans.c.state.in_(states), limit=1_000)
        replaced = {row.replaces for row in rows}
        found = []
        for row in rows:
            todo = _todo(connection, reader, row, at)
            if todo == "change" and row.digest in replaced:
                continue
            if not todo and authority is not None:
                todo = _escalated(connection, reader, row, authority, at=at)
            if todo:
                found.append(Item(row, todo))
        return tuple(sorted(found, key=lambda item: item.row.changed_at))


def possible(store: Store, reader: str, digest: str, *, at: str) -> tuple[str, ...]:
    """What somebody may do with a plan now: for buttons. The acts themselves check again."""
    with store.reading() as connection:
        row = plan_rows.get(connection, digest)
        if row is None:
            return ()
        todo = _todo(connection, reader, row, at)
        own = row.author == reader
        found = [todo] if todo in ("submit", "review", "sign", "release") else []
        decides = _is(connection, reader, row, REVIEWERS, at)
        if row.state is State.IN_REVIEW and decides and row.author not in decides:
            found.append("reject")
        undecided = row.state in (State.DRAFT, State.SUBMITTED, State.IN_REVIEW)
        if undecided and own:
            found.append("withdraw")
        decided = row.state in (State.APPROVED, State.CONDITIONAL, State.RELEASED)
        if decided and _is(connection, reader, row, (Role.DIRECTOR,), at):
            found.append("withdraw")
        return tuple(found)


def log(store: Store, subject: str = "", *, after: int = 0, limit: int = 200) -> tuple[Entry, ...]:
    """What was done: to a plan, or everything after an event's number, in its order."""
    with store.reading() as connection:
        names = people.names(connection)
        found: Iterable[Event]
        if subject:
            found = events.about(connection, subject)
        else:
            found = events.after(connection, after, limit)
        return tuple(
            Entry(one, names.get(one.actor, ""), names.get(one.behalf, "")) for one in found
        )


def anchor(store: Store) -> tuple[int, str]:
    """Number and hash of the chain's head, for documents that leave; (0, zeros) of an empty one."""
    with store.reading() as connection:
        head = events.last(connection)
        return (0, "0" * 64) if head is None else (head.number, head.hash)


def _visible(connection: Connection, who: Person) -> Any:
    markets = {market for _, market in who.grants}
    for one in people.delegations_of(connection, who.id):
        if one.taker == who.id and one.revoked_at is None:
            markets.add(one.market)
    return plans.c.digest.is_not(None) if EVERY in markets else plans.c.market.in_(sorted(markets))


def _is(
    connection: Connection, reader: str, row: PlanRow, roles: tuple[Role, ...], at: str
) -> frozenset[str]:
    """ids of all who stand behind the reader in one of the roles; empty where they hold none."""
    try:
        return first_role(connection, reader, row.market, at, roles).both
    except NotAllowed:
        return frozenset()


def _todo(connection: Connection, reader: str, row: PlanRow, at: str) -> str:
    """What the plan waits for from this reader; empty for nothing."""
    if row.author == reader:
        return {State.DRAFT: "submit", State.REJECTED: "change"}.get(row.state, "")
    if row.state is State.SUBMITTED:
        return "review" if _others(connection, reader, row, REVIEWERS, at=at) else ""
    if row.state is State.IN_REVIEW:
        given = plan_rows.signatures_of(connection, row.digest)
        due = row.required.due(tuple(one.role for one in given))
        return "sign" if due and _others(connection, reader, row, due.roles, given, at=at) else ""
    if row.state in (State.APPROVED, State.CONDITIONAL):
        payers = (Role.FINANCE, Role.DIRECTOR)
        both = _is(connection, reader, row, payers, at)
        return "release" if both and row.author not in both else ""
    return ""


def _others(
    connection: Connection, reader: str, row: PlanRow, roles: tuple[Role, ...],
    given: tuple[Signed, ...] = (), *, at: str,
) -> bool:  # fmt: skip
    """Whether the reader holds a role and has no other part in the plan."""
    both = _is(connection, reader, row, roles, at)
    part = {row.author, row.reviewer, *(id for one in given for id in (one.person, one.actor))}
    return bool(both) and not both & part


def _escalated(
    connection: Connection, reader: str, row: PlanRow, authority: Authority, *, at: str
) -> str:
    rule = authority.escalation
    waits = row.state in (State.SUBMITTED, State.IN_REVIEW)
    if rule is None or not waits or later(row.changed_at, days=rule.after_days) >= at:
        return ""
    both = _is(connection, reader, row, (rule.to,), at)
    return "decide" if both and row.author not in both else ""
