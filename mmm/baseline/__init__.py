"""All that is no media as one Gaussian design: level, trend, season, holidays, events, controls.

Everything here is in units of the standardised KPI, (KPI − mean) / standard deviation, so one set
of prior scales serves sales in euros and customers in heads.
"""

from mmm.baseline.ahead import control_ahead, design_ahead, same_weeks
from mmm.baseline.assembly import baseline
from mmm.baseline.controls import (
    analytic_controls,
    carried,
    column_name,
    control_lags,
    held,
    standard_base,
    treatment_contribution,
)
from mmm.baseline.events import event_weeks, widened
from mmm.baseline.gaussian_process import gaussian_process
from mmm.baseline.holidays import holiday_weeks
from mmm.baseline.parts import Baseline, Part
from mmm.baseline.seasonality import season
from mmm.baseline.trend import FLEXIBILITY, knots_ahead, trend_bends, trend_steps

__all__ = [
    "FLEXIBILITY",
    "Baseline",
    "Part",
    "analytic_controls",
    "baseline",
    "carried",
    "column_name",
    "control_ahead",
    "control_lags",
    "design_ahead",
    "event_weeks",
    "gaussian_process",
    "held",
    "holiday_weeks",
    "knots_ahead",
    "same_weeks",
    "season",
    "standard_base",
    "treatment_contribution",
    "trend_bends",
    "trend_steps",
    "widened",
]
