"""Tests below this folder share its case modules (``scenario_case``, ``curve_case``).

``FULL=1`` in the environment runs every random instance instead of a sample of them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "signoff"))  # databases, office


@pytest.fixture(scope="session")
def full() -> bool:
    """Every random instance, or a sample?"""
    return os.environ.get("FULL", "") == "1"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a server.

    Its folder is not pytest's: whenever another run starts, pytest closes that to everybody but
    its user, and PostgreSQL, which never runs as root, loses its files.
    """
    from databases import missing, server

    if missing():
        pytest.skip(missing())  # neither wheel nor Debian's: SQLite's half of each test runs
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder, server(Path(folder)) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> Iterator[str]:
    """Name of a migrated database."""
    from databases import template

    with template(postgresql) as name:
        yield name
