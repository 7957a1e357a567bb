"""The public datasets: where they are, and model files that read them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


def folder() -> Path | None:
    """$DATASETS, else ../shared/datasets beside the repository; None where neither is there."""
    there = Path(os.environ.get("DATASETS", REPOSITORY.parent / "shared" / "datasets"))
    return there if there.is_dir() else None


def needs_datasets(test: object) -> object:
    """Mark a test that reads the public datasets; a run without them says that it skipped it.

    .ci/run refuses to start without them.
    """
    reason = "no public datasets: neither DATASETS nor ../shared/datasets"
    skipped = pytest.mark.skipif(folder() is None, reason=reason)(test)  # never in .ci/run
    return pytest.mark.datasets(skipped)


def model_file(name: str, to: Path) -> Path:
    """tests/real/NAME.yaml written into ``to``, its tables where the datasets are."""
    text = (REPOSITORY / "tests" / "real" / f"{name}.yaml").read_text("utf-8")
    model = to / "model.yaml"
    model.write_text(text.replace("{datasets}", str(folder())), "utf-8")
    return model
