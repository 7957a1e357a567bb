"""Signed heads of the chain in the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, select

from allocator.signoff.store.tables import heads


@dataclass(frozen=True)
class SignedHead:
    """A head, and its Ed25519 signature.

    number, hash: of the event
    key:          public key, 64 hexadecimal digits
    signature:    128 hexadecimal digits
    """

    number: int
    hash: str
    key: str
    signature: str
    at: str


def add(connection: Connection, one: SignedHead) -> None:
    """Keep a signed head."""
    connection.execute(insert(heads).values(asdict(one)))


def get(connection: Connection, number: int) -> SignedHead | None:
    """The signed head of an event; None where it has none."""
    query = select(heads).where(heads.c.number == number)
    row = connection.execute(query).mappings().first()
    return None if row is None else SignedHead(**row)


def every(connection: Connection) -> Iterator[SignedHead]:
    """All signed heads in their order."""
    for row in connection.execute(select(heads).order_by(heads.c.number)).mappings():
        yield SignedHead(**row)
