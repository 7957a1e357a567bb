"""A migrated store on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import DIALECTS, database, migrated, missing, server

from allocator.signoff.store.connect import Store


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a server."""
    if missing():
        pytest.skip(missing())
    with server(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'allocator.db'}"
        return
    with database(request.getfixturevalue("postgresql")) as found:
        yield found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store with today's schema."""
    with migrated(url) as found:
        yield found
