"""Public holidays, and the shopping before and after them."""

from __future__ import annotations

import datetime as dt

import numpy as np

from mmm.spec import HolidaySpec, holiday_days


def holiday_weeks(
    spec: HolidaySpec | None, days: np.ndarray, ahead: int = 0
) -> dict[str, np.ndarray]:
    """Columns over weeks that begin on ``days`` and ``ahead`` more, up to three for each holiday.

    The holiday itself: its days in the week over the most it has in any week. The weeks before
    and after it, where the spec gives it a width, have coefficients of their own, as people buy
    before Christmas and not on it: from 1 in the nearest week down to 1/n in the n-th.
    """
    if spec is None:
        return {}
    reach = max(spec.widest, default=0)
    weeks = np.concatenate(
        [
            days[0] - 7 * np.arange(reach, 0, -1),
            days,
            days[-1] + 7 * np.arange(1, ahead + reach + 1),
        ]
    )
    inside = slice(reach, reach + len(days) + ahead)
    columns: dict[str, np.ndarray] = {}
    for name, count in _counts(spec, weeks).items():
        most = count[: len(days) + 2 * reach].max()
        if most == 0:  # the data end before it first comes
            continue
        share = count / most
        columns[f"holiday {name}"] = share[inside]
        columns[f"holiday {name} before"] = nearing(share, spec.weeks_before(name))[inside]
        columns[f"holiday {name} after"] = nearing(share[::-1], spec.weeks_after(name))[::-1][
            inside
        ]
    return {name: column for name, column in columns.items() if column[: len(days)].any()}


def nearing(share: np.ndarray, weeks: int) -> np.ndarray:
    """(weeks + 1 − l) / weeks in the l-th week before a holiday, l = 1 … weeks; 0 elsewhere."""
    ramp = np.zeros(len(share))
    for lead in range(1, weeks + 1):
        ramp[:-lead] = np.maximum(ramp[:-lead], share[lead:] * (weeks + 1 - lead) / weeks)
    return ramp


def _counts(spec: HolidaySpec, weeks: np.ndarray) -> dict[str, np.ndarray]:
    """Days of every wanted holiday in every week."""
    first, last = weeks[0].item(), weeks[-1].item() + dt.timedelta(days=6)
    counts: dict[str, np.ndarray] = {}
    for day, names in holiday_days(spec.country, spec.subdivision, first.year, last.year):
        for name in names:
            if first <= day <= last and (spec.names is None or name in spec.names):
                week = int(np.searchsorted(weeks, np.datetime64(day), side="right")) - 1
                counts.setdefault(name, np.zeros(len(weeks)))[week] += 1
    return counts
