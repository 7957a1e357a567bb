"""People: who they are, what they may be in which market, and whom they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, insert, or_, select, update

from allocator.signoff.states import Role
from allocator.signoff.store.tables import delegations, grants, users

EVERY = "all"
"""The market of a role that is held everywhere."""
LONGEST_MARKET = 80  # characters, as the columns have


def is_market(text: str) -> bool:
    """Whether a market can be called so: a word or more, in signs that move no cursor."""
    return bool(text.strip()) and len(text) <= LONGEST_MARKET and text.isprintable()


@dataclass(frozen=True)
class Person:
    """Somebody who may do things.

    grants: (role, market) pairs; market ``all`` for every one
    """

    id: str
    name: str
    mail: str
    disabled: bool
    grants: frozenset[tuple[Role, str]]

    def has(self, role: Role, market: str) -> bool:
        """Whether they hold a role in a market, by themselves."""
        return (role, market) in self.grants or (role, EVERY) in self.grants


@dataclass(frozen=True)
class Delegation:
    """One person acts for another in one role, from a time to a time, for a reason."""

    id: str
    giver: str
    taker: str
    role: Role
    market: str
    starts: str
    ends: str
    reason: str
    revoked_at: str | None


def person(connection: Connection, *, id: str = "", mail: str = "") -> Person | None:
    """The person with this id, or this mail (capitals do not matter); None where nobody has it."""
    query = select(users).where(or_(users.c.id == id, users.c.mail == mail.lower()))
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    held = connection.execute(
        select(grants.c.role, grants.c.market).where(grants.c.user_id == row["id"])
    )
    roles = frozenset((Role(role), str(market)) for role, market in held)
    return Person(row["id"], row["name"], row["mail"], bool(row["disabled"]), roles)


def everybody(connection: Connection) -> tuple[Person, ...]:
    """All people, by name."""
    ids = connection.execute(select(users.c.id).order_by(users.c.name, users.c.id)).scalars()
    found = (person(connection, id=one) for one in ids.all())
    return tuple(one for one in found if one is not None)


def names(connection: Connection) -> dict[str, str]:
    """id -> name, of everybody."""
    return {
        str(id_): str(name) for id_, name in connection.execute(select(users.c.id, users.c.name))
    }


def password_of(connection: Connection, id: str) -> str | None:
    """The argon2id hash; None for whom somebody else identifies."""
    return connection.execute(select(users.c.password).where(users.c.id == id)).scalar()


def add(connection: Connection, one: Person, password: str | None, at: str) -> None:
    """Keep a person; ``password`` is a hash."""
    row = {
        "id": one.id, "name": one.name, "mail": one.mail.lower(), "password": password,
        "disabled": one.disabled, "created_at": at,
    }  # fmt: skip
    connection.execute(insert(users).values(row))
    for role, market in sorted(one.grants):
        grant(connection, one.id, role, market)


def change(connection: Connection, id: str, **values: object) -> None:
    """Set columns of a person: name, mail, password, disabled."""
    connection.execute(update(users).where(users.c.id == id).values(values))


def grant(connection: Connection, id: str, role: Role, market: str) -> None:
    """Give a role in a market; giving it twice is giving it once."""
    row = {"user_id": id, "role": str(role), "market": market}
    same = (grants.c.user_id == id) & (grants.c.role == str(role)) & (grants.c.market == market)
    if connection.execute(select(grants.c.role).where(same)).first() is None:
        connection.execute(insert(grants).values(row))


def revoke(connection: Connection, id: str, role: Role, market: str) -> None:
    """Take a role in a market away."""
    same = (grants.c.user_id == id) & (grants.c.role == str(role)) & (grants.c.market == market)
    connection.execute(grants.delete().where(same))


def delegate(connection: Connection, one: Delegation) -> None:
    """Keep a delegation."""
    row = {name: getattr(one, name) for name in one.__dataclass_fields__}
    connection.execute(insert(delegations).values({**row, "role": str(one.role)}))


def end_delegation(connection: Connection, id: str, at: str) -> None:
    """End a delegation before its time."""
    connection.execute(update(delegations).where(delegations.c.id == id).values(revoked_at=at))


def delegations_to(connection: Connection, taker: str, at: str) -> tuple[Delegation, ...]:
    """Those that hold at a time."""
    query = select(delegations).where(
        delegations.c.taker == taker,
        delegations.c.starts <= at,
        delegations.c.ends > at,
        delegations.c.revoked_at.is_(None),
    )
    return _delegations(connection, query)


def delegation(connection: Connection, id: str) -> Delegation | None:
    """The delegation with this id; None where there is none."""
    query = select(delegations).where(delegations.c.id == id)
    return next(iter(_delegations(connection, query)), None)


def delegations_of(connection: Connection, id: str) -> tuple[Delegation, ...]:
    """All that a person ever gave or was given, the oldest first."""
    query = select(delegations).where(or_(delegations.c.giver == id, delegations.c.taker == id))
    return _delegations(connection, query.order_by(delegations.c.starts, delegations.c.id))


def _delegations(connection: Connection, query: Select[Any]) -> tuple[Delegation, ...]:
    rows = connection.execute(query).mappings()
    return tuple(Delegation(**{**row, "role": Role(row["role"])}) for row in rows)
