"""People: added, given roles, disabled. Every change has its event; events hold ids only."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from allocator.errors import NotAllowed
from allocator.signoff.service.acts import note
from allocator.signoff.service.passwords import hashed, matches, random_password, refuse_weak
from allocator.signoff.service.standing import Conflict, Standing, as_self, present
from allocator.signoff.states import Role
from allocator.signoff.store import events, people, sessions, tokens
from allocator.signoff.store.connect import Store
from allocator.signoff.store.events import Act
from allocator.signoff.store.people import EVERY, Person, is_market
from mmm.errors import Fault, InputError


@dataclass(frozen=True)
class Newcomer:
    """Who is added.

    grants:   (role, market) pairs; market ``all`` for every one
    password: None for whom somebody else identifies
    """

    name: str
    mail: str
    grants: frozenset[tuple[Role, str]] = frozenset()
    password: str | None = None


def first_admin(store: Store, name: str, mail: str, *, at: str) -> tuple[Person, str]:
    """The first person of an empty store, and their random password.

    Raises NotAllowed where somebody is there already.
    """
    password = random_password()
    newcomer = Newcomer(name, mail, frozenset({(Role.ADMIN, EVERY)}), password)
    refuse_odd(newcomer)
    one, kept = _person(newcomer), hashed(password)

    def act(connection: Connection) -> Person:
        if people.everybody(connection):
            raise NotAllowed("somebody is here already: an admin adds people")
        return enroll(connection, one, kept, None, at)

    return store.writing(act), password


def add(store: Store, actor: str, newcomer: Newcomer, *, at: str) -> Person:
    """Add a person. Raises NotAllowed unless an admin does, Conflict for a mail that is taken."""
    refuse_odd(newcomer)
    kept = None if newcomer.password is None else hashed(newcomer.password)
    one = _person(newcomer)

    def act(connection: Connection) -> Person:
        who = _admin(connection, actor)
        if people.person(connection, mail=one.mail) is not None:
            raise Conflict(f"{one.mail} is here already; nothing was done")
        return enroll(connection, one, kept, who, at)

    return store.writing(act)


def enroll(
    connection: Connection, one: Person, password: str | None, who: Standing | None, at: str
) -> Person:
    """Keep a person with the event; ``password`` is a hash, ``who`` None for the system."""
    people.add(connection, one, password, at)
    held = sorted([str(role), market] for role, market in one.grants)
    if who is None:
        act = Act(at, "system", str(Role.SYSTEM), "add user", one.id, {"grants": held})
        events.append(connection, act)
    else:
        note(connection, one.id, "add user", who, at, details={"grants": held})
    return replace(one, mail=one.mail.lower())


def grant(store: Store, actor: str, id: str, held: tuple[Role, str], *, at: str) -> Person:
    """Give a (role, market).

    Raises NotAllowed unless another person, an admin, does, InputError for what is no role of
    people or no market.
    """
    faults = _odd_roles([held])
    if faults:
        raise InputError(faults)

    def change(connection: Connection, who: Standing, _: Person) -> None:
        if who.actor.id == id:
            raise NotAllowed("nobody gives themselves a role: another admin does")
        people.grant(connection, id, *held)
        _noted(connection, id, "grant", who, at, held=held)

    return _change(store, actor, id, change)


def revoke(store: Store, actor: str, id: str, held: tuple[Role, str], *, at: str) -> Person:
    """Take a (role, market) away. The last admin stays one (NotAllowed)."""

    def change(connection: Connection, who: Standing, one: Person) -> None:
        if held not in one.grants:
            fault = Fault("revoke", 0, 0, "", f"no {held[0]} in {held[1]}", "a role they hold")
            raise InputError([fault])
        if held == (Role.ADMIN, EVERY):
            refuse_last_admin(connection, one)
        people.revoke(connection, id, *held)
        _noted(connection, id, "revoke", who, at, held=held)

    return _change(store, actor, id, change)


def disable(store: Store, actor: str, id: str, *, at: str) -> Person:
    """Shut a person out at once: sessions and tokens end too. The last admin stays."""

    def change(connection: Connection, who: Standing, one: Person) -> None:
        refuse_last_admin(connection, one)
        people.change(connection, id, disabled=True)
        sessions.end_all(connection, id)
        tokens.revoke_all(connection, id, at)
        note(connection, id, "disable", who, at)

    return _change(store, actor, id, change)


def enable(store: Store, actor: str, id: str, *, at: str) -> Person:
    """Let a person in again. Raises NotAllowed unless an admin does."""

    def change(connection: Connection, who: Standing, _: Person) -> None:
        people.change(connection, id, disabled=False)
        note(connection, id, "enable", who, at)

    return _change(store, actor, id, change)


def set_password(store: Store, actor: str, id: str, password: str, *, at: str) -> None:
    """Give a new password: one's own, or as an admin somebody's. Sessions and tokens end.

    Raises InputError for a weak one, and as one's own for the one there is.
    """
    kept = hashed(password)

    def act(connection: Connection) -> None:
        who = present(connection, actor)
        one = _known(connection, id)
        refuse_weak(password, one.name, one.mail.partition("@")[0])
        own = who.id == id
        standing = as_self(who) if own else _admin(connection, actor)
        if own and matches(password, people.password_of(connection, id)):
            fault = Fault("password", 0, 0, "", "the one there is", "another one")
            raise InputError([fault])
        people.change(connection, id, password=kept)
        sessions.end_all(connection, id)
        for token in tokens.of(connection, id):
            if token.revoked_at is None and token.ends_at > at:
                tokens.revoke(connection, token.token, at)
                details = {"token": token.token[:12]}
                note(connection, id, "revoke token", standing, at, details=details)
        note(connection, id, "set password", standing, at)

    store.writing(act)


def everybody(store: Store) -> tuple[Person, ...]:
    """All people, by name."""
    with store.reading() as connection:
        return people.everybody(connection)


def person(store: Store, *, id: str = "", mail: str = "") -> Person | None:
    """The person with this id, or this mail; None where nobody has it."""
    with store.reading() as connection:
        return people.person(connection, id=id, mail=mail)


def refuse_last_admin(connection: Connection, one: Person) -> None:
    """Raise NotAllowed where nobody could administer people afterwards."""
    admins = [
        other.id
        for other in people.everybody(connection)
        if other.has(Role.ADMIN, EVERY) and not other.disabled
    ]
    if admins == [one.id]:
        raise NotAllowed("this is the last admin: make another one first")


def _change(
    store: Store, actor: str, id: str, change: Callable[[Connection, Standing, Person], None]
) -> Person:
    def act(connection: Connection) -> Person:
        who = _admin(connection, actor)
        change(connection, who, _known(connection, id))
        return _known(connection, id)

    return store.writing(act)


def _admin(connection: Connection, actor: str) -> Standing:
    who = present(connection, actor)
    if not who.has(Role.ADMIN, EVERY):
        raise NotAllowed("this needs an admin")
    return Standing(who, Role.ADMIN)


def _known(connection: Connection, id: str) -> Person:
    one = people.person(connection, id=id)
    if one is None:
        raise InputError([Fault("user", 0, 0, "", repr(id), "somebody who is here")])
    return one


def _noted(
    connection: Connection, id: str, action: str, who: Standing, at: str,
    *, held: tuple[Role, str] | None = None,
) -> None:  # fmt: skip
    details = {} if held is None else {"role": str(held[0]), "market": held[1]}
    note(connection, id, action, who, at, details=details)


def _person(newcomer: Newcomer) -> Person:
    mail = newcomer.mail.strip().lower()
    return Person(secrets.token_hex(16), newcomer.name.strip(), mail, False, newcomer.grants)


def refuse_odd(newcomer: Newcomer) -> None:
    """Raise InputError with every fault of somebody who is to be added."""
    faults = []
    if not newcomer.name.strip() or len(newcomer.name) > 200 or not newcomer.name.isprintable():
        faults.append(Fault("user", 0, 0, "name", repr(newcomer.name[:50]), "a name"))
    before, at, after = newcomer.mail.strip().partition("@")
    plain = len(newcomer.mail) <= 200 and newcomer.mail.isprintable() and " " not in newcomer.mail
    if not (before and at and after and plain):
        faults.append(Fault("user", 0, 0, "mail", repr(newcomer.mail[:50]), "name@example.org"))
    faults += _odd_roles(sorted(newcomer.grants))
    if faults:
        raise InputError(faults)
    if newcomer.password is not None:
        refuse_weak(newcomer.password, newcomer.name, before)


def _odd_roles(held: Iterable[tuple[Role, str]]) -> list[Fault]:
    return [
        Fault("user", 0, 0, "role", f"{role}:{market[:90]}", "such as finance:DE")
        for role, market in held
        if role is Role.SYSTEM or not is_market(market)
    ]
