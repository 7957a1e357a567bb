"""A server on a migrated SQLite file, with an office of people and a clock that tests move."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "signoff"))
sys.path.insert(0, str(Path(__file__).parent))
from desk import Desk, settings_for

from allocator.signoff.store.connect import connect
from allocator.signoff.store.migrate import migrate


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file."""
    file = tmp_path_factory.mktemp("web") / "template.db"
    store = connect(f"sqlite:///{file}")
    migrate(store)
    store.close()
    return file


@pytest.fixture
def desk(migrated: Path, tmp_path: Path) -> Iterator[Desk]:
    """The server, and everybody of the office."""
    shutil.copy(migrated, tmp_path / "allocator.db")
    with Desk(settings_for(tmp_path)) as made:
        yield made
