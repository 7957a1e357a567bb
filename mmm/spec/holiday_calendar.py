"""The calendar of public holidays, by the names that model.yaml uses."""

from __future__ import annotations

import datetime as dt
from functools import cache

KNOWN_YEARS = (2000, 2040)
"""Years whose holidays a name in model.yaml may mean."""


@cache
def holiday_days(
    country: str, subdivision: str | None, first: int, last: int
) -> tuple[tuple[dt.date, tuple[str, ...]], ...]:
    """(day, names) of every holiday of the years ``first`` to ``last``; English names if any."""
    import holidays  # reads 200 calendars: only when a country is named

    languages = holidays.list_localized_countries().get(country, ())
    calendar = holidays.country_holidays(
        country,
        subdiv=subdivision,
        years=range(first, last + 1),
        observed=False,
        language="en_US" if "en_US" in languages else None,
    )
    # several holidays may fall on one day
    return tuple((day, tuple(names.split("; "))) for day, names in sorted(calendar.items()))


def holiday_names(country: str, subdivision: str | None) -> set[str]:
    """Every name the calendar knows."""
    days = holiday_days(country, subdivision, *KNOWN_YEARS)
    return {name for _, names in days for name in names}
