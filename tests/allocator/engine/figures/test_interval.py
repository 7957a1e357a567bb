"""Quantiles of draws are NumPy's, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.engine.figures.interval import SHARES, interval, quantiles


@pytest.mark.parametrize("draws", [1, 2, 3, 10, 57, 500, 1000])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_quantiles_are_numpys(draws: int, scale: float) -> None:
    values = np.random.default_rng(draws).normal(size=draws) * scale
    for own in (values, np.round(values), np.full(draws, scale)):
        assert np.array_equal(quantiles(own), np.quantile(own, SHARES))


def test_an_interval_of_five_draws() -> None:
    found = interval(np.array([30.0, 10.0, 50.0, 20.0, 40.0]))
    assert found == pytest.approx(
        {"mean": 30, "p05": 12, "p10": 14, "p50": 30, "p90": 46, "p95": 48}
    )
