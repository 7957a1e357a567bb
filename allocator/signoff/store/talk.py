"""Comments in the database: on a plan, a line or a rule of it, answering each other."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, select

from allocator.signoff.store.tables import comments


@dataclass(frozen=True)
class Comment:
    """What somebody said.

    about:   ``plan``, ``line:search/brand`` or ``rule:tv-commit``
    answers: id of the comment that it answers
    """

    id: str
    plan: str
    about: str
    answers: str | None
    person: str
    text: str
    at: str


def add(connection: Connection, one: Comment) -> None:
    """Keep a comment."""
    connection.execute(insert(comments).values(asdict(one)))


def of(connection: Connection, plan: str) -> tuple[Comment, ...]:
    """Of a plan, the oldest first."""
    query = select(comments).where(comments.c.plan == plan).order_by(comments.c.at, comments.c.id)
    return tuple(Comment(**row) for row in connection.execute(query).mappings())
