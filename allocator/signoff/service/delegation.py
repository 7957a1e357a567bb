"""Standing in for somebody: one role, one market, from a time to a time, for a reason."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection

from allocator.errors import NotAllowed
from allocator.signoff.service.acts import note, refuse_empty
from allocator.signoff.service.standing import Standing, present
from allocator.signoff.states import SIGNERS, Role
from allocator.signoff.store import people
from allocator.signoff.store.connect import Store
from allocator.signoff.store.people import EVERY, Delegation
from allocator.signoff.times import parsed, stamp
from mmm.errors import Fault, InputError

LONGEST = dt.timedelta(days=366)


@dataclass(frozen=True)
class Deputy:
    """Who stands in, as what, where and when (ISO 8601, UTC)."""

    taker: str
    role: Role
    market: str
    starts: str
    ends: str
    reason: str


def delegate(store: Store, actor: str, wanted: Deputy, *, at: str) -> Delegation:
    """Let somebody act in one's own role. What was delegated to one is not passed on.

    Raises NotAllowed for a role one does not hold, InputError for times that make no sense, a
    person who is not there, or no reason.
    """
    refuse_empty("reason", wanted.reason)
    starts, ends = _times(wanted, at)
    id_ = secrets.token_hex(16)

    def act(connection: Connection) -> Delegation:
        giver = present(connection, actor)
        if wanted.role not in SIGNERS or not giver.has(wanted.role, wanted.market):
            raise NotAllowed(f"{giver.name} is no {wanted.role} in {wanted.market} to stand in for")
        taker = people.person(connection, id=wanted.taker)
        if taker is None or taker.disabled or taker.id == giver.id:
            fault = Fault("delegate", 0, 0, "to", repr(wanted.taker), "somebody else who is here")
            raise InputError([fault])
        one = Delegation(
            id_, giver.id, taker.id, wanted.role, wanted.market, starts, ends, wanted.reason, None,
        )  # fmt: skip
        people.delegate(connection, one)
        who = Standing(giver, wanted.role)
        note(connection, taker.id, "delegate", who, at, details=delegation_form(one))
        return one

    return store.writing(act)


def end_delegation(store: Store, actor: str, id: str, *, at: str) -> Delegation:
    """End a delegation before its time: its giver, or an admin.

    Raises NotAllowed for others, InputError where there is none that runs.
    """

    def act(connection: Connection) -> Delegation:
        who = present(connection, actor)
        one = people.delegation(connection, id)
        if one is None or one.revoked_at is not None:
            fault = Fault("delegation", 0, 0, "", repr(id), "the id of one that runs")
            raise InputError([fault])
        own = one.giver == who.id
        if not own and not who.has(Role.ADMIN, EVERY):
            raise NotAllowed("a delegation is ended by who gave it, or by an admin")
        people.end_delegation(connection, id, at)
        standing = Standing(who, one.role if own else Role.ADMIN)
        note(connection, one.taker, "end delegation", standing, at, details={"delegation": id})
        ended = people.delegation(connection, id)
        assert ended is not None
        return ended

    return store.writing(act)


def delegations(store: Store, person: str) -> tuple[Delegation, ...]:
    """All that a person gave or was given, the oldest first."""
    with store.reading() as connection:
        return people.delegations_of(connection, person)


def delegation_form(one: Delegation) -> dict[str, str]:
    """What the event says of a delegation."""
    return {
        "delegation": one.id, "giver": one.giver, "taker": one.taker, "role": str(one.role),
        "market": one.market, "starts": one.starts, "ends": one.ends, "reason": one.reason,
    }  # fmt: skip


def _times(wanted: Deputy, at: str) -> tuple[str, str]:
    expected = "starts before ends, ends ahead of today, a year at most, such as 2026-12-01"
    try:
        starts, ends = parsed(wanted.starts), parsed(wanted.ends)
        if starts < ends and parsed(at) < ends and ends - starts <= LONGEST:
            return stamp(starts), stamp(ends)
    except (ValueError, OverflowError):  # no time, or one that UTC has no year for
        pass
    found = f"{wanted.starts} to {wanted.ends}"
    raise InputError([Fault("delegate", 0, 0, "from, until", found, expected)])
