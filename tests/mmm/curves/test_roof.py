"""The roof of a bracket lies nowhere below the mean response, and touches it at its totals."""

from __future__ import annotations

import numpy as np
import pytest
from random_curves import LINES, random_curves, random_window, saturation_first

from mmm.curves import Adstocked, Bracket, StraightLines
from mmm.saturation import Hill

WEEKS = 6


def lies_above(bracket: Bracket, mean_of, *, exact: bool) -> None:
    """On a fine grid, cell by cell; ``mean_of``: totals ↦ mean response."""
    at, height = bracket.roof()
    assert (np.diff(at) >= 0).all()
    slack = 1e-12 * np.abs(bracket.value).max()
    for low, high in zip(bracket.totals[:-1], bracket.totals[1:], strict=True):
        share = np.concatenate([np.linspace(0, 1, 202)[1:-1], 0.1 ** np.arange(3, 9)])
        fine = low + (high - low) * np.unique(share)
        fine = fine[(fine > low) & (fine < high)]
        assert (np.interp(fine, at, height) >= mean_of(fine) - slack).all()
    if exact:
        joined = [height[at == total].min() for total in bracket.totals[1:]]
        np.testing.assert_allclose(joined, bracket.value[1:], rtol=1e-12)


@pytest.mark.parametrize("order", ["adstock first", "saturation first"])
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("seed", range(6))
def test_nowhere_below_a_fitted_curve(seed: int, line: str, order: str) -> None:
    curves, rng = random_curves(seed), np.random.default_rng([seed, 19])
    if order == "saturation first":
        curves = saturation_first(curves)
    profile = rng.dirichlet(np.full(WEEKS, 0.7))
    curve = curves.steady("revenue", line, profile, random_window(seed, WEEKS))
    totals = np.unique(np.concatenate([[0.0], rng.gamma(1.0, 1500.0, size=rng.integers(2, 9))]))
    lies_above(curve.bracket(totals), lambda x: curve.value(x).mean(axis=0), exact=True)


@pytest.mark.parametrize("steepness", [0.4, 1.0, 2.5, 6.0])
def test_a_slope_without_bound_at_nothing_is_roofed_by_the_other_end(steepness: float) -> None:
    form = {"half_saturation": np.ones((1, 1)), "slope": np.full((1, 1), steepness)}
    curve = Adstocked(np.ones(1), np.zeros((1, 1)), np.ones((1, 1)), Hill(), form)
    totals = np.array([0.0, 1e-9, 0.01, 0.3, 0.30001, 1.0, 4.0, 4e2])
    bracket = curve.bracket(totals)
    assert np.isfinite(bracket.roof()[1]).all()
    lies_above(bracket, lambda x: curve.value(x)[0], exact=True)


def test_without_peaks_both_ends_are_raised() -> None:
    table = StraightLines(np.array([0.0, 1.0, 2.0, 4.0]), np.array([[0.0, 3.0, 3.5, 3.7]]))
    bracket = table.bracket(np.array([0.0, 2.0, 4.0]))
    assert bracket.peak is None
    at, height = bracket.roof()
    np.testing.assert_allclose(at, [0, 2, 2, 4])
    np.testing.assert_allclose(height, [1.25, 4.75, 3.5, 3.7])
    lies_above(bracket, lambda x: table.value(x)[0], exact=False)


def test_the_roof_comes_down_with_the_square_of_the_cell() -> None:
    curve = random_curves(1).steady(
        "customers", "social", np.full(WEEKS, 1 / WEEKS), random_window(1, WEEKS)
    )
    fine = np.linspace(100, 3000, 4001)
    mean = curve.value(fine).mean(axis=0)
    wide, narrow = (
        (np.interp(fine, *curve.bracket(np.linspace(100, 3000, n)).roof()) - mean).max()
        for n in (30, 59)  # half the width
    )
    assert narrow < 0.3 * wide
