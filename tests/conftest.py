"""What every test may use; this folder is on the path, so ``real_sets`` can be imported."""

from __future__ import annotations

import os

import pytest

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    # as ``allocator`` does; pytest-xdist hands them to its workers, of which every core has one
    os.environ.setdefault(threads, "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests begin first, so that no core waits for the last of them alone."""
    slow = {item.path for item in items if item.get_closest_marker("slow") is not None}
    items.sort(key=lambda item: item.path not in slow)
