"""Curves with a baseline forecast made by hand: a level, a season, two controls."""

from __future__ import annotations

import datetime as dt

import curve_case
import numpy as np

from mmm.curves import ParametricCurves

AHEAD = 20
FIRST = dt.date(2026, 12, 28)  # the first week after the history: 2026-W53
LEVEL = {"revenue": 400_000.0, "new_customers": 900.0}  # a week, mean of the draws
SPREAD, SEASON, NOISE = 0.02, 0.1, 0.05  # of the level
PRICE, PROMO = -0.01, 0.2  # of the level, for a point of price and for a promotion
PATH = {"price": 100.0 + np.arange(AHEAD) % 3, "promo": np.zeros(AHEAD)}
DAYS = [FIRST + dt.timedelta(weeks=week) for week in range(AHEAD)]


def season() -> np.ndarray:
    return np.sin(2 * np.pi * np.arange(AHEAD) / 10)


def curves(draws: int = 20) -> ParametricCurves:
    plain = curve_case.parametric(
        7, curve_case.Market(lines=("tv", "search"), draws=draws, slopes=(0.7, 0.9))
    )
    rng = np.random.default_rng(5)
    level = np.array([LEVEL[kpi] for kpi in plain.kpis])[:, None]
    shape = (len(plain.kpis), draws)
    terms = np.stack(
        [level * (1 + SPREAD * rng.normal(size=shape)), level * SEASON * np.ones(shape)], axis=-1
    )
    controls = np.stack(
        [level * PRICE * (1 + 0.1 * rng.normal(size=shape)), level * PROMO * np.ones(shape)],
        axis=-1,
    )
    return ParametricCurves(
        plain.data.assign(
            forecast_coefficient=(("kpi", "draw", "term"), terms),
            forecast_design=(("term", "ahead"), np.stack([np.ones(AHEAD), season()])),
            forecast_noise=(("kpi", "draw"), NOISE * level * np.ones(shape)),
            control_coefficient=(("kpi", "draw", "control"), controls),
            control_path=(("control", "ahead"), np.stack(list(PATH.values()))),
            control_lag=("control", [0, 1]),
            control_window=("control", [1, 1]),
        ).assign_coords(
            term=["intercept", "season"],
            control=list(PATH),
            ahead=np.array(DAYS, dtype="datetime64[ns]"),
        )
    )


def expected(made: ParametricCurves, kpi: str, first: int, weeks: int) -> np.ndarray:
    """(draw, week) by the formula, without context."""
    own = made.data["forecast_coefficient"].sel(kpi=kpi).to_numpy()
    whole = own[:, :1] + own[:, 1:] * season()
    found: np.ndarray = whole[:, first : first + weeks]
    return found


def table(weeks: range, header: str = "week,price,promo", row: str = "95,1") -> str:
    return "\n".join([header, *(f"2027-W{week:02d},{row}" for week in weeks)]) + "\n"
