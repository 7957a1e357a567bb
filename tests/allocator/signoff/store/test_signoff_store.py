"""Rows that were said once stay as they are, on both databases; the chain has one end."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from allocator.signoff.chain import first_break
from allocator.signoff.store import blobs, events
from allocator.signoff.store.connect import Store, Unavailable, connect
from allocator.signoff.store.events import Act
from allocator.signoff.store.migrate import WrongSchema, current, migrate, refuse_other_schema
from allocator.signoff.store.tables import events as table
from allocator.signoff.store.tables import metadata, plans
from mmm.errors import InputError


def act(number: int) -> Act:
    at = f"2026-11-22T10:00:00.{number:06d}Z"
    return Act(at, "u1", "planner", "submit", "ab" * 32, {"n": number})


def append(store: Store, count: int) -> None:
    for number in range(count):
        store.writing(lambda connection, n=number: events.append(connection, act(n)))


def test_events_follow_each_other(store: Store) -> None:
    append(store, 5)
    with store.reading() as connection:
        assert first_break(events.every(connection)) is None
        assert [event.number for event in events.about(connection, "ab" * 32)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor = 'mallory' WHERE number = 2",
        "DELETE FROM events WHERE number = 2",
        "DELETE FROM events",
        "UPDATE blobs SET content = content",
        "DELETE FROM blobs",
    ],
)
def test_what_was_said_cannot_be_changed(store: Store, statement: str) -> None:
    append(store, 3)
    store.writing(lambda connection: blobs.put(connection, b"plan"))
    with pytest.raises(DBAPIError, match="are never changed"):
        store.writing(lambda connection: connection.execute(text(statement)))
    with store.reading() as connection:
        assert first_break(events.every(connection), length=3) is None
        assert connection.execute(select(func.count()).select_from(table)).scalar() == 3


def test_nothing_is_replaced(store: Store) -> None:
    """SQLite's INSERT OR REPLACE, also on a connection that does not know recursive triggers."""
    append(store, 3)
    words = "INSERT OR REPLACE" if store.dialect == "sqlite" else "INSERT"
    row = (
        f"{words} INTO events SELECT number, at, 'mallory', role, behalf, action, subject, "
        "details, previous || 'x', hash || 'x' FROM events WHERE number = 2"
    )
    if store.dialect == "postgresql":
        row = row.replace("previous || 'x', hash || 'x'", "'x', 'y'")

    def attack(connection: object) -> None:
        if store.dialect == "sqlite":
            connection.exec_driver_sql("PRAGMA recursive_triggers = OFF")  # type: ignore[attr-defined]
        connection.execute(text(row))  # type: ignore[attr-defined]

    with pytest.raises(DBAPIError):
        store.writing(attack)
    with store.reading() as connection:
        assert first_break(events.every(connection)) is None


def test_an_act_that_fails_leaves_no_event(store: Store) -> None:
    def fails(connection: object) -> None:
        events.append(connection, act(1))  # type: ignore[arg-type]
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        store.writing(fails)
    with store.reading() as connection:
        assert events.last(connection) is None


def test_many_at_once_make_one_chain(store: Store) -> None:
    def some(start: int) -> None:
        for number in range(start, start + 5):
            store.writing(lambda connection, n=number: events.append(connection, act(n)))

    threads = [threading.Thread(target=some, args=(5 * n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as connection:
        found = list(events.every(connection))
    assert first_break(found) is None
    assert sorted(event.details for event in found) == sorted(f'{{"n":{n}}}' for n in range(40))


def test_blobs_are_named_by_their_content(store: Store) -> None:
    first = store.writing(lambda connection: blobs.put(connection, b"a plan"))
    again = store.writing(lambda connection: blobs.put(connection, b"a plan"))
    assert first == again
    with store.reading() as connection:
        assert blobs.get(connection, first) == b"a plan"
        assert blobs.get(connection, "0" * 64) is None
        assert list(blobs.changed(connection)) == []


def test_the_migrations_make_the_tables_of_the_code(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_another_schema_is_refused(url: str) -> None:
    store = connect(url)
    with pytest.raises(WrongSchema, match="has schema none"):
        refuse_other_schema(store)
    migrate(store)
    refuse_other_schema(store)
    assert current(store) == "0002"
    store.writing(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(WrongSchema, match="has schema 9999"):
        refuse_other_schema(store)
    store.close()


def test_a_database_that_is_not_there() -> None:
    with (
        pytest.raises(Unavailable, match="nothing was done"),
        connect("postgresql://nobody@127.0.0.1:1/none").reading() as connection,
    ):
        connection.execute(select(plans))
    for url in ("nonsense", "mysql://x/y"):
        with pytest.raises(InputError, match="ALLOCATOR_DATABASE_URL"):
            connect(url)
