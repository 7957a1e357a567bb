"""Tokens for programs in the database: their digests, never themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, select, update

from allocator.signoff.store.tables import tokens


@dataclass(frozen=True)
class Token:
    """What a program shows instead of a password.

    token: SHA-256 of it; scope: ``read``, ``submit`` or ``all``
    """

    token: str
    user_id: str
    name: str
    scope: str
    created_at: str
    ends_at: str
    revoked_at: str | None


def add(connection: Connection, one: Token) -> None:
    """Keep a token."""
    connection.execute(insert(tokens).values(asdict(one)))


def get(connection: Connection, token: str) -> Token | None:
    """The token of a digest; None where there is none."""
    row = connection.execute(select(tokens).where(tokens.c.token == token)).mappings().first()
    return None if row is None else Token(**row)


def of(connection: Connection, user_id: str) -> tuple[Token, ...]:
    """Of a person, the oldest first."""
    query = select(tokens).where(tokens.c.user_id == user_id).order_by(tokens.c.created_at)
    return tuple(Token(**row) for row in connection.execute(query).mappings())


def revoke(connection: Connection, token: str, at: str) -> None:
    """End a token before its time."""
    connection.execute(update(tokens).where(tokens.c.token == token).values(revoked_at=at))


def revoke_all(connection: Connection, user_id: str, at: str) -> None:
    """End every token of a person that has not ended."""
    those = (tokens.c.user_id == user_id) & tokens.c.revoked_at.is_(None)
    connection.execute(update(tokens).where(those).values(revoked_at=at))


def forget(connection: Connection, user_id: str, at: str) -> None:
    """End every token of a person, and take away what they called them."""
    revoke_all(connection, user_id, at)
    connection.execute(update(tokens).where(tokens.c.user_id == user_id).values(name="removed"))
