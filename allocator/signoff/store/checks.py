"""Checks of plans in the database: each is kept, the last one of a plan counts."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, insert, select

from allocator.signoff.store import blobs
from allocator.signoff.store.tables import checks


@dataclass(frozen=True)
class CheckRow:
    """A check; see ``tables.checks``.

    event:  number of its event in the chain
    result: blob of all that was found, see ``found``
    """

    event: int
    plan: str
    agrees: bool
    engine: str
    result: str
    at: str


def add(connection: Connection, one: CheckRow) -> None:
    """Keep a check."""
    values = {field.name: getattr(one, field.name) for field in fields(one)}
    connection.execute(insert(checks).values(values))


def last(connection: Connection, plan: str) -> CheckRow | None:
    """The last check of a plan; None where there was none."""
    query = select(checks).where(checks.c.plan == plan).order_by(checks.c.event.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else CheckRow(**{**row, "agrees": bool(row["agrees"])})


def found(connection: Connection, one: CheckRow) -> dict[str, Any]:
    """All that a check found, as plain JSON values."""
    content = blobs.get(connection, one.result)
    assert content is not None  # a foreign key
    form: dict[str, Any] = json.loads(content)
    return form
