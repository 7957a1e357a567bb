"""Sessions of the pages, and logins that failed. What a cookie holds is kept as its digest."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from allocator.signoff.store.tables import attempts, sessions


@dataclass(frozen=True)
class Session:
    """Somebody at a browser.

    token:    SHA-256 of what the cookie holds
    seen_at:  the last request, to the minute
    fresh_at: when the password was last given
    """

    token: str
    user_id: str
    csrf: str
    created_at: str
    seen_at: str
    fresh_at: str


def add(connection: Connection, one: Session) -> None:
    """Keep a session."""
    connection.execute(insert(sessions).values(asdict(one)))


def get(connection: Connection, token: str) -> Session | None:
    """The session of a digest; None where there is none."""
    row = connection.execute(select(sessions).where(sessions.c.token == token)).mappings().first()
    return None if row is None else Session(**row)


def seen(connection: Connection, token: str, at: str) -> None:
    """Note that a session was used."""
    connection.execute(update(sessions).where(sessions.c.token == token).values(seen_at=at))


def end(connection: Connection, token: str) -> None:
    """End a session."""
    connection.execute(delete(sessions).where(sessions.c.token == token))


def end_all(connection: Connection, user_id: str) -> None:
    """End every session of a person."""
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id))


def end_before(connection: Connection, seen_at: str) -> None:
    """Take away sessions that nobody used since a time."""
    connection.execute(delete(sessions).where(sessions.c.seen_at < seen_at))


def of(connection: Connection, user_id: str) -> tuple[Session, ...]:
    """Of a person, the oldest first."""
    query = select(sessions).where(sessions.c.user_id == user_id).order_by(sessions.c.created_at)
    return tuple(Session(**row) for row in connection.execute(query).mappings())


def failed(connection: Connection, name: str, address: str, at: str) -> None:
    """Note a login that failed."""
    row = {"name": name[:200].lower(), "address": address[:64], "at": at}
    connection.execute(insert(attempts).values(row))


def failures(connection: Connection, since: str, *, name: str = "", address: str = "") -> int:
    """How many logins under a name, or from an address, failed since a time."""
    count = select(func.count()).select_from(attempts).where(attempts.c.at >= since)
    if name:
        count = count.where(attempts.c.name == name[:200].lower())
    if address:
        count = count.where(attempts.c.address == address[:64])
    return int(connection.execute(count).scalar() or 0)


def forget_failures(connection: Connection, *, name: str = "", before: str = "") -> None:
    """Take away failures under a name, or those before a time."""
    if name:
        connection.execute(delete(attempts).where(attempts.c.name == name[:200].lower()))
    if before:
        connection.execute(delete(attempts).where(attempts.c.at < before))
