"""Plans that rules may speak of by name: line -> total over the period, currency."""

from __future__ import annotations

import datetime as dt

from allocator.complaint import Complaint
from allocator.engine.setting.planned import on_lines
from allocator.scenario import LoadedScenario, PlanWeeks, plan_weeks
from allocator.scenario.schema.named_reference import NamedReference
from mmm.curves import ResponseCurves
from mmm.errors import Fault, nearest

WEEK = dt.timedelta(days=7)


def named_faults(loaded: LoadedScenario, curves: ResponseCurves, weeks: PlanWeeks) -> list[Fault]:
    """Weeks that the data do not have, lines that the curves do not, and lines left out."""
    return [
        loaded.fault(("references", name, *where), complaint)
        for name, choice in (loaded.scenario.references or {}).items()
        for where, complaint in _complaints(choice, curves, weeks)
    ]


def named_totals(loaded: LoadedScenario, curves: ResponseCurves) -> dict[str, dict[str, float]]:
    """Name -> line -> total. To be asked where there are no faults."""
    found = {}
    for name, choice in (loaded.scenario.references or {}).items():
        totals = dict(choice.amounts or {})
        if choice.actuals is not None:
            totals = _spent(choice, curves)
        if choice.found is not None:
            spent = on_lines(choice.found, curves).sum(axis=1).tolist()
            totals = dict(zip(curves.lines, spent, strict=True))
        whole = sum(totals.values())
        scale = choice.scale_to / whole if choice.scale_to is not None and whole > 0 else 1.0
        found[name] = {line: totals[line] * scale for line in curves.lines}
    return found


def _complaints(
    choice: NamedReference, curves: ResponseCurves, weeks: PlanWeeks
) -> list[tuple[tuple[str, ...], Complaint]]:
    if choice.amounts is not None:
        wrong: list[tuple[tuple[str, ...], Complaint]] = [
            (("amounts", line), Complaint(f"the line {line!r}", "a line of the curves", near))
            for line in choice.amounts
            if line not in curves.lines and (near := nearest(line, curves.lines))
        ]
        missing = [line for line in curves.lines if line not in choice.amounts]
        if missing:
            found = f"no amount for {', '.join(missing[:3])}{' …' if missing[3:] else ''}"
            fix = f"add `{missing[0]}: 0` where nothing is spent"
            wrong.append((("amounts",), Complaint(found, "one for every line of the curves", fix)))
        return wrong
    if choice.actuals is None:  # a plan, of which ``planned_faults`` asks
        return []
    history = curves.history
    if history is None:
        found = "actuals, with imported curves that carry no history"
        return [(("actuals",), Complaint(found, "`amounts: {…}` for every line"))]
    past = plan_weeks(choice.actuals, curves.week_start)
    if isinstance(past, dict):
        return [(("actuals", key), complaint) for key, complaint in past.items()]
    if past.weeks != weeks.weeks:
        found, expected = f"{past.weeks} weeks", f"as many as the period has, {weeks.weeks}"
        return [(("actuals", "weeks"), Complaint(found, expected))]
    days = history["week"].to_numpy().astype("datetime64[D]").astype(dt.date)
    if past.start < days[0] or past.days[-1] > days[-1]:
        expected = f"weeks within the data, {days[0]} to {days[-1] + WEEK - dt.timedelta(days=1)}"
        return [(("actuals",), Complaint(f"weeks from {past.start} to {past.end}", expected))]
    return []


def _spent(choice: NamedReference, curves: ResponseCurves) -> dict[str, float]:
    assert choice.actuals is not None
    assert curves.history is not None
    past = plan_weeks(choice.actuals, curves.week_start)
    assert isinstance(past, PlanWeeks)  # named_faults has asked
    days = curves.history["week"].to_numpy().astype("datetime64[D]").astype(dt.date)
    start = (past.start - days[0]).days // 7
    assert curves.spent is not None
    spent = curves.spent[:, start : start + past.weeks]
    return dict(zip(curves.lines, spent.sum(axis=1).tolist(), strict=True))
