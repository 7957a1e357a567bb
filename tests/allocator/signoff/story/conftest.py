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
from office import AUTHORITY

from allocator.signoff.store.connect import Store


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    """A server on the store, with everybody of the office."""
    (tmp_path / "authority.yaml").write_text(AUTHORITY, encoding="utf-8")
    url = store.engine.url.render_as_string(hide_password=False)
    with Desk(replace(settings_for(tmp_path), database_url=url)) as made:
        yield made
