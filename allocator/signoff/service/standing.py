"""In which role somebody acts, and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection

from allocator.errors import AllocatorError, NotAllowed
from allocator.signoff.states import Role
from allocator.signoff.store import events, people
from allocator.signoff.store.people import Delegation, Person
from allocator.signoff.store.plan_rows import Signed

DID = {"create": "wrote it", "submit": "submitted it", "review": "reviewed it"}
AUTHORING = ("create", "submit")


class Conflict(AllocatorError):
    """Somebody else was first: nothing was done; look again, then decide."""

    exit_code: ClassVar[int] = 8


@dataclass(frozen=True)
class Standing:
    """An actor in one role; ``behalf`` is the person who delegated it to them."""

    actor: Person
    role: Role
    behalf: Person | None = None

    @property
    def name_of(self) -> str:
        """id of the person in whose name the act is done."""
        return self.actor.id if self.behalf is None else self.behalf.id

    @property
    def both(self) -> frozenset[str]:
        """ids of all people who stand behind the act."""
        return frozenset({self.actor.id, self.name_of})


def present(connection: Connection, actor: str) -> Person:
    """Somebody who is here. Raises NotAllowed for people who are unknown or disabled."""
    who = people.person(connection, id=actor)
    if who is None or who.disabled:
        raise NotAllowed("this person is unknown or disabled")
    return who


def as_self(who: Person) -> Standing:
    """Somebody in matters of their own, which need no role: in the first of those they hold, and
    like an auditor, who only looks, where they hold none."""
    return Standing(who, min((role for role, _ in who.grants), default=Role.AUDITOR))


def standing(connection: Connection, actor: str, role: Role, market: str, at: str) -> Standing:
    """Who acts in a role, by themselves or by a delegation that holds at this time.

    Raises NotAllowed for people who are unknown, disabled, or do not hold the role there.
    """
    who = present(connection, actor)
    found = _first(connection, who, market, at, (role,))
    if found is None:
        raise NotAllowed(f"{who.name} is no {role} in {market}, nor stands for one today")
    return found


def _first(
    connection: Connection, who: Person, market: str, at: str, roles: Iterable[Role]
) -> Standing | None:
    """In the first of the roles that somebody holds, by themselves before by a delegation."""
    given: tuple[tuple[Delegation, Person], ...] | None = None
    for role in roles:
        if who.has(role, market):
            return Standing(who, role)
        given = givers(connection, who.id, at) if given is None else given
        for one, giver in given:
            fits = one.role == role and one.market in (market, people.EVERY)
            if fits and giver.has(role, market):
                return Standing(who, role, giver)
    return None


def givers(connection: Connection, actor: str, at: str) -> tuple[tuple[Delegation, Person], ...]:
    """The delegations to somebody that hold at this time, each with who gave it and is here."""
    found = (
        (one, people.person(connection, id=one.giver))
        for one in people.delegations_to(connection, actor, at)
    )
    return tuple((one, giver) for one, giver in found if giver is not None and not giver.disabled)


def first_role(
    connection: Connection, actor: str, market: str, at: str, wanted: Iterable[Role]
) -> Standing:
    """The first of the wanted roles that somebody holds.

    Raises NotAllowed for none, and for people who are unknown or disabled.
    """
    roles = tuple(wanted)
    found = _first(connection, present(connection, actor), market, at, roles)
    if found is None:
        raise NotAllowed(f"this needs a {' or '.join(roles)} in {market}")
    return found


def refuse_own(
    connection: Connection, who: Standing, digest: str, signed: Iterable[Signed] = ()
) -> None:
    """Author, reviewer and every signer are different people, also behind a delegation.

    Whoever acted counts, and in whose name. Raises NotAllowed.
    """
    before = {person: DID[action] for person, action in hands(connection, digest).items()}
    for one in signed:
        before |= dict.fromkeys((one.person, one.actor), "has signed it")
    own = sorted(who.both & before.keys())
    if own:
        did = before[own[0]]
        raise NotAllowed(f"whoever decides on a plan has no other part in it: this person {did}")


def refuse_author(connection: Connection, who: Standing, digest: str, why: str) -> None:
    """Raise NotAllowed, saying why, for whoever wrote a plan or submitted it."""
    found = hands(connection, digest)
    if any(found.get(person) in AUTHORING for person in who.both):
        raise NotAllowed(why)


def hands(connection: Connection, digest: str) -> dict[str, str]:
    """Person -> the first of create, submit and review that they did to a plan."""
    return events.hands(connection, (digest,))[digest]
