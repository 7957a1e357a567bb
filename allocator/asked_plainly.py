"""A question without a scenario file: curves, some weeks, a reference, and what counts.

For who has a split or the past and wants it evaluated: no rules, the money as it stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from allocator.quantities import RESOLVED
from allocator.scenario import LoadedScenario, PlanWeeks, Scenario
from allocator.scenario.period import first_day
from allocator.weeks import week_or_day
from mmm.curves import ResponseCurves
from mmm.errors import Fault, InputError
from mmm.typed import faults_of
from mmm.yamlfile import Document

HERE = "command line"
"""What stands in messages where a file's name would."""
YEAR, USUAL = 52, 13  # weeks: of "the same weeks of last year", and of a quarter
WEEK = dt.timedelta(days=7)
MOST = 104
NO_CURRENCY = "XXX"  # no gap: the code of ISO 4217 for "no currency"


@dataclass(frozen=True)
class Stretch:
    """Weeks as a person writes them: ``2026-W01:13``."""

    start: str
    weeks: int

    def form(self) -> dict[str, Any]:
        """As a scenario has it."""
        return {"start": self.start, "weeks": self.weeks}


def stretch_of(option: str, text: str) -> Stretch:
    """``2026-W01:13``, or ``actuals:2026-W01:13``. Raises InputError."""
    start, _, count = text.removeprefix("actuals:").rpartition(":")
    try:
        weeks = int(count) if count.isascii() and count.isdigit() else 0
        if not 1 <= weeks <= MOST:
            raise ValueError(f"a first week and 1 to {MOST} weeks, such as 2026-W01:13")
        return Stretch(week_or_day(start), weeks)
    except ValueError as error:
        raise InputError([Fault(option, 0, 0, "", repr(text), str(error))]) from None


def past(curves: ResponseCurves, stretch: Stretch, option: str) -> dict[str, Any]:
    """Line -> (week,) what was spent in weeks of the history. Raises InputError beyond them."""
    weeks = past_weeks(curves, stretch, option)
    assert curves.history is not None  # past_weeks has asked
    first, _ = ends_of(curves)
    start = (weeks.start - first).days // 7
    assert curves.spent is not None
    spent = curves.spent[:, start : start + weeks.weeks]
    return dict(zip(curves.lines, spent, strict=True))


def past_weeks(curves: ResponseCurves, stretch: Stretch, option: str) -> PlanWeeks:
    """The weeks of a stretch, all of them in the history. Raises InputError."""
    shown = f"{stretch.start}:{stretch.weeks}"
    if curves.history is None:
        expected = "curves of a fit, which hold what was spent"
        raise InputError([Fault(option, 0, 0, "", f"{shown}, with imported curves", expected)])
    start = first_day(stretch.start, curves.week_start)
    if not isinstance(start, dt.date):
        raise InputError([Fault(option, 0, 0, "", start.found, start.expected, start.fix)])
    weeks, (first, last) = PlanWeeks(start, stretch.weeks), ends_of(curves)
    if weeks.start < first or weeks.days[-1] > last:
        expected = f"weeks within the data, {first} to {last + WEEK - dt.timedelta(days=1)}"
        raise InputError([Fault(option, 0, 0, "", shown, expected)])
    return weeks


def ends_of(curves: ResponseCurves) -> tuple[dt.date, dt.date]:
    """First days of the first and of the last week of the history."""
    assert curves.history is not None
    days = curves.history["week"].to_numpy().astype("datetime64[D]").astype(dt.date)
    return days[0], days[-1]


def next_weeks(curves: ResponseCurves, weeks: int | None) -> Stretch:
    """The weeks right after the data. Raises InputError for curves that carry none."""
    if curves.history is None:
        found, expected = "imported curves, which know no calendar", "--period 2027-W01:13"
        raise InputError([Fault("--period", 0, 0, "", found, expected)])
    start = ends_of(curves)[1] + WEEK
    return Stretch(start.isoformat(), weeks or USUAL)


def last_weeks(curves: ResponseCurves) -> Stretch:
    """The last weeks of the data, a quarter of them. Raises InputError where there are none."""
    if curves.history is None:
        found, expected = "imported curves, which hold no spend", "--reference FILE.csv"
        raise InputError([Fault("--reference", 0, 0, "", found, expected)])
    first, last = ends_of(curves)
    weeks = min(USUAL, (last - first).days // 7 + 1)
    return Stretch((last - (weeks - 1) * WEEK).isoformat(), weeks)


def year_before(curves: ResponseCurves, period: Stretch) -> Stretch:
    """The same weeks of the year before; where the data have no such weeks, their last ones."""
    day = first_day(period.start, curves.week_start)
    assert isinstance(day, dt.date)
    first, last = ends_of(curves)
    start = day - YEAR * WEEK
    if not first <= start <= last - (period.weeks - 1) * WEEK:
        start = last - (period.weeks - 1) * WEEK
    return Stretch(start.isoformat(), period.weeks)


def question(
    curves: ResponseCurves,
    file: Path,
    *,
    title: str,
    period: Stretch,
    reference: Mapping[str, Any],
    money: float,
    margin: float | None = None,
) -> LoadedScenario:
    """The question as a scenario without rules, that money to be spent exactly.

    With a margin profit counts, without it the first KPI that is money, or the first. Raises
    InputError with everything that does not fit.
    """
    paying = [kpi for kpi, unit in curves.units.items() if unit == "currency"]
    said: dict[str, Any] = {
        "schema_version": 1, "id": "as-given", "title": title, "curves": file.name,
        "period": period.form(), "currency": curves.currency or NO_CURRENCY,
        "reference": dict(reference), "budget": {"exactly": money},
        "objective": {"maximise": (paying or list(curves.kpis))[0]},
        # the past needs no leash: what was spent was spent
    }  # fmt: skip
    if margin is not None:
        said |= {"objective": {"maximise": "profit"}, "economics": {"margin": margin}}
    document = Document(HERE, said, {})
    try:
        scenario = Scenario.model_validate(said, context=RESOLVED)
    except ValidationError as error:
        raise InputError(without_places(faults_of(error, document, Scenario))) from None
    return LoadedScenario(scenario, document, file.resolve())


def without_places(faults: Any) -> list[Fault]:
    """No line and column where there is no file."""
    return [
        Fault(f.file, 0, 0, f.path, f.found, f.expected, f.fix) if f.file == HERE else f
        for f in faults
    ]
