"""Both databases, empty and migrated: SQLite in a folder, PostgreSQL started by the tests."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from allocator.signoff.store.connect import Store, connect
from allocator.signoff.store.migrate import migrate

DIALECTS = ("sqlite", "postgresql")


def missing() -> str:
    """Why there is no PostgreSQL here; empty where there is one."""
    if os.environ.get("TEST_POSTGRESQL_URL") or shutil.which("initdb"):
        return ""
    try:
        import pgserver  # noqa: F401
    except ImportError:
        return "no PostgreSQL: neither TEST_POSTGRESQL_URL, nor initdb, nor the wheel pgserver"
    return ""


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """URL of a PostgreSQL server that lives as long as the context."""
    given = os.environ.get("TEST_POSTGRESQL_URL")
    if given:
        yield given
        return
    import pgserver

    running = pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()


@contextmanager
def database(url: str) -> Iterator[str]:
    """URL of an empty database on a server."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    from sqlalchemy.engine import make_url

    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def migrated(url: str) -> Iterator[Store]:
    """A store with today's schema."""
    store = connect(url)
    try:
        migrate(store)
        yield store
    finally:
        store.close()
