"""The short form of ``python -m tests.reliability``: killed, raced, full, held, clocks apart."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from databases import DIALECTS
from fastapi import FastAPI
from fastapi.testclient import TestClient

from allocator.signoff.store.connect import InDoubt
from allocator.web.faults import watch_faults
from tests.reliability import acts, clocks, disk, down, faults, races
from tests.reliability.killed import Moment, in_a_child
from tests.reliability.places import Place


@pytest.fixture(params=DIALECTS)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Databases of each kind, from the server and the templates that other tests use too."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "template.db")
        return Place("sqlite", tmp_path)
    server, like = map(request.getfixturevalue, ("postgresql", "postgresql_template"))
    return Place("postgresql", tmp_path, server, like=like)


def test_acts_that_are_killed_are_whole_or_nothing(where: Place) -> None:
    tally = faults.Tally()
    faults.kill_acts(where, 4, 0, tally)
    assert {name for name, _ in tally.ends.items()} == {
        f"{where.dialect}, approve", f"{where.dialect}, submit"
    }  # fmt: skip
    for ends in tally.ends.values():
        assert sum(ends.values()) == 4
        assert ends[faults.UNSAID] >= 1  # killed between the act and saying so: the first step
        assert ends[faults.NOTHING] >= 1  # killed before the COMMIT: the second


def test_a_migration_that_is_killed_is_the_old_schema_or_the_new(where: Place) -> None:
    for moment, there in ((Moment(step=1), False), (Moment(after=0.02), None)):
        with where.empty() as url:
            ended = in_a_child(url, acts.migrate.migrate, moment)
            assert not ended.failed
            with faults.opened(url) as store:
                kept = store.writing(acts.first_schema)
                assert there in (None, kept)
                acts.migrate.migrate(store)
                assert store.writing(acts.first_schema)


def test_one_of_many_approvals_at_once_is_accepted(where: Place) -> None:
    raced = races.approvals(where, 1, 24)
    assert raced.told == {"approved": 1, "Conflict": 23}


def test_servers_that_start_at_once_make_one_schema(where: Place) -> None:
    assert races.starts(where, 1, 4).told == {f"schema {acts.migrate.newest()}": 4}


def test_whoever_approves_what_was_replaced_is_told(where: Place) -> None:
    assert sum(races.newer_versions(where, 2).told.values()) == 2


def test_the_order_is_that_of_the_numbers_not_of_the_clocks(where: Place) -> None:
    found = clocks.apart(where, 16)
    assert (found.events, found.backwards > 0) == (28, True)


def test_a_database_that_is_held_is_unavailable_and_recovers(where: Place) -> None:
    assert down.held(where).total() == 1


def test_files_that_may_not_grow(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "full.db")
    ended = in_a_child(f"sqlite:///{tmp_path / 'full.db'}", disk.limited)
    assert ended.said, ended.failed


def test_a_page_never_says_that_nothing_was_done_where_nobody_knows() -> None:
    app = FastAPI()
    watch_faults(app)

    @app.get("/api/doubt")
    def doubt() -> None:
        raise InDoubt("nobody knows")

    answer = TestClient(app).get("/api/doubt")
    assert (answer.status_code, answer.json()["detail"]) == (503, "nobody knows.")
    assert int(answer.headers["retry-after"]) > 0
