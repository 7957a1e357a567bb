"""Brackets are rigorous: between two points the mean response never leaves them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from random_curves import LINES, random_curves, random_window, saturation_first

from mmm.curves import ParametricCurves, StraightLines

WEEKS = 6


ORDERS: dict[str, Callable[[ParametricCurves], ParametricCurves]] = {
    "adstock first": lambda curves: curves,
    "saturation first": saturation_first,
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("seed", range(12))
def test_the_mean_response_stays_inside(seed: int, line: str, order: str) -> None:
    curves, rng = ORDERS[order](random_curves(seed)), np.random.default_rng([seed, 9])
    profile = rng.dirichlet(np.full(WEEKS, 0.7))
    curve = curves.steady("revenue", line, profile, random_window(seed, WEEKS))
    inside = rng.gamma(1.0, 1500.0, size=rng.integers(2, 9))
    totals = np.unique(np.concatenate([[0.0], inside]))
    bracket = curve.bracket(totals)
    assert (bracket.above >= 0).all()
    assert (bracket.below >= 0).all()
    np.testing.assert_allclose(bracket.value, curve.value(totals).mean(axis=0), rtol=1e-12)
    for cell in range(len(totals) - 1):
        at = rng.uniform(totals[cell], totals[cell + 1], size=60)
        at = np.concatenate(
            [at, totals[cell] + (totals[cell + 1] - totals[cell]) * 0.1 ** np.arange(1, 9)]
        )
        chord = np.interp(at, totals, bracket.value)
        mean = curve.value(at).mean(axis=0)
        slack = 1e-9 * bracket.value[-1]
        assert (mean <= chord + bracket.above[cell] + slack).all()
        assert (mean >= chord - bracket.below[cell] - slack).all()


@pytest.mark.parametrize("seed", range(4))
def test_brackets_close_with_the_square_of_the_cell(seed: int) -> None:
    curve = random_curves(seed).steady(
        "customers", "social", np.full(WEEKS, 1 / WEEKS), random_window(seed, WEEKS)
    )
    wide, narrow = (
        curve.bracket(np.linspace(100, 3000, n))
        for n in (30, 59)  # half the width
    )
    assert narrow.above.max() < 0.3 * wide.above.max()
    assert (wide.below == 0).all()  # concave throughout: never below a chord


def test_a_table_is_bracketed_exactly() -> None:
    table = StraightLines(
        np.array([0.0, 1.0, 2.0, 4.0]), np.array([[0.0, 3.0, 4.0, 4.5], [0.0, 1.0, 4.0, 5.0]])
    )
    bracket = table.bracket(np.array([0.0, 4.0]))
    # means 0, 2, 4, 4.75 against the chord 1.1875 x: at 1 it is 0.8125 above, at 2 1.625
    assert bracket.above[0] == pytest.approx(1.625)
    assert bracket.below[0] == 0
