"""The server on each database, for whole stories."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "web"))
sys.path.insert(0, str(Path(__file__).parents[2] / "reports"))
from desk import Desk, settings_for
from office import AUTHORITY, STRICT

from allocator.signoff.store.connect import Store


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    """A server on the store, with everybody of the office."""
    with _serving(store, tmp_path, AUTHORITY) as made:
        yield made


@pytest.fixture
def strict(store: Store, tmp_path: Path) -> Iterator[Desk]:
    """The same where a worker makes figures again before anybody signs."""
    with _serving(store, tmp_path, STRICT) as made:
        yield made


def _serving(store: Store, folder: Path, authority: str) -> Desk:
    (folder / "authority.yaml").write_text(authority, encoding="utf-8")
    url = store.engine.url.render_as_string(hide_password=False)
    return Desk(replace(settings_for(folder), database_url=url))
