"""The triggers that keep what was said: are they all there, as they were made?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from allocator.signoff.store.append_only import statements
from allocator.signoff.store.tables import ADDED_ONLY

KEYS = {table.name: tuple(column.name for column in table.primary_key) for table in ADDED_ONLY}


def gone(connection: Connection) -> Iterator[str]:
    """Names of triggers that are missing, switched off or, on SQLite, say something else."""
    dialect = connection.dialect.name
    wanted = {
        statement.split()[2]: statement
        for statement in statements(dialect, KEYS)
        if statement.startswith("CREATE TRIGGER")
    }
    if dialect == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        there = {str(name): str(sql) for name, sql in connection.execute(text(query))}
        yield from (name for name, sql in wanted.items() if there.get(name) != sql)
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
        on = {str(name) for name in connection.execute(text(query)).scalars()}
        yield from (name for name in wanted if name not in on)
