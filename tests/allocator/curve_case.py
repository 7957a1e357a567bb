"""Response curves made for tests: straight lines, formulas, and a small fitted model."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import scenario_case
import xarray as xr

from allocator.engine.problem import AllocationProblem, Budget
from allocator.engine.search import Found, search
from allocator.objectives import Terms
from allocator.scenario import LoadedScenario
from allocator.scenario import load as load_scenario
from mmm.card import HealthCard
from mmm.curves import (
    Adstocked,
    Bracket,
    ParametricCurves,
    ResponseCurves,
    SteadyResponse,
    StraightLines,
    TabulatedCurves,
    Window,
)
from mmm.curves import save as save_curves
from mmm.saturation import Hill

Curve = Callable[[np.ndarray], np.ndarray]
FIRST_WEEK = np.datetime64("2024-01-01", "ns")
HISTORY = 156  # weeks: 2024-W01 to 2026-W52
START = dt.date(2026, 12, 28)  # the next Monday, 2026-W53


@dataclass(frozen=True)
class Concave(SteadyResponse):
    """A concave formula of one draw. ``turn`` is the inverse of its slope."""

    height: Curve
    rise: Curve
    turn: Curve

    def value(self, totals: np.ndarray) -> np.ndarray:
        return self.height(np.asarray(totals, dtype=float))[None]

    def slope(self, totals: np.ndarray) -> np.ndarray:
        return self.rise(np.asarray(totals, dtype=float))[None]

    def bracket(self, totals: np.ndarray) -> Bracket:
        """Exact: the curve is farthest above a chord where it is parallel to it."""
        value = self.value(totals)[0]
        chord = np.diff(value) / np.diff(totals)
        with np.errstate(divide="ignore"):  # a flat chord: parallel nowhere before the end
            far = np.clip(self.turn(chord), totals[:-1], totals[1:])
        above = self.value(far)[0] - (value[:-1] + chord * (far - totals[:-1]))
        return Bracket(totals, value, np.maximum(above, 0.0), np.zeros(len(chord)))

    def knots(self) -> np.ndarray:
        return np.empty(0)

    def weighted(self, weights: np.ndarray) -> Concave:
        (w,) = np.asarray(weights, dtype=float)
        if w == 0:
            return Concave(np.zeros_like, np.zeros_like, np.zeros_like)
        height, rise, turn = self.height, self.rise, self.turn
        return Concave(lambda x: w * height(x), lambda x: w * rise(x), lambda m: turn(m / w))

    def slope_bracket(self, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        slope = self.slope(totals)[0]
        return slope[1:], slope[:-1]


def root(factor: float) -> Concave:
    """factor · √x; its slope at 0 is infinite."""
    return Concave(
        lambda x: factor * np.sqrt(x),
        lambda x: np.where(x > 0, factor / 2 / np.sqrt(np.where(x > 0, x, 1.0)), np.inf),
        lambda m: (factor / 2 / m) ** 2,
    )


def exponential(top: float, rate: float) -> Concave:
    """top · (1 − e^(−rate · x))."""
    return Concave(
        lambda x: top * -np.expm1(-rate * x),
        lambda x: top * rate * np.exp(-rate * x),
        lambda m: np.log(top * rate / m) / rate,
    )


def hill(effect: float, half: float, slope: float) -> Adstocked:
    """effect · x^slope / (half^slope + x^slope): one draw, one week, no carry-over."""
    return Adstocked(
        effect=np.array([effect]),
        carried=np.zeros((1, 1)),
        unit=np.ones((1, 1)),
        saturation=Hill(),
        parameters={"half_saturation": np.array([[half]]), "slope": np.array([[slope]])},
    )


def straight(curve: Curve, end: float, pieces: int = 400) -> StraightLines:
    """A curve of one draw as straight lines through ``pieces`` + 1 of its points."""
    totals = np.linspace(0, end, pieces + 1)
    return StraightLines(totals, np.asarray(curve(totals), dtype=float)[None])


def separable(
    curves: Sequence[SteadyResponse], budget: float, *, exact: bool = True
) -> AllocationProblem:
    """Maximise the sum of one KPI over lines l0, l1, …"""
    lines = tuple(f"l{place}" for place in range(len(curves)))
    return AllocationProblem(
        lines,
        Budget(budget, exact),
        Terms({"revenue": 1.0}, 0.0, "currency"),
        {("revenue", line): curve for line, curve in zip(lines, curves, strict=True)},
        {
            line: float(curve.knots().max(initial=0.0)) or np.inf
            for line, curve in zip(lines, curves, strict=True)
        },
    )


def tabulated(
    points: Mapping[str, Sequence[float]],
    response: Mapping[str, Mapping[str, np.ndarray]],
    *,
    weeks: int = 13,
    counts: Sequence[str] = (),
) -> TabulatedCurves:
    """Imported curves. points: line -> totals; response: kpi -> line -> (draw, point)."""
    lines, kpis = list(points), list(response)
    size = max(map(len, points.values()))
    draws = len(next(iter(next(iter(response.values())).values())))
    at = np.full((len(lines), size), np.nan)
    heights = np.full((len(kpis), draws, len(lines), size), np.nan)
    for i, line in enumerate(lines):
        at[i, : len(points[line])] = points[line]
        for k, kpi in enumerate(kpis):
            heights[k, :, i, : len(points[line])] = response[kpi][line]
    return TabulatedCurves(
        xr.Dataset(
            {
                "points": (("line", "point"), at),
                "response": (("kpi", "draw", "line", "point"), heights),
                "unit": ("kpi", ["count" if kpi in counts else "currency" for kpi in kpis]),
                "prior_driven": ("line", np.zeros(len(lines), dtype=bool)),
            },
            coords={"kpi": kpis, "draw": list(range(draws)), **_names(lines)},
            attrs={**_attributes(), "weeks": weeks},
        )
    )


@dataclass(frozen=True)
class Market:
    """How a small fitted model is drawn."""

    lines: tuple[str, ...] = ("tv", "search/brand", "search/generic", "social")
    kpis: tuple[str, ...] = ("revenue", "new_customers")
    draws: int = 20
    lags: int = 5
    slopes: tuple[float, float] = (0.7, 3.0)
    history: int = HISTORY
    currency: str = "EUR"
    card: HealthCard = field(default_factory=HealthCard)


def parametric(seed: int, market: Market = Market()) -> ParametricCurves:
    """A fitted model drawn at random: geometric adstock, Hill curves, concave and S-shaped."""
    rng = np.random.default_rng(seed)
    lines, kpis = list(market.lines), list(market.kpis)
    count = len(lines)
    spend = rng.gamma(4, 2500, (count, market.history)).round(2)
    shape = (len(kpis), market.draws, count)

    def around(low: float, high: float, spread: float) -> np.ndarray:
        centre = rng.uniform(low, high, (len(kpis), 1, count))
        return centre * rng.lognormal(0, spread, shape)

    yearly = spend.mean(axis=1) * np.array([3.0, 0.04, 3.0][: len(kpis)])[:, None, None]
    cell = ("kpi", "draw", "line")
    return ParametricCurves(
        xr.Dataset(
            {
                "spend": (("line", "week"), spend),
                "exposure": (("line", "week"), spend),
                "cost_per_unit": ("line", np.ones(count)),
                "scale": ("line", spend.mean(axis=1)),
                "adstock": ("line", ["geometric"] * count),
                "window": ("line", np.full(count, market.lags)),
                "saturation": ("line", ["hill"] * count),
                "effect": (cell, yearly * around(0.5, 2, 0.3)),
                "adstock_retention": (cell, rng.uniform(0.1, 0.7, shape)),
                "saturation_half_saturation": (cell, around(0.6, 2, 0.2)),
                "saturation_slope": (cell, around(*market.slopes, 0.1)),
                "unit": ("kpi", ["currency", "count", "currency"][: len(kpis)]),
                "prior_driven": ("line", np.zeros(count, dtype=bool)),
            },
            coords={
                "kpi": kpis,
                "draw": np.arange(market.draws),
                "week": FIRST_WEEK + np.arange(market.history) * np.timedelta64(7, "D"),
                **_names(lines),
            },
            attrs={
                **_attributes(),
                "currency": market.currency,
                "health": market.card.to_json(),
            },
        )
    )


def rough(rng: np.random.Generator, end: int, *, rising: bool = True) -> StraightLines:
    """Straight lines between whole totals 0, 1, … ``end``: convex, concave and flat at random."""
    steps = rng.gamma(0.5, 1.0, end) * rng.uniform(0.2, 2.0)
    if not rising:
        steps -= rng.uniform(0, 0.3)
    return StraightLines(np.arange(end + 1.0), np.concatenate([[0.0], np.cumsum(steps)])[None])


def mixed(rng: np.random.Generator, budget: float) -> SteadyResponse:
    """A concave, S-shaped or piecewise linear curve at the scale of a budget."""
    kind = rng.integers(4)
    if kind == 0:
        return root(rng.uniform(0.5, 2) / np.sqrt(budget))
    if kind == 1:
        return exponential(rng.uniform(0.5, 2), rng.uniform(1, 8) / budget)
    if kind == 2:
        return hill(rng.uniform(0.5, 3), rng.uniform(0.1, 0.9) * budget, rng.uniform(0.6, 4))
    heights = rough(rng, 12).response
    return StraightLines(budget * np.linspace(0, 1, 13), heights / heights.max() * 1.5)


def found(problem: AllocationProblem, *, seconds: float = 60.0) -> Found:
    """The search's answer in exact amounts, not rounded to cents."""
    return search(problem, dict, time_limit=seconds, seed=0)


