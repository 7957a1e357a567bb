"""Weekly problems made for tests: curves by formula, small enough to be solved by hand or grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allocator.constraints import Row
from allocator.engine.problem import Budget
from allocator.engine.weekly.problem import Reading, WeeklyProblem
from allocator.engine.weekly.search import Found, search
from allocator.objectives import Terms
from mmm.curves import FlightedResponse
from mmm.curves.flattened import Flattened, Saturated
from mmm.saturation import Hill

KPI = "revenue"


@dataclass(frozen=True)
class Root(Flattened):
    """√level; infinitely steep at 0."""

    @property
    def turn(self) -> np.ndarray:
        return np.zeros((1, 1))

    def value_and_slope(self, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with np.errstate(divide="ignore"):
            return np.sqrt(level), 0.5 / np.sqrt(level)

    def of_draws(self, kept: np.ndarray | slice) -> Root:
        return self

    def steepest(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(low.shape), np.full(low.shape, -np.inf)


def response(
    flattened: Flattened,
    weeks: int,
    *,
    height: Sequence[float] = (1.0,),
    kernel: Sequence[Sequence[float]] = ((1.0,),),
    base: float = 0.0,
) -> FlightedResponse:
    """One curve a draw, the same in every week. height: (draw,); kernel: (draw, lag)."""
    carried = np.asarray(kernel, dtype=float)
    terms = weeks + carried.shape[1] - 1
    heights = np.repeat(np.asarray(height, dtype=float)[:, None], terms, axis=1)
    bases = np.full((len(heights), terms), base)
    carried = np.repeat(carried, len(heights) // len(carried), axis=0)
    return FlightedResponse(weeks, heights, bases, carried, flattened, np.arange(terms))


def root(factor: float, weeks: int) -> FlightedResponse:
    """Σ_t factor · √x_t."""
    return response(Root(), weeks, height=[factor])


def pulse(weeks: int, height: float = 1.0) -> FlightedResponse:
    """Σ_t height · x_t² / (1 + x_t²)."""
    return response(hill([1.0], [2.0]), weeks, height=[height])


def hill(half: Sequence[float], slope: Sequence[float]) -> Saturated:
    """level^slope / (half^slope + level^slope), a curve a draw."""
    parameters = {"half_saturation": np.array(half)[:, None], "slope": np.array(slope)[:, None]}
    return Saturated(Hill(), parameters)


def posed(
    responses: Sequence[FlightedResponse],
    budget: float,
    *,
    exact: bool = True,
    rows: Sequence[Row] = (),
    spend: float = 0.0,
) -> WeeklyProblem:
    """Maximise the sum of one KPI over lines l0, l1, … and ``spend`` times the money."""
    lines = tuple(f"l{place}" for place in range(len(responses)))
    draws = responses[0].draws
    return WeeklyProblem(
        lines,
        responses[0].weeks,
        Budget(budget, exact),
        Terms({KPI: 1.0}, spend, "currency"),
        {KPI: Reading(KPI, np.full(draws, 1 / draws))},
        {(KPI, line): own for line, own in zip(lines, responses, strict=True)},
        rows=tuple(rows),
    )


def market(
    seed: int, lines: int, weeks: int, *, draws: int = 8, slopes: tuple[float, float] = (0.6, 0.95)
) -> tuple[list[FlightedResponse], float]:
    """Hill curves with carry-over at random, and a budget at which they bend."""
    rng = np.random.default_rng(seed)
    found, budget, lags = [], 0.0, 3
    for _ in range(lines):
        scale = rng.uniform(50, 200)
        weights = rng.uniform(0.1, 0.6, (draws, 1)) ** np.arange(lags)
        found.append(
            response(
                hill(rng.uniform(0.6, 1.5, draws).tolist(), rng.uniform(*slopes, draws).tolist()),
                weeks,
                height=(scale * rng.uniform(1, 4, draws)).tolist(),
                kernel=(weights / weights.sum(axis=1, keepdims=True) / scale).tolist(),
                base=rng.uniform(0.05, 0.3),
            )
        )
        budget += scale * weeks
    return found, round(budget, 2)


def found(
    problem: WeeklyProblem, *, starts: Sequence[np.ndarray] = (), seconds: float = 30.0
) -> Found:
    """The search's answer."""
    return search(problem, starts, time_limit=seconds, seed=0)


def money(problem: WeeklyProblem, by_week: Mapping[int, float], *, sign: float = 1.0) -> Row:
    """A row on the money of all lines in some weeks: week -> weight."""
    weight = np.zeros(problem.weeks)
    for week, share in by_week.items():
        weight[week] = sign * share
    return Row("months", f"{sorted(by_week)}", "min", 0.0, dict.fromkeys(problem.lines, weight))
