"""A database of every released schema comes to today's with all that was said; no way back."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from databases import opened
from office import Office
from sqlalchemy import Connection, MetaData, insert, inspect, select, text

from allocator.errors import NotAllowed
from allocator.signoff.audit.keep import restore
from allocator.signoff.audit.verify import verify
from allocator.signoff.service.acts import plan_of
from allocator.signoff.service.decision import sign
from allocator.signoff.service.jobs import ask
from allocator.signoff.service.reading import Wanted, search
from allocator.signoff.states import State
from allocator.signoff.store import copies, plan_rows
from allocator.signoff.store.connect import Store
from allocator.signoff.store.migrate import (
    WrongSchema,
    current,
    migrate,
    newest,
    refuse_other_schema,
)
from allocator.signoff.store.tables import plans
from allocator.signoff.work import Verify
from mmm.terminal import run

RELEASED = ("0001",)
"""Schemas that databases of a release may have. ``0001.json.gz`` holds every row of a store on
schema 0001, as the program of that schema told it: a plan released, one in review, a paper that
came twice, a delegation, a job that waits."""


def told(revision: str) -> dict[str, list[dict[str, Any]]]:
    """Table -> its rows, in an order in which each follows those it names."""
    packed = Path(__file__).with_name(f"{revision}.json.gz").read_bytes()
    found = json.loads(gzip.decompress(packed))
    return {
        table: [{name: _value(one) for name, one in row.items()} for row in found[table]]
        for table in (one.name for one in copies.COPIED)
        if table in found
    }


def _value(one: Any) -> Any:
    return bytes.fromhex(one["hex"]) if isinstance(one, dict) else one


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
def frozen(url: str, revision: str) -> Iterator[tuple[Store, MetaData]]:
    """A database made by that revision's own SQL, with the rows of its time."""
    with opened(url) as store:
        migrate(store, revision)
        tables = reflected(store)

        def fill(connection: Connection) -> None:
            for table, kept in told(revision).items():
                if kept:
                    connection.execute(insert(tables.tables[table]), kept)

        store.writing(fill)
        yield store, tables


@pytest.mark.parametrize("revision", RELEASED)
def test_a_released_schema_comes_to_todays(url: str, revision: str) -> None:
    with frozen(url, revision) as (old, tables):
        with old.reading() as connection:
            before = rows(connection, tables)
        with pytest.raises(WrongSchema, match=f"has schema {revision}, this version works on"):
            refuse_other_schema(old)
        migrate(old)
        assert current(old) == newest()
        with old.reading() as connection:
            assert rows(connection, tables) == before
        assert len(before["events"]) > 20
        assert verify(old).wrong == ()


def test_what_was_in_review_before_checks_needs_one_now(url: str) -> None:
    """Nobody asked for one when it was submitted; its file says nothing, so it is required."""
    with frozen(url, "0001") as (old, _):
        migrate(old)
        office = Office(old, itertools.count(100))
        (waits,) = search(old, "dora", Wanted(state=State.IN_REVIEW), at=office.now())
        with old.reading() as connection:
            plan = plan_of(connection, waits)
            (ran,) = plan_rows.where(connection, plans.c.state == str(State.RELEASED))
            papers = [one.name for one in plan_rows.documents_of(connection, ran.digest)]
        assert papers == ["a.txt", "b.txt", "a.txt"]
        with pytest.raises(NotAllowed, match="have not been recomputed yet"):
            sign(old, "dora", office.says(plan, 3), at=office.now())
        assert ask(old, "dora", Verify(plan=plan.digest), at=office.now()).kind == "verify"
        office.checked(plan)
        assert sign(old, "dora", office.says(plan, 3), at=office.now()).state is State.APPROVED
        assert verify(old).wrong == ()


@pytest.mark.parametrize("revision", RELEASED)
def test_a_backup_of_a_released_schema_is_restored(url: str, revision: str, tmp_path: Path) -> None:
    """Migrated on the way; the file stays as it was."""
    file = tmp_path / "old.db"
    with frozen(f"sqlite:///{file}", revision) as (old, tables), old.reading() as connection:
        before = rows(connection, tables)
    with opened(url) as new:
        restore(file, new)
        assert current(new) == newest()
        with new.reading() as connection:
            after = rows(connection, tables)
    assert after == before
    with opened(f"sqlite:///{file}") as old:
        assert current(old) == revision


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
