"""Events: what happened on known days, with the weeks before and after that it reaches."""

from __future__ import annotations

import numpy as np

from mmm.spec import EventSpec


def event_weeks(event: EventSpec, days: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The event's column over weeks that begin on ``days``: (T,), at most 1.

    values: (T,) its days in each week over the most it has in any. An event whose dates are in
    model.yaml also reaches into the data from weeks around them; one that a column names is known
    inside the data only.
    """
    if not (event.before or event.after):
        return values
    around = np.concatenate(
        [
            _outside(event, days[0] - 7 * np.arange(event.after, 0, -1), days, values),
            values,
            _outside(event, days[-1] + 7 * np.arange(1, event.before + 1), days, values),
        ]
    )
    return widened(around, before=event.before, after=event.after)[event.after :][: len(days)]


def event_ahead(event: EventSpec, days: np.ndarray, values: np.ndarray, ahead: int) -> np.ndarray:
    """The event's column over the ``ahead`` weeks after the data: (ahead,).

    Where model.yaml states dates after the data they count; one that a column names does not come
    again. values: as of ``event_weeks``.
    """
    if not values.any():
        return np.zeros(ahead)
    after = days[-1] + 7 * np.arange(1, ahead + 1)
    whole = np.concatenate([values, _outside(event, after, days, values)])
    return event_weeks(event, np.concatenate([days, after]), whole)[len(days) :]


def widened(values: np.ndarray, *, before: int, after: int) -> np.ndarray:
    """A bump: up in equal steps over ``before`` weeks, down over ``after`` weeks, (T,).

    A week that lies l weeks before the event has (before + 1 − l) / (before + 1) of it, and
    likewise after it. Where several reach a week, the largest counts, so that a long event keeps
    its height.
    """
    wide = values.copy()
    for lead in range(1, before + 1):
        reach = values * (before + 1 - lead) / (before + 1)
        wide[:-lead] = np.maximum(wide[:-lead], reach[lead:])
    for lag in range(1, after + 1):
        reach = values * (after + 1 - lag) / (after + 1)
        wide[lag:] = np.maximum(wide[lag:], reach[:-lag])
    return wide


def _outside(
    event: EventSpec, firsts: np.ndarray, days: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """The event in weeks outside the data, in the unit of ``values``."""
    if event.column is not None:
        return np.zeros(len(firsts))
    peak = int(values.argmax())
    unit = event.days_in(days[peak].item()) / values[peak]
    return np.array([event.days_in(first.item()) / unit for first in firsts])
