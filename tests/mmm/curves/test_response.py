"""The one function behind every plan figure, against loops that a reader can follow."""

from __future__ import annotations

import numpy as np
import pytest
from random_curves import KPIS, LINES, by_line, random_curves, random_window, saturation_first

from mmm.curves import ParametricCurves, Window

WEEKS = 5
SEEDS = range(6)


def saturated(curves: ParametricCurves, kpi: str, line: str, draw: int, u: float) -> float:
    at = curves.data.sel(kpi=kpi, line=line).isel(draw=draw)
    form = str(at["saturation"].item())
    if u == 0:
        return 0.0
    if form == "hill":
        k, s = float(at["saturation_half_saturation"]), float(at["saturation_slope"])
        return u**s / (u**s + k**s)
    if form == "logistic":
        e = np.exp(-float(at["saturation_rate"]) * u)
        return (1 - e) / (1 + e)
    k = float(at["saturation_half_saturation"])
    return u / (u + k)


def outcome(
    curves: ParametricCurves, kpi: str, line: str, draw: int, spend: list[float], first: int
) -> float:
    """Contribution summed from week ``first`` on, one week and one lag at a time."""
    at = curves.data.sel(kpi=kpi, line=line).isel(draw=draw)
    lags, retention = int(at["window"]), float(at["adstock_retention"])
    total_weight = sum(retention**lag for lag in range(lags))
    total = 0.0
    for t in range(first, len(spend)):
        parts = [
            (retention**lag / total_weight,
             spend[t - lag] / float(at["cost_per_unit"]) / float(at["scale"]))
            for lag in range(min(lags, t + 1))
        ]  # fmt: skip
        if "order" in at and str(at["order"].item()) == "saturation_first":
            level = sum(weight * saturated(curves, kpi, line, draw, u) for weight, u in parts)
        else:
            level = saturated(curves, kpi, line, draw, sum(weight * u for weight, u in parts))
        total += float(at["effect"]) * level
    return total


@pytest.mark.parametrize("flattened_first", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_response_is_the_loop_over_draws_weeks_and_lags(seed: int, flattened_first: bool) -> None:
    curves, window = random_curves(seed, draws=3), random_window(seed, WEEKS)
    if flattened_first:
        curves = saturation_first(curves)
    plan = np.random.default_rng([seed, 2]).gamma(1.0, 120.0, size=(3, WEEKS))
    plan[1, 2] = 0.0
    response = curves.response(by_line(plan), window)
    assert response.dims == ("draw", "kpi", "line")
    for row, line in enumerate(LINES):
        history = curves.data["spend"].sel(line=line).to_numpy().tolist()
        past = history + window.before.sel(line=line).to_numpy().tolist()
        lags = int(curves.data["window"].sel(line=line))
        tail = (window.after.sel(line=line).to_numpy().tolist() + [0.0] * lags)[: lags - 1]
        for kpi in KPIS:
            for draw in range(3):
                with_plan = past + plan[row].tolist() + tail
                without = past + [0.0] * WEEKS + tail
                expected = outcome(curves, kpi, line, draw, with_plan, len(past)) - outcome(
                    curves, kpi, line, draw, without, len(past)
                )
                actual = float(response.sel(kpi=kpi, line=line).isel(draw=draw))
                assert actual == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_spent_brings_exactly_nothing(seed: int) -> None:
    curves, window = random_curves(seed), random_window(seed, WEEKS)
    assert (curves.response(by_line(np.zeros((3, WEEKS))), window) == 0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_more_spend_never_brings_less(seed: int) -> None:
    curves, window = random_curves(seed), random_window(seed, WEEKS)
    plan = np.random.default_rng([seed, 3]).gamma(1.0, 100.0, size=(3, WEEKS))
    less, more = (curves.response(by_line(plan * f), window) for f in (1.0, 1.1))
    assert (more > less).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_is_the_finite_difference_of_the_total(seed: int) -> None:
    curves, window = random_curves(seed), random_window(seed, WEEKS)
    plan = np.random.default_rng([seed, 4]).gamma(2.0, 100.0, size=(3, WEEKS))
    up, down = (curves.response(by_line(plan * (1 + step)), window) for step in (1e-5, -1e-5))
    totals = plan.sum(axis=1)
    rough = (up - down).to_numpy() / (2e-5 * totals)
    np.testing.assert_allclose(curves.gradient(by_line(plan), window), rough, rtol=1e-6)


def test_order_of_lines_in_the_plan_does_not_matter() -> None:
    curves, window = random_curves(1), random_window(1, WEEKS)
    plan = by_line(np.random.default_rng(5).gamma(1.0, 100.0, size=(3, WEEKS)))
    turned = plan.isel(line=[2, 0, 1])
    np.testing.assert_array_equal(curves.response(plan, window), curves.response(turned, window))


def test_currency_in_thousands_gives_the_same_outcome() -> None:
    curves, window = random_curves(2), random_window(2, WEEKS)
    plan = by_line(np.random.default_rng(6).gamma(1.0, 100.0, size=(3, WEEKS)))
    small = curves.data.copy()
    small["spend"] = small["spend"] / 1000
    small["cost_per_unit"] = small["cost_per_unit"] / 1000
    thousands = Window(window.start, WEEKS, window.before / 1000, window.after / 1000)
    np.testing.assert_allclose(
        ParametricCurves(small).response(plan / 1000, thousands),
        curves.response(plan, window),
        rtol=1e-10,
    )


def test_a_missing_line_is_refused() -> None:
    curves, window = random_curves(1), random_window(1, WEEKS)
    with pytest.raises(KeyError):
        curves.response(by_line(np.ones((3, WEEKS))).isel(line=[0, 1]), window)
