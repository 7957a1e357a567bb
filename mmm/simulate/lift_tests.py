"""Experiments in a world: what a test of a line would have measured, with its error."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmm import saturation
from mmm.simulate.chance import stream
from mmm.simulate.media import reached
from mmm.simulate.recipe import Line
from mmm.simulate.world import World

WEEKS = 8  # of a test: long enough to measure, short enough to be paid for
ERROR = 0.15  # standard error as a share of the true lift
PARTS = (1.0, 0.5)
"""The part of the spend in a test's weeks that would not have been there otherwise: all, half."""


def lift_tests(world: World, count: int, *, error: float = ERROR) -> pd.DataFrame:
    """``count`` tests of every line by more spend, on the first KPI.

    The true lift is outcome(actual) − outcome(actual − change) over the weeks of the test, first
    day to last, in all regions; what is measured is Normal around it with ``error`` of its size.
    """
    kpi = world.spec.kpis[0].name
    rows = []
    for place, line in enumerate(world.spec.lines):
        rng = stream(world.seed, "tests", line.id)
        spend = world.truth["spend"].isel(line=place).to_numpy()
        for number, start in enumerate(_starts(spend.sum(axis=0), count, rng)):
            part = PARTS[number % len(PARTS)]
            weeks = slice(start, start + WEEKS)
            lift = true_lift(world, place, weeks, part)
            rows.append(
                {
                    "kpi": kpi,
                    "lines": line.id,
                    "geo": "all",
                    "start": _day(world, start, 0),
                    "end": _day(world, start + WEEKS - 1, 6),
                    "spend_change": round(float(part * spend[:, weeks].sum()), 2),
                    "incremental_outcome": round(lift * (1 + error * rng.standard_normal()), 2),
                    "standard_error": round(error * lift, 2),
                    "kind": "scale_up",
                }
            )
    return pd.DataFrame(rows)


def true_lift(world: World, place: int, weeks: slice, part: float) -> float:
    """What the line at ``place`` brought in these weeks by ``part`` of its spend in them."""
    line, spec = world.spec.lines[place], world.spec
    at = world.truth.isel(line=place, kpi=0)
    spend = at["spend"].to_numpy()
    without = spend.copy()
    without[:, weeks] *= 1 - part
    scale = float(at["scale"])
    gained = _value(line, reached(line, spec, spend, scale)) - _value(
        line, reached(line, spec, without, scale)
    )
    effect = float(at["effect"]) * at["heads"].to_numpy()[:, None]
    return float((effect * gained)[:, weeks].sum())


def _value(line: Line, u: np.ndarray) -> np.ndarray:
    value: np.ndarray = saturation.by_name(line.saturation).value(u, **line.shape)
    return value


def _starts(spend: np.ndarray, count: int, rng: np.random.Generator) -> list[int]:
    """First weeks of tests that do not overlap, in weeks in which the line is mostly on air."""
    free, starts = np.ones(len(spend), dtype=bool), []
    for _ in range(count):
        candidates = [
            week
            for week in range(len(spend) - WEEKS + 1)
            if free[week : week + WEEKS].all() and (spend[week : week + WEEKS] > 0).mean() >= 0.5
        ]
        if not candidates:
            break
        starts.append(int(rng.choice(candidates)))
        free[max(0, starts[-1] - WEEKS) : starts[-1] + 2 * WEEKS] = False
    return starts


def _day(world: World, week: int, days: int) -> str:
    moved = world.truth["week"].to_numpy()[week] + np.timedelta64(days, "D")
    return str(moved)[:10]
