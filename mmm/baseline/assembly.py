"""The baseline of one KPI, put together from model.yaml and the data."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mmm.baseline.controls import analytic_controls
from mmm.baseline.events import event_weeks
from mmm.baseline.holidays import holiday_weeks
from mmm.baseline.parts import Baseline, Part
from mmm.baseline.seasonality import season
from mmm.baseline.trend import trend
from mmm.spec import ModelSpec

SEASON_SCALE = 1.0
HOLIDAY_SCALE = 1.0
EVENT_SCALE = 3.0  # an event is named because it was large
CONTROL_SCALE = 1.0


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
    number per week each; controls: raw, standardised here. A control that never varies is left
    out: the intercept says the same. So is one with carry-over, whose column moves with its
    retention: see ``control_lags``.
    """
    days = weeks.astype("datetime64[D]")
    widths = {event.name: event for event in spec.events}
    named = {
        f"event {name}": event_weeks(widths[name], days, values) if name in widths else values
        for name, values in events.items()
    }
    return Baseline.of(
        [
            Part.fixed({"intercept": np.ones(len(days))}, max(level, 1.0)),
            trend(spec.trend, days),
            Part.fixed(season(spec.seasonality, days), SEASON_SCALE),
            Part.fixed(holiday_weeks(spec.holidays, days), HOLIDAY_SCALE),
            Part.fixed(named, EVENT_SCALE),
            Part.fixed(analytic_controls(spec.controls, controls), CONTROL_SCALE),
        ]
    )
