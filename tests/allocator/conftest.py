"""Tests below this folder share its case modules (``scenario_case``, ``curve_case``).

``FULL=1`` in the environment runs every random instance instead of a sample of them.
"""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def full() -> bool:
    """Every random instance, or a sample?"""
    return os.environ.get("FULL", "") == "1"
