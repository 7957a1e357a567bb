"""A store on each database: empty by ``url``, with today's schema by ``store``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from clerk import Clerk
from databases import DIALECTS, database, opened
from office import Office

from allocator.signoff.store.connect import Store
from allocator.signoff.store.migrate import migrate


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    with opened(f"sqlite:///{file}") as store:
        migrate(store)
    return file


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'allocator.db'}"
        return
    with database(request.getfixturevalue("postgresql")) as found:
        yield found


@pytest.fixture(params=DIALECTS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with today's schema and no rows."""
    if request.param == "sqlite":
        file = tmp_path / "allocator.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        with opened(f"sqlite:///{file}") as found:
            yield found
        return
    server_url, like = map(request.getfixturevalue, ("postgresql", "postgresql_template"))
    with database(server_url, like) as made, opened(made) as found:
        yield found


@pytest.fixture
def clerk(
    sqlite_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Clerk]:
    """A terminal on a store with the staff; what was done there must verify in the end."""
    file = shutil.copy(sqlite_template, tmp_path / "allocator.db")
    with opened(f"sqlite:///{file}") as made:
        sits = Clerk(Office(made), tmp_path, monkeypatch, capsys).open()
        yield sits
        sits.close()
