"""Jobs in the database: asked for by people, taken by workers one after another."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, insert, or_, select, update

from allocator.signoff.store.tables import jobs


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (JobState.WAITING, JobState.RUNNING)
"""States that a job leaves again."""


@dataclass(frozen=True)
class Job:
    """Work for a worker.

    request:  plain JSON values, as ``work.request_of`` reads them
    progress: per cent
    message:  what is going on, or why it failed
    attempts: how often a worker took it: the number is the worker's claim on it
    beat_at:  when that worker last said that it lives
    result:   plain JSON values
    """

    id: str
    kind: str
    request: dict[str, Any]
    state: JobState
    progress: int
    message: str
    attempts: int
    person: str
    result: dict[str, Any] | None
    created_at: str
    beat_at: str | None
    finished_at: str | None

    @classmethod
    def fresh(cls, kind: str, request: dict[str, Any], person: str, at: str) -> Job:
        """One that waits, with an id of its own."""
        id_ = secrets.token_hex(16)
        waits = JobState.WAITING
        return cls(id_, kind, request, waits, 0, "", 0, person, None, at, None, None)

    @property
    def cursor(self) -> str:
        """Its place in a list, the newest first: two may have been asked for at one time."""
        return f"{self.created_at}/{self.id}"


def follows(cursor: str) -> Any:
    """The condition that a job stands in a list, the newest first, after this place."""
    at, _, id_ = cursor.partition("/")
    same = and_(jobs.c.created_at == at, jobs.c.id < id_)
    return or_(jobs.c.created_at < at, same)


def add(connection: Connection, one: Job) -> None:
    """Keep a new job."""
    values = {name: getattr(one, name) for name in one.__dataclass_fields__}
    written = {"request": _text(one.request), "result": _text(one.result), "state": str(one.state)}
    connection.execute(insert(jobs).values({**values, **written}))


def get(connection: Connection, id: str) -> Job | None:
    """The job with this id; None where there is none."""
    row = connection.execute(select(jobs).where(jobs.c.id == id)).mappings().first()
    return None if row is None else _job(row)


def where(
    connection: Connection, *conditions: Any, limit: int, oldest: bool = False
) -> tuple[Job, ...]:
    """Jobs that keep all conditions on ``tables.jobs``, the newest first unless said."""
    at, id_ = jobs.c.created_at, jobs.c.id
    order = (at, id_) if oldest else (at.desc(), id_.desc())
    query = select(jobs).where(*conditions).order_by(*order).limit(limit)
    return tuple(_job(row) for row in connection.execute(query).mappings())


def count(connection: Connection, *conditions: Any) -> int:
    """How many jobs keep all conditions."""
    query = select(func.count()).select_from(jobs).where(*conditions)
    return int(connection.execute(query).scalar() or 0)


def change(connection: Connection, one: Job, **values: Any) -> bool:
    """Set columns of a job that is still as it was read: same state, same attempt.

    False where it has moved meanwhile; nothing is changed then.
    """
    written = {name: _written(value) for name, value in values.items()}
    done = connection.execute(
        update(jobs)
        .where(jobs.c.id == one.id, jobs.c.state == str(one.state), jobs.c.attempts == one.attempts)
        .values(written)
    )
    return bool(done.rowcount == 1)


def _job(row: RowMapping) -> Job:
    return Job(**{
        **row, "state": JobState(row["state"]), "request": json.loads(row["request"]),
        "result": None if row["result"] is None else json.loads(row["result"]),
    })  # fmt: skip


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return _text(value)
    return str(value) if isinstance(value, JobState) else value


def _text(value: dict[str, Any] | None) -> str | None:
    if value is None:
        return None
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
