"""A sample of the spoilt projects; docs/scenarios.md has the figures of 10,000."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.case import MEGABYTES, Tally, judge


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_whatever_is_spoilt_is_read_or_refused_with_its_place(first: int, tmp_path: Path) -> None:
    tally = Tally()
    for seed in range(first, first + 50):
        judge(seed, tmp_path / "project", tally)
    assert tally.failures == []
    assert tally.codes[2] > 20
    assert tally.codes[0] > 0
    assert tally.megabytes < MEGABYTES
