"""clv.yaml: written and read back, checked, and light to read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mmm.clv import ClvFile, load
from mmm.clv.file import save
from mmm.errors import InputError

RANGE = {"median": 2.0, "p05": 1.0, "p95": 3.0}
SEGMENT = {
    "customers": 60, "value": RANGE, "first_order": RANGE, "repeat": RANGE,
    "repeat_orders": RANGE, "order_revenue": RANGE, "mu": 0.7, "sigma": 0.3,
    "draws": (1.9, 2.1), "parameters": {"r": RANGE},
}  # fmt: skip
BODY = {
    "schema_version": 1, "currency": "EUR", "margin": 0.4, "horizon_weeks": 104.0,
    "discount_rate": 0.1, "first_date": "2025-01-06", "last_date": "2026-11-22",
    "customers": 120, "orders": 300, "rows_without_consent": None, "min_size": 50,
    "merged_segments": 0, "data_digest": "0" * 64, "seed": 1,
    "holdout": {"weeks": 20.0, "predicted": 90.0, "actual": 100}, "notes": ("A note.",),
    "total": SEGMENT | {"customers": 120}, "segments": {"tv": SEGMENT, "Søk & co": SEGMENT},
}  # fmt: skip


def test_what_is_written_is_read(tmp_path: Path) -> None:
    clv = ClvFile.model_validate(BODY)
    path = save(clv, tmp_path / "new" / "clv.yaml")
    assert load(path) == clv
    assert list(path.parent.iterdir()) == [path], "nothing half written stays"
    assert clv.holdout is not None
    assert clv.holdout.error == pytest.approx(-0.1)


def test_the_reader_is_light() -> None:
    """The allocator reads it: nothing of the model, no array, no table library."""
    program = "import sys, mmm.clv; print(*sorted({n.partition('.')[0] for n in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    heavy = {"pymc", "pytensor", "arviz", "numpy", "scipy", "pandas", "xarray", "rich", "typer"}
    assert set(done.stdout.split()) & heavy == set()


WRONG = {
    "schema_version: 1": ("schema_version: 2", "found 2, expected 1, the version of clv.yaml"),
    "currency: EUR": ("curency: EUR", "did you mean 'currency'?"),
    "customers: 120\norders": ("customers: 121\norders", "as many customers in total"),
    "min_size: 50": ("min_size: 61", "min_size customers or more in every segment"),
    "p95: 3.0": ("p95: 0.5", "p05 up to the median and the median up to p95"),
    "draws: [1.9, 2.1]": ("draws: [1.9]", "as many draws in every segment"),
}


@pytest.mark.parametrize("there", WRONG)
def test_a_changed_file_is_refused(there: str, tmp_path: Path) -> None:
    path = save(ClvFile.model_validate(BODY), tmp_path / "clv.yaml")
    text = path.read_text(encoding="utf-8")
    assert there in text
    instead, wanted = WRONG[there]
    path.write_text(text.replace(there, instead, 1), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load(path)
    assert wanted in str(error.value)


def test_segments_add_up() -> None:
    with pytest.raises(ValueError, match="segments whose customers add up to the total"):
        ClvFile.model_validate(BODY | {"segments": {"tv": SEGMENT}})
