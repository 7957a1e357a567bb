"""A server on a migrated SQLite file, with an office of people and a clock that tests move."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from desk import Desk, settings_for

from allocator.signoff.store.connect import connect
from allocator.signoff.store.migrate import migrate


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with everybody of the office in it."""
    folder = tmp_path_factory.mktemp("web")
    store = connect(f"sqlite:///{folder / 'allocator.db'}")
    migrate(store)
    store.close()
    with Desk(settings_for(folder)):
        return folder / "allocator.db"


@pytest.fixture
def folder(migrated: Path, tmp_path: Path) -> Path:
    """Where a server of one test keeps its database."""
    shutil.copy(migrated, tmp_path / "allocator.db")
    return tmp_path


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    """The server; everybody of the office has the one password."""
    with Desk(settings_for(folder), hire=False) as made:
        yield made
