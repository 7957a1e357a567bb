"""All that is no media as one Gaussian design: level, trend, season, holidays, events, controls.

Everything here is in units of the standardised KPI, (KPI − mean) / standard deviation, so one set
of prior scales serves sales in euros and customers in heads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mmm.spec import HolidaySpec, ModelSpec, SeasonalitySpec, TrendSpec

YEAR = 365.25

SLOPE_SCALE = 2.0  # a straight line may climb two standard deviations from first week to last
SEASON_SCALE = 1.0
HOLIDAY_SCALE = 1.0
EVENT_SCALE = 3.0  # an event is named because it was large
CONTROL_SCALE = 1.0

FLEXIBILITY = np.array([0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28])
"""τ, the standard deviation of the trend's change from knot to knot, in standard deviations of
the KPI: seven steps, each twice the one before, finer than data can tell apart."""

FLEXIBILITY_PRIOR = 0.5
"""Scale of the half-normal prior of τ, of which the steps above are the discrete form."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """baseline = design · b with b_j ~ N(0, (scale_j · τ_j)²); τ_j is τ where ``flexible``, else 1.

    columns: p names; design: (T, p); scale: (p,); flexible: (p,)
    tau: (K,) values τ may take, weight: (K,) their prior probabilities
    """

    columns: tuple[str, ...]
    design: np.ndarray
    scale: np.ndarray
    flexible: np.ndarray
    tau: np.ndarray
    weight: np.ndarray

    @property
    def scales(self) -> np.ndarray:
        """Prior standard deviations of b at every τ: (K, p)."""
        return self.scale * np.where(self.flexible, self.tau[:, None], 1.0)


def baseline(
    spec: ModelSpec,
    weeks: np.ndarray,
    *,
    level: float,
    events: Mapping[str, np.ndarray],
    controls: Mapping[str, np.ndarray],
) -> Baseline:
    """The design over ``weeks`` (first days, ``datetime64``).

    level: prior scale of the intercept, the KPI's mean over its standard deviation; events: one
    number per week each; controls: raw, standardised here. A column that never varies is left
    out: the intercept says the same.
    """
    days = weeks.astype("datetime64[D]")
    parts = [
        ({"intercept": np.ones(len(days))}, max(level, 1.0)),
        (_line(spec.trend, days), SLOPE_SCALE),
        (season(spec.seasonality, days), SEASON_SCALE),
        (holiday_weeks(spec.holidays, days), HOLIDAY_SCALE),
        ({f"event {name}": values for name, values in events.items()}, EVENT_SCALE),
        (
            {f"control {name}": _standard(v) for name, v in controls.items() if np.ptp(v) > 0},
            CONTROL_SCALE,
        ),
    ]
    fixed = [(name, column, scale) for part, scale in parts for name, column in part.items()]
    bends = [(name, column, 1.0) for name, column in trend_steps(spec.trend, days).items()]
    names, design, scale = zip(*fixed, *bends, strict=True)
    tau = FLEXIBILITY if bends else np.ones(1)
    prior = tau * np.exp(-0.5 * (tau / FLEXIBILITY_PRIOR) ** 2)  # equal steps in ln τ: density × τ
    return Baseline(
        columns=names,
        design=np.column_stack(design),
        scale=np.array(scale),
        flexible=np.arange(len(names)) >= len(fixed),
        tau=tau,
        weight=prior / prior.sum(),
    )


def trend_steps(trend: TrendSpec, days: np.ndarray) -> dict[str, np.ndarray]:
    """Ramps from 0 to 1 between neighbouring knots: their sum is a line that bends at each knot.

    With independent coefficients N(0, τ²) the trend's level at the knots is a random walk, which
    can follow demand up and down; joined by straight lines it cannot follow a single week.
    """
    if trend.kind != "local":
        return {}
    week = np.arange(len(days), dtype=float)
    pieces = max(1, round(len(days) / trend.knot_weeks))
    knots = np.linspace(0, len(days) - 1, pieces + 1)
    return {
        f"trend {days[round(left)]}": np.clip((week - left) / (right - left), 0, 1)
        for left, right in pairwise(knots)
        if right > left
    }


def season(spec: SeasonalitySpec, days: np.ndarray) -> dict[str, np.ndarray]:
    """Sine and cosine pairs over the year, by day of the week's middle."""
    turn = 2 * np.pi * ((days + 3).astype(float) / YEAR)
    columns = {}
    for order in range(1, spec.yearly + 1):
        columns[f"season sin {order}"] = np.sin(order * turn)
        columns[f"season cos {order}"] = np.cos(order * turn)
    return columns


def holiday_weeks(spec: HolidaySpec | None, days: np.ndarray) -> dict[str, np.ndarray]:
    """One column per holiday: its days in the week over the most it has in any week."""
    if spec is None:
        return {}
    import holidays  # reads 200 calendars: only when a country is named

    first, last = days[0].item(), days[-1].item() + dt.timedelta(days=6)
    calendar = holidays.country_holidays(
        spec.country,
        subdiv=spec.subdivision,
        years=range(first.year, last.year + 1),
        observed=False,
        language="en_US" if "en_US" in _languages(spec.country) else None,
    )
    counts: dict[str, np.ndarray] = {}
    for day, names in sorted(calendar.items()):
        for name in names.split("; "):  # several holidays may fall on one day
            if first <= day <= last and (spec.names is None or name in spec.names):
                week = int(np.searchsorted(days, np.datetime64(day), side="right")) - 1
                counts.setdefault(f"holiday {name}", np.zeros(len(days)))[week] += 1
    return {name: count / count.max() for name, count in counts.items()}


def _languages(country: str) -> tuple[str, ...]:
    import holidays

    return tuple(holidays.list_localized_countries().get(country, ()))


def _line(trend: TrendSpec, days: np.ndarray) -> dict[str, np.ndarray]:
    if trend.kind == "none":
        return {}
    return {"trend line": np.linspace(-0.5, 0.5, len(days))}


def _standard(values: np.ndarray) -> np.ndarray:
    centred: np.ndarray = (values - values.mean()) / values.std()
    return centred
