"""Both databases, empty and migrated: SQLite in a folder, PostgreSQL started by the tests."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

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
    with started(folder) as running:
        yield running.get_uri()


@contextmanager
def started(folder: Path) -> Iterator[Any]:
    """A PostgreSQL of the wheel's that can be stopped and started again."""
    import pgserver

    running = pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        yield running
    finally:
        running.cleanup()


@contextmanager
def database(url: str, like: str = "template1") -> Iterator[str]:
    """URL of a database on a server: a copy of another, empty by default."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """A store that is closed in the end."""
    store = connect(url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def template(url: str) -> Iterator[str]:
    """Name of a migrated database that others are copied from: a migration each takes longer."""
    with database(url) as made:
        with opened(made) as store:
            migrate(store)
        yield str(make_url(made).database)
