"""Two groups: Welch's test by SciPy, conversions by their formula."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ttest_ind

from mmm.errors import InputError
from mmm.experiments.lift import Columns
from mmm.experiments.two_groups import Sample, read_groups, two_groups


def test_a_row_a_user_is_welch_s_test(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    test, control = random.gamma(2.0, 12.0, 80), random.gamma(2.0, 9.0, 130)
    rows = [f"test,{value:.6f}" for value in test] + [f"control,{value:.6f}" for value in control]
    path = tmp_path / "users.csv"
    path.write_text("\n".join(["group,outcome", *rows]), encoding="utf-8")
    found = two_groups(*read_groups(path, ["test"], Columns()))
    welch = ttest_ind(test, control, equal_var=False)
    interval = welch.confidence_interval(0.90)
    assert found.p_value == pytest.approx(welch.pvalue, rel=1e-4)
    assert found.low == pytest.approx(80 * interval.low, rel=1e-4)
    assert found.high == pytest.approx(80 * interval.high, rel=1e-4)
    assert found.expected == pytest.approx(80 * control.mean(), rel=1e-4)


def test_conversions_are_shares(tmp_path: Path) -> None:
    """Two days of each group; p = .03 against .02 of 10,000 users."""
    path = tmp_path / "counts.csv"
    rows = ["b,6000,170", "b,4000,130", "a,5000,90", "a,5000,110"]
    path.write_text("\n".join(["group,users,orders", *rows]), encoding="utf-8")
    found = two_groups(*read_groups(path, ["b"], Columns(outcome="orders")))
    error = 10_000 * math.sqrt((0.03 * 0.97 + 0.02 * 0.98) / 9_999)
    assert found.effect == pytest.approx(100)
    assert found.standard_error == pytest.approx(error)
    assert found.low == pytest.approx(100 - 1.645 * error, rel=1e-3)
    assert found.detectable == pytest.approx(2.487 * error, rel=1e-3)


def test_nine_in_ten_intervals_hold_the_truth() -> None:
    """Coverage: 90 % of intervals hold the truth; 600 tests, 4 standard deviations around."""
    random, held = np.random.default_rng(11), 0
    for _ in range(600):
        one, two = random.normal(1.0, 2.0, 12), random.normal(0.0, 0.5, 30)
        found = two_groups(
            Sample(12, one.mean(), one.var(ddof=1)), Sample(30, two.mean(), two.var(ddof=1))
        )
        held += found.low <= 12 * 1.0 <= found.high
    assert abs(held / 600 - 0.90) < 4 * math.sqrt(0.9 * 0.1 / 600)


FAULTS = (
    ("group,outcome\na,1\na,2\nc,x\n", "'x'"),
    ("group,outcome\na,1\nb,2\nb,3\n", "fewer than two treated users"),
    ("group,outcome\nb,1\nb,2\n", "'a', expected a group of it"),
    ("group,users,outcome\na,10,12\nb,10,1\n", "12 of 10 users"),
    ("group,users,outcome\na,10.5,1\nb,10,1\n", "a whole number of users"),
    ("group,outcome\na,\nb,1\n", "an empty cell"),
    ("group,outcome\na,1\na,1\nb,1\nb,1\n", "the same outcome for every user"),
    ("group;outcome\na;1\n", "columns separated by commas"),
)


@pytest.mark.parametrize(("text", "said"), FAULTS)
def test_what_cannot_be_used_is_said(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "users.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_groups(path, ["a"], Columns())
