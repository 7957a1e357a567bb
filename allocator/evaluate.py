"""A fixed split, every figure of it: evaluated, not optimised.

scenario + curves + amounts → Plan, so that last year's spend, an agency's proposal or a wish can
be compared, verified and printed like any plan.
"""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from allocator.cents import cents
from allocator.complaint import Complaint
from allocator.engine.figures.document import Found, document
from allocator.engine.figures.fixed import as_evaluated
from allocator.engine.figures.risk import worth
from allocator.engine.figures.worth import evaluate
from allocator.engine.setting import Setting, settle
from allocator.engine.solve import solve, used
from allocator.plan import Plan, sealed
from allocator.run import refuse_unhealthy, versions
from allocator.scenario import LoadedScenario, TableRow
from allocator.scenario.period import first_day
from mmm.curves import ResponseCurves
from mmm.errors import Fault, InputError, nearest

Step = Callable[[str], None]
Places = tuple[str, tuple[int, ...]]
"""(name of the table, the line of it on which each row stands)"""


def evaluated(
    loaded: LoadedScenario,
    curves: ResponseCurves,
    amounts: Callable[[Setting], np.ndarray],
    *,
    folder: Path,
    alternatives: tuple[ResponseCurves, ...] = (),
    accepted: str | None = None,
    step: Step = lambda _: None,
) -> Plan:
    """The plan of these amounts: setting ↦ (line, week) currency, whole cents.

    Raises InputError where scenario, curves and amounts do not fit, Unhealthy where the fit fails
    its health card and no reason was accepted.
    """
    refuse_unhealthy(curves, accepted)
    step("bringing scenario and curves together")
    setting = settle(loaded, curves, alternatives)
    spend = amounts(setting)
    step("evaluating")
    _refuse_beyond(loaded, setting, spend)
    step("asking how much more the rules would allow")
    value = worth(setting, evaluate(setting, setting.labelled(spend)))
    run = setting.scenario.run
    best = solve(setting, time_limit=run.time_limit, seed=run.seed, near=spend)
    bound = best.certificate.bound
    facts = Found(
        bound=bound if best.spend is not None and math.isfinite(bound) else value,
        stopped=False,
        curves_path=os.path.relpath(loaded.curves_file, folder.resolve()),
        accepted=accepted,
        solver=used(setting),
        versions=versions(),
        alternatives=tuple(
            os.path.relpath(file, folder.resolve()) for file in loaded.alternative_files
        ),
    )
    made = document(setting, setting.labelled(spend), facts)
    return sealed(as_evaluated(setting, made, best.spend))


def of_rows(setting: Setting, rows: tuple[TableRow, ...], places: Places) -> np.ndarray:
    """(line, week) of a table: totals spread as the scenario spreads them, or week by week.

    Raises InputError with every line and week that is not the scenario's, and what is missing.
    """
    curves, name = setting.curves, places[0]
    faults = _faults(setting, rows, places)
    missing = [line for line in curves.lines if line not in {row.line for row in rows}]
    if missing:
        found = f"no amount for {', '.join(missing[:3])}{' …' if missing[3:] else ''}"
        fix = f"add `{missing[0]},0` where nothing is spent"
        faults.append(Fault(name, 0, 0, "", found, "a row for every line of the curves", fix))
    if faults:
        raise InputError(faults)
    if all(row.week is None for row in rows):
        return setting.weekly({row.line: cents(row.spend) for row in rows}).to_numpy()
    spend = np.zeros((len(curves.lines), setting.weeks.weeks))
    column = {day: place for place, day in enumerate(setting.weeks.days)}
    for row in rows:
        assert row.week is not None  # a table has weeks or it has none
        spend[curves.lines.index(row.line), column[_day(setting, row.week)]] = row.spend
    return np.rint(spend * 100) / 100


def of_history(setting: Setting, spent: Mapping[str, np.ndarray]) -> np.ndarray:
    """(line, week) of amounts by line and week, to whole cents."""
    rows = [np.rint(np.asarray(spent[line]) * 100) / 100 for line in setting.curves.lines]
    return np.array(rows)


def _faults(setting: Setting, rows: tuple[TableRow, ...], places: Places) -> list[Fault]:
    name, lines = places
    known, days = setting.curves.lines, set(setting.weeks.days)
    faults = []
    seen: dict[str, set[object]] = {}
    for row, at in zip(rows, lines, strict=True):
        if row.line not in known:
            found, fix = f"the line {row.line!r}", nearest(row.line, known)
            faults.append(Fault(name, at, 1, "line", found, "a line of the curves", fix))
        if row.week is None:
            continue
        day = first_day(row.week, setting.curves.week_start)
        if isinstance(day, Complaint):
            faults.append(Fault(name, at, 0, "week", day.found, day.expected, day.fix))
        elif day not in days:
            expected = f"a week from {setting.weeks.labels[0]} to {setting.weeks.labels[-1]}"
            faults.append(Fault(name, at, 0, "week", f"the week {row.week}", expected))
        else:
            seen.setdefault(row.line, set()).add(day)
    for line, present in seen.items():
        if len(present) < len(days) and not faults:
            gone = [
                label
                for label, day in zip(setting.weeks.labels, setting.weeks.days, strict=True)
                if day not in present
            ]
            found = f"no row for {line} in {', '.join(gone[:3])}{' …' if gone[3:] else ''}"
            fix = "write 0 where nothing is spent"
            faults.append(Fault(name, 0, 0, "", found, "a row for every week", fix))
    return faults


def _day(setting: Setting, week: str) -> dt.date:
    day = first_day(week, setting.curves.week_start)
    assert isinstance(day, dt.date)  # _faults has asked
    return day


def _refuse_beyond(loaded: LoadedScenario, setting: Setting, spend: np.ndarray) -> None:
    """Raise InputError for amounts beyond the last point of an imported curve."""
    faults = []
    for line, total in zip(setting.curves.lines, spend.sum(axis=1).tolist(), strict=True):
        most = setting.curves.largest_total(line)
        if total > most * (1 + 1e-12):  # the rounding of a sum of cents
            found, expected = f"{total:,.2f} for {line}", f"at most {most:,.2f}"
            fix = "nothing is known beyond the last point of an imported curve"
            faults.append(Fault(loaded.document.file, 0, 0, "", found, expected, fix))
    if faults:
        raise InputError(faults)
