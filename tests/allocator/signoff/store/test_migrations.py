"""A database of every released schema comes to today's with all that was said; no way back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from databases import opened
from office import Office, plan
from sqlalchemy import Connection, MetaData, insert, inspect, select, text

from allocator.signoff.audit.verify import verify
from allocator.signoff.service.decision import review, sign
from allocator.signoff.service.release import release
from allocator.signoff.service.talk import Remark, comment
from allocator.signoff.store import copies
from allocator.signoff.store.connect import Store, connect
from allocator.signoff.store.migrate import WrongSchema, current, migrate, newest
from mmm.terminal import run

RELEASED = ("0001",)
"""Schemas that databases of a release may have."""


def told(store: Store) -> None:
    """A story with a row in most tables."""
    office = Office(store).hire()
    small = plan("small")
    digest = office.submitted(small)
    comment(store, "fiona", Remark(digest, "why?", "line:tv"), at=office.now())
    review(store, "fiona", digest, at=office.now())
    sign(store, "dora", office.says(small, 3), at=office.now())
    release(store, "fiona", digest, at=office.now())


def rows(connection: Connection, tables: MetaData) -> dict[str, list[tuple[object, ...]]]:
    """Every row by table, in the columns that ``tables`` has."""
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for table in tables.sorted_tables
        if table.name != "alembic_version"
    }


def reflected(store: Store) -> MetaData:
    """The tables as they are in the database, whatever the code says."""
    found = MetaData()
    with store.reading() as connection:
        found.reflect(connection)
    return found


@contextmanager
def frozen(url: str, revision: str, source: Store) -> Iterator[tuple[Store, MetaData]]:
    """A database made by that revision's own SQL, with the rows of ``source`` that it can hold."""
    store = connect(url)
    migrate(store, revision)
    tables = reflected(store)

    def fill(connection: Connection) -> None:
        with source.reading() as read:
            for table in copies.COPIED:
                if table.name not in tables.tables:
                    continue
                there = tables.tables[table.name].columns.keys()
                for row in copies.rows(read, table):
                    kept = {name: value for name, value in row.items() if name in there}
                    connection.execute(insert(tables.tables[table.name]).values(kept))

    store.writing(fill)
    yield store, tables
    store.close()


@pytest.fixture
def source(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """A story as today's program tells it."""
    file = shutil.copy(sqlite_template, tmp_path / "source.db")
    with opened(f"sqlite:///{file}") as made:
        told(made)
        yield made


@pytest.mark.parametrize("revision", RELEASED)
def test_a_released_schema_comes_to_todays(source: Store, url: str, revision: str) -> None:
    with frozen(url, revision, source) as (old, tables):
        with old.reading() as connection:
            before = rows(connection, tables)
        migrate(old)
        assert current(old) == newest()
        with old.reading() as connection:
            assert rows(connection, tables) == before
        assert len(before["events"]) > 10
        assert verify(old).wrong == ()


def test_a_newer_schema_is_refused_and_left_alone(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    from allocator.cli import app

    store.writing(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '0999'")))
    with store.reading() as connection:
        tables = set(inspect(connection).get_table_names())
    with pytest.raises(WrongSchema, match=r"schema 0999.*a newer program made it"):
        migrate(store)
    url = store.engine.url.render_as_string(hide_password=False)
    for command in (["db", "migrate"], ["audit", "verify"], ["log"]):
        assert run(app, [*command, "--db", url]) == 9
        assert "a newer program made it; run that one" in capsys.readouterr().err
    with store.reading() as connection:
        assert set(inspect(connection).get_table_names()) == tables


def test_a_file_that_is_no_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from allocator.cli import app

    text_file = tmp_path / "notes.db"
    text_file.write_text("no database at all, but a long enough text to be looked at" * 30)
    for command in (["db", "migrate"], ["audit", "verify"], ["db", "backup", f"{tmp_path}/b.db"]):
        assert run(app, [*command, "--db", f"sqlite:///{text_file}"]) == 9
        assert "file is not a database" in capsys.readouterr().err
    assert text_file.read_text().startswith("no database at all")
    assert run(app, ["db", "migrate", "--db", f"sqlite:///{text_file}/below/it.db"]) == 2
    assert "a folder to write in" in capsys.readouterr().err
