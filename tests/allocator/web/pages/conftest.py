"""A server with plans in every state: made once, copied for every test."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from desk import START, Desk, settings_for
from signoff_world import World, authority_file, world

from allocator.signoff.times import later


@pytest.fixture(scope="session")
def seeded(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The file, and what is in it."""
    folder = tmp_path_factory.mktemp("world")
    shutil.copy(migrated, folder / "allocator.db")
    with Desk(settings_for(folder), hire=False) as made:
        found = world(made.store, later(START, days=-1))
    return folder / "allocator.db", found


@pytest.fixture
def busy(seeded: tuple[Path, World], tmp_path: Path) -> Iterator[tuple[Desk, World]]:
    """The server at work, and the plans by their state."""
    file, found = seeded
    shutil.copy(file, tmp_path / "allocator.db")
    authority_file(tmp_path)
    with Desk(settings_for(tmp_path), hire=False) as made:
        yield made, World(made.store, found.at, dict(found.plans))
