"""All rows of one store in another, of either kind: for backups, and to move house."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text

from allocator.signoff.store.connect import Store
from allocator.signoff.store.tables import (
    attempts,
    blobs,
    comments,
    events,
    metadata,
    plans,
    sessions,
)

LEFT_OUT = (sessions, attempts)
"""Logins of the moment: whoever restores a backup logs in again."""
COPIED: tuple[Table, ...] = tuple(t for t in metadata.sorted_tables if t not in LEFT_OUT)
"""In an order in which every row follows those it names."""
BATCH = 500
_ORDER = {
    plans.name: plans.c.created_at,
    comments.name: comments.c.at,
    events.name: events.c.number,
}


def rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    """All rows of a table, in an order that is the same whatever the database."""
    keys = list(table.primary_key.columns)
    first = [_ORDER[table.name]] if table.name in _ORDER else []
    size = 1 if table is blobs else BATCH
    options = {"stream_results": True, "yield_per": size}
    query = select(table).order_by(*first, *keys)
    for row in connection.execution_options(**options).execute(query).mappings():
        yield dict(row)


def copy(source: Store, target: Store) -> int:
    """Copy every row, as of one moment, into an empty store with today's schema; how many.

    All of it or nothing.
    """
    with source.reading() as read:
        return target.writing(lambda write: _copy(read, write, target.dialect))


def is_empty(store: Store) -> bool:
    """Whether nothing was ever done in a store."""
    with store.reading() as connection:
        return not any(connection.execute(select(table).limit(1)).first() for table in COPIED)


def _copy(read: Connection, write: Connection, dialect: str) -> int:
    if dialect == "sqlite":
        write.execute(text("PRAGMA defer_foreign_keys = ON"))
    count = 0
    for table in COPIED:
        batch: list[dict[str, Any]] = []
        for row in rows(read, table):
            batch.append(row)
            count += 1
            if len(batch) >= BATCH or table is blobs:
                write.execute(insert(table), batch)
                batch = []
        if batch:
            write.execute(insert(table), batch)
    return count