def window(curves: ResponseCurves, weeks: int, *, weekly: float = 0.0) -> Window:
    """A window right after the history; ``weekly`` is what each line spends after it."""
    lags = int(curves.data["window"].max()) if "window" in curves.data else 1
    lines = {"line": list(curves.lines)}
    return Window(
        START,
        weeks,
        before=xr.DataArray(np.zeros((len(curves.lines), 0)), dims=("line", "week"), coords=lines),
        after=xr.DataArray(
            np.full((len(curves.lines), lags - 1), weekly), dims=("line", "week"), coords=lines
        ),
    )


def project(tmp_path: Path, curves: ResponseCurves, changes: str) -> LoadedScenario:
    """A project folder with these curves and the good scenario, changed; loaded."""
    path = scenario_case.write_scenario(tmp_path, changes)
    save_curves(curves, path.parent / "curves.nc", force=True)
    return load_scenario(path)


def _names(lines: list[str]) -> dict[str, object]:
    return {
        "line": lines,
        "channel": ("line", [line.partition("/")[0] for line in lines]),
        "campaign": ("line", [line.partition("/")[2] for line in lines]),
    }


def _attributes() -> dict[str, object]:
    return {
        "currency": "EUR",
        "week_start": "monday",
        "health": HealthCard().to_json(),
        "source": json.dumps({"made": "for a test"}),
    }
