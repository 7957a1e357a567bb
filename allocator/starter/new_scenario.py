"""A new scenario on curves that are there: from what was spent, a plan, a total, or a table."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from allocator.complaint import Complaint
from allocator.plan.file import read
from allocator.quantities import money
from allocator.scenario import from_resolved, written_form
from allocator.scenario.files.paths import inside
from allocator.weeks import iso_monday
from mmm.curves import ResponseCurves
from mmm.errors import Fault, InputError, nearest
from mmm.yamlfile import to_text

WEEK = dt.timedelta(days=7)
YEAR = 52  # weeks
FORMS = ("actuals", "plan", "total", "csv")
OPTION = "--from"


@dataclass(frozen=True)
class Wish:
    """What the scenario is to be.

    source: ``actuals``, ``actuals:2026-W01``, ``plan:PLAN.json``, ``total:2.0M`` or
            ``csv:FILE.csv``
    start:  first week; None for the week after the data
    folder: where the file will stand
    """

    name: str
    source: str
    curves: Path
    folder: Path
    start: str | None = None
    weeks: int = 13


def new_scenario(wish: Wish, curves: ResponseCurves) -> str:
    """YAML of the scenario. Raises InputError for a source that cannot be used."""
    form, _, said = wish.source.partition(":")
    if form not in FORMS:
        expected = "actuals[:WEEK], plan:PLAN.json, total:AMOUNT or csv:FILE.csv"
        raise InputError([Fault(OPTION, 0, 0, "", repr(wish.source), expected,
                                nearest(form, FORMS))])  # fmt: skip
    if form == "plan":
        return _after_plan(wish, Path(said))
    start = _start(wish, curves)
    reference, budget = _money(form, said, start, wish, curves)
    kpi = next(iter(curves.units))
    return to_text(
        {
            "schema_version": 1,
            "id": wish.name,
            "title": f"{wish.weeks} weeks from {label(start)}",
            "curves": _relative(wish.curves, wish.folder, "--curves"),
            "period": {"start": label(start), "weeks": wish.weeks},
            "currency": curves.currency or "EUR",
            "reference": reference,
            "budget": {"exactly": budget},
            "objective": {"maximise": kpi},
            "constraints": [
                {
                    "id": "moves",
                    "each": "all",
                    "spend": {
                        "from": "reference",
                        "between": ["-30%", "+30%"],
                        "new_lines": "exempt",
                    },
                    "reason": "further away the model only guesses",
                }
            ],
        }
    )


def label(monday: dt.date) -> str:
    """``2027-W01`` of its Monday."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def _week(option: str, text: str) -> dt.date:
    """The Monday of a week that a person wrote."""
    try:
        monday = iso_monday(text)
    except ValueError as error:
        raise InputError([Fault(option, 0, 0, "", repr(text), str(error))]) from None
    if monday is None:
        raise InputError([Fault(option, 0, 0, "", repr(text), "a week such as 2027-W01")])
    return monday


def _start(wish: Wish, curves: ResponseCurves) -> dt.date:
    if wish.start is not None:
        return _week("--start", wish.start)
    if curves.history is None:
        found = "curves without history"
        raise InputError([Fault("--start", 0, 0, "", found, "the first week", "--start 2027-W01")])
    return _days(curves)[-1] + WEEK


def _money(
    form: str, said: str, start: dt.date, wish: Wish, curves: ResponseCurves
) -> tuple[dict[str, object], float]:
    """The reference as it is written, and the budget, currency."""
    if form == "total":
        try:
            return {"flat": True}, money(said)
        except ValueError as error:
            raise InputError([Fault(OPTION, 0, 0, "", repr(said), str(error))]) from None
    if form == "csv":
        file = Path(said)
        return {"table": _relative(file, wish.folder, OPTION)}, _table_total(file)
    past = _week(OPTION, said) if said else start - YEAR * WEEK
    history = curves.history
    days = _days(curves) if history is not None else []
    inside = [i for i, day in enumerate(days) if past <= day < past + wish.weeks * WEEK]
    if history is None or len(inside) != wish.weeks:
        held = f"weeks {label(days[0])} to {label(days[-1])}" if days else "no history"
        found = f"{wish.weeks} weeks from {said or label(start - YEAR * WEEK)}"
        raise InputError(
            [Fault(OPTION, 0, 0, "", found, f"weeks of the curves, which hold {held}")]
        )
    spent = float(history.isel(week=inside).sum())
    return {"actuals": {"start": label(past), "weeks": wish.weeks}}, round(spent, 2)


def _table_total(file: Path) -> float:
    """What a table of ``line,spend`` spends in all; its faults are told when it is planned."""
    import csv

    try:
        with file.open(encoding="utf-8-sig", newline="") as rows:
            return round(sum(float(row["spend"]) for row in csv.DictReader(rows)), 2)
    except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        found = f"{file}: {error}"
        raise InputError(
            [Fault(OPTION, 0, 0, "", found, "a CSV with columns line,spend")]
        ) from None


def _after_plan(wish: Wish, file: Path) -> str:
    """The same question for the weeks after a plan, compared with it."""
    plan = read(file)
    scenario = from_resolved(plan.scenario.resolved, str(file))
    written = written_form(scenario)
    end = dt.date.fromisoformat(plan.period.end)
    start = _week("--start", wish.start) if wish.start else end + dt.timedelta(days=1)
    written |= {
        "id": wish.name,
        "title": f"{len(plan.period.weeks)} weeks from {label(start)}",
        "curves": _relative(wish.curves, wish.folder, "--curves"),
        "period": {"start": label(start), "weeks": len(plan.period.weeks)},
        "reference": {"plan": _relative(file, wish.folder, OPTION)},
        "until_start": "reference",
    }
    return to_text(written)


def _relative(file: Path, folder: Path, option: str) -> str:
    """``file`` as it is written in a scenario in ``folder``, which must be able to name it."""
    written = Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
    refused = inside(written, folder)
    if isinstance(refused, Complaint):
        raise InputError([Fault(option, 0, 0, "", refused.found, refused.expected, refused.fix)])
    return written


def _days(curves: ResponseCurves) -> list[dt.date]:
    """Monday of the calendar week in which each week of the history begins."""
    assert curves.history is not None
    days = curves.history["week"].to_numpy().astype("datetime64[D]").tolist()
    return [day - dt.timedelta(days=day.weekday()) for day in days]
