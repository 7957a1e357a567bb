"""The baseline's design over the weeks after the data: what a forecast without media is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mmm.baseline.controls import column_name, delayed, standard
from mmm.baseline.events import event_ahead
from mmm.baseline.holidays import holiday_weeks
from mmm.baseline.seasonality import season
from mmm.baseline.trend import trend_ahead
from mmm.spec import ModelSpec

YEAR = 52
"""Weeks after which a control is taken to be what it was."""


def same_weeks(values: np.ndarray, ahead: int) -> np.ndarray:
    """A control as it was in the same weeks of the last year of data: (…, ahead) of (…, T).

    Where the data do not reach back a year, their mean.
    """
    weeks = values.shape[-1]
    back = weeks - YEAR + np.arange(ahead) % YEAR
    mean = values.mean(axis=-1, keepdims=True)
    found: np.ndarray = np.where(back >= 0, values[..., np.maximum(back, 0)], mean)
    return found


def control_ahead(lag: int, values: np.ndarray, path: np.ndarray) -> np.ndarray:
    """A control after the data as the model sees it, standardised and lagged: (…, ahead).

    values: (…, T) raw, over the data; path: (…, ahead) raw, after them
    """
    whole = delayed(np.concatenate([values, path], axis=-1), lag)
    found: np.ndarray = standard(whole[..., values.shape[-1] :], values)
    return found


def design_ahead(
    spec: ModelSpec,
    days: np.ndarray,
    ahead: int,
    columns: Sequence[str],
    *,
    events: Mapping[str, np.ndarray],
    controls: Mapping[str, np.ndarray],
) -> np.ndarray:
    """The columns of ``baseline`` over the ``ahead`` weeks after ``days``: (ahead, p).

    columns: names of the fitted design; events, controls: label -> (T,) as ``baseline`` has them,
    of the controls whose coefficients are among them. Controls repeat the last year of data.
    """
    after = days[-1] + 7 * np.arange(1, ahead + 1)
    widths = {event.name: event for event in spec.events}
    lags = {column_name(one): (one.label, one.lag) for one in spec.controls}
    known = {
        "intercept": np.ones(ahead),
        **trend_ahead(spec.trend, days, ahead),
        **season(spec.seasonality, after),
        **{
            name: column[len(days) :]
            for name, column in holiday_weeks(spec.holidays, days, ahead).items()
        },
        **{
            f"event {name}": event_ahead(widths[name], days, values, ahead)
            if name in widths
            else np.zeros(ahead)
            for name, values in events.items()
        },
        **{
            column: control_ahead(lag, controls[label], same_weeks(controls[label], ahead))
            for column, (label, lag) in lags.items()
            if label in controls
        },
    }
    return np.column_stack([known[name] for name in columns])
