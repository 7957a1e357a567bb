"""Setting: a scenario and its curves brought together, aligned by label, in whole cents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import xarray as xr

from allocator.cents import cents, to_cents
from allocator.complaint import Complaint
from allocator.constraints import Facts, Meter
from allocator.engine.alternatives import alternative_faults, risk_faults
from allocator.engine.audiences import audiences_of, prices_of
from allocator.engine.extrapolation import caps_of
from allocator.engine.facts import facts_of
from allocator.engine.goal import limits_of
from allocator.engine.maximised import maximised
from allocator.engine.model_worth import worth_of
from allocator.engine.money_faults import interest_faults, money_faults
from allocator.engine.named_references import named_faults, named_totals
from allocator.engine.problem import Limit
from allocator.engine.profile import dark_in, profile_faults, profile_of, shares_of
from allocator.engine.weekly.refused import flight_faults, unflown_faults
from allocator.objectives import Terms
from allocator.scenario import (
    BoundRule,
    LoadedScenario,
    PlanWeeks,
    Scenario,
    bound_rules,
    name_faults,
    plan_calendar,
    plan_weeks,
    rule_faults,
)
from allocator.scenario.budget import Budget as WrittenBudget
from allocator.scenario.flighting_binding import flighting_faults, flighting_rules
from allocator.scenario.period import first_day
from mmm.curves import ResponseCurves, Window
from mmm.errors import Fault, InputError

WEEK = dt.timedelta(days=7)
YEAR = 52  # weeks; "the same weeks of last year" keeps the weekday and nearly the season


@dataclass(frozen=True, eq=False)
class Setting:
    """Everything a plan of this scenario refers to.

    reference: (line, week) as spent (after ``scale_to``), currency, whole cents
    scaled:    (line, week) the same scaled to the budget; as spent where the plan finds its own,
               or where it need not spend a budget that takes an imported curve past its end
    profile:   (line, week) shares of a line's total in each week: the reference's, or even
    """

    scenario: Scenario
    curves: ResponseCurves
    weeks: PlanWeeks
    window: Window
    reference: xr.DataArray
    scaled: xr.DataArray
    profile: xr.DataArray
    rules: tuple[BoundRule, ...]
    facts: Facts
    terms: Terms
    limits: tuple[Limit, ...] = ()
    """what the budget asks of single lines: an extra amount leaves what is committed alone"""
    meters: Mapping[str, Meter] = field(default_factory=dict)
    """what names in ``terms`` mean that are no KPIs"""
    interest: np.ndarray | None = None
    """(week + 1,) what money of each week counts, the last after the window; None: all of it"""
    caps: Mapping[str, float] = field(default_factory=dict)
    """line -> the most it may spend in any week, beyond which its curve is a guess; currency"""
    said_by: str = "scenario"
    """who says what an outcome is worth: ``scenario``, ``curves`` or ``clv``"""
    alternatives: tuple[ResponseCurves, ...] = ()
    """other curves the plan must be good on"""

    @property
    def models(self) -> tuple[ResponseCurves, ...]:
        """All curves, the scenario's own first."""
        return (self.curves, *self.alternatives)

    @property
    def money(self) -> float:
        """The budget, currency: all of it, or the most that may be spent."""
        return self.scenario.budget.money(_sum(self.reference.to_numpy()))

    @property
    def kpi(self) -> str:
        """The KPI that the goal speaks of first."""
        sought = self.scenario.budget.sought
        return sought.kpi if sought is not None else self.kpi_of(next(iter(self.terms.response)))

    def kpi_of(self, name: str) -> str:
        """The KPI that a name in ``terms`` reads."""
        return self.meters[name].kpi if name in self.meters else name

    def weekly(self, totals: Mapping[str, int]) -> xr.DataArray:
        """(line, week) currency: each line's total, in cents, spread by its profile."""
        return self.labelled(
            _spread([totals[line] for line in self.curves.lines], self.profile.to_numpy())
        )

    def labelled(self, amounts: np.ndarray) -> xr.DataArray:
        """(line, week) amounts with this setting's labels."""
        coords = {"line": list(self.curves.lines), "week": list(self.weeks.labels)}
        return xr.DataArray(amounts, dims=("line", "week"), coords=coords)


def settle(
    loaded: LoadedScenario, curves: ResponseCurves, alternatives: tuple[ResponseCurves, ...] = ()
) -> Setting:
    """Bring a scenario and curves together. Raises InputError with everything that does not fit.

    alternatives: the other curves that the scenario names, in order.
    """
    worth = worth_of(curves)
    _refuse(
        *_identity(loaded, curves),
        *name_faults(loaded, curves.labels, curves.units, worth),
        *interest_faults(loaded, curves),
        *alternative_faults(loaded, curves, alternatives),
        *risk_faults(loaded),
    )
    weeks = plan_calendar(loaded, curves.week_start)
    audiences, faults = audiences_of(loaded, curves)
    _refuse(*faults, *_calendar_faults(loaded, curves, weeks))
    scenario = loaded.scenario
    reference = _reference(scenario, curves, weeks)
    _refuse(*money_faults(loaded, _sum(reference)))
    profile = profile_of(scenario, curves, weeks, reference)
    before = _before(scenario, curves, weeks, reference)
    facts = replace(
        facts_of(curves, weeks, reference, profile, before),
        audiences=audiences,
        per_impression=prices_of(audiences, curves),
        steady=scenario.flighting.form == "steady",
        dark=dark_in(scenario, curves, weeks),
        references=named_totals(loaded, curves),
    )
    scaled = _scaled(scenario.budget, curves, reference)
    _refuse(
        *rule_faults(loaded, curves.labels, facts),
        *_reach_faults(loaded, curves, (reference, scaled)),
    )
    _refuse(*unflown_faults(loaded, rules := bound_rules(scenario, curves.labels), facts))
    goal = maximised(scenario, curves, worth, facts)
    after = _after(scenario, (curves, *alternatives), reference)
    early, late = _labelled(curves, before), _labelled(curves, after)
    window = Window(weeks.start, weeks.weeks, before=early, after=late)
    label = {"line": list(curves.lines), "week": list(weeks.labels)}
    return Setting(
        scenario, curves, weeks, window,
        reference=xr.DataArray(reference, dims=("line", "week"), coords=label),
        scaled=xr.DataArray(scaled, dims=("line", "week"), coords=label),
        profile=xr.DataArray(profile, dims=("line", "week"), coords=label),
        rules=(*rules, *flighting_rules(scenario, curves.labels, weeks)),
        facts=facts,
        terms=goal.terms,
        limits=limits_of(scenario.budget, facts.reference),
        meters=goal.meters,
        interest=goal.interest,
        caps=caps_of(curves, scenario.extrapolation, reference),
        said_by=goal.said_by,
        alternatives=alternatives,
    )  # fmt: skip


def _refuse(*faults: Fault) -> None:
    if faults:
        raise InputError(faults)


def _calendar_faults(
    loaded: LoadedScenario, curves: ResponseCurves, weeks: PlanWeeks
) -> list[Fault]:
    return [
        *_time_faults(loaded, curves, weeks),
        *flighting_faults(loaded, curves.labels, weeks),
        *profile_faults(loaded, curves),
        *flight_faults(loaded, curves),
        *named_faults(loaded, curves, weeks),
    ]


def _identity(loaded: LoadedScenario, curves: ResponseCurves) -> list[Fault]:
    faults = []
    pinned = loaded.scenario.curves_digest
    if pinned is not None and pinned != curves.digest:
        found = f"curves with digest {curves.digest}"
        faults.append(loaded.fault(("curves",), Complaint(found, f"the pinned {pinned}")))
    if curves.currency and curves.currency != loaded.scenario.currency:
        faults.append(
            loaded.fault(
                ("currency",), Complaint(loaded.scenario.currency, f"the curves' {curves.currency}")
            )
        )
    return faults


def _time_faults(loaded: LoadedScenario, curves: ResponseCurves, weeks: PlanWeeks) -> list[Fault]:
    history = curves.history
    if history is None:
        return _table_time_faults(loaded, curves, weeks)
    faults = []
    first, last = _days(history)
    if weeks.start <= last:
        found = f"a period that starts on {weeks.start}, within the data (they end {last + WEEK})"
        expected = f"a start on {last + WEEK} or later"
        faults.append(loaded.fault(("period", "start"), Complaint(found, expected)))
    actuals = loaded.scenario.reference.actuals
    if actuals is not None:
        past = plan_weeks(actuals, curves.week_start)
        assert isinstance(past, PlanWeeks)  # plan_calendar has asked
        if past.weeks != weeks.weeks:
            found = f"a reference of {past.weeks} weeks"
            expected = f"as many as the period has, {weeks.weeks}"
            faults.append(loaded.fault(("reference", "actuals"), Complaint(found, expected)))
        elif past.start < first or past.days[-1] > last:
            found = f"weeks from {past.start} to {past.end}"
            expected = f"weeks within the data, {first} to {last + WEEK - dt.timedelta(days=1)}"
            faults.append(loaded.fault(("reference", "actuals"), Complaint(found, expected)))
    gap = (weeks.start - last).days // 7 - 1
    reach = YEAR if history.sizes["week"] >= YEAR else 0
    if gap > reach and loaded.scenario.until_start == "same_weeks_last_year":
        complaint = Complaint(
            f"{gap} weeks between the data and the start, spent like the same weeks of last year",
            f"at most {reach}, which the data reach",
            "write `until_start: reference` or `zero`",
        )
        faults.append(loaded.fault(("until_start",), complaint))
    return faults


def _table_time_faults(
    loaded: LoadedScenario, curves: ResponseCurves, weeks: PlanWeeks
) -> list[Fault]:
    faults = []
    if loaded.scenario.reference.actuals is not None:
        complaint = Complaint(
            "actuals as the reference, with imported curves that carry no history",
            "a reference that the curves can serve",
            "write `reference: {table: FILE.csv}` or `{flat: true}`",
        )
        faults.append(loaded.fault(("reference", "actuals"), complaint))
    known = int(curves.data.attrs["weeks"])
    if weeks.weeks != known:
        complaint = Complaint(
            f"a period of {weeks.weeks} weeks", f"the {known} weeks of the imported curves"
        )
        faults.append(loaded.fault(("period",), complaint))
    return faults


def _beyond(curves: ResponseCurves, spend: np.ndarray) -> dict[str, float]:
    """Line -> its total, where that lies beyond the last point of its imported curve."""
    return {
        line: total
        for line, total in zip(curves.lines, spend.sum(axis=1).tolist(), strict=True)
        if total > curves.largest_total(line) * (1 + 1e-12)  # the rounding of a sum of cents
    }


def _reach_faults(
    loaded: LoadedScenario, curves: ResponseCurves, references: tuple[np.ndarray, ...]
) -> list[Fault]:
    """A reference beyond the last point of an imported curve cannot be evaluated."""
    beyond: dict[str, float] = {}
    for reference in references:
        for line, total in _beyond(curves, reference).items():
            beyond[line] = max(total, beyond.get(line, 0.0))
    return [
        loaded.fault(
            ("reference",),
            Complaint(
                f"{total:,.0f} for {line} in the reference (as spent or at this budget)",
                f"at most {curves.largest_total(line):,.0f}, the last point of its curve",
                "lower the budget or `scale_to`, or import curves that reach further",
            ),
        )
        for line, total in beyond.items()
    ]


def _reference(scenario: Scenario, curves: ResponseCurves, weeks: PlanWeeks) -> np.ndarray:
    """(line, week) currency in whole cents, after ``scale_to``."""
    choice = scenario.reference
    lines, count = curves.lines, weeks.weeks
    if choice.actuals is not None:
        past = plan_weeks(choice.actuals, curves.week_start)
        assert isinstance(past, PlanWeeks)  # _time_faults has asked
        assert curves.history is not None
        first, _ = _days(curves.history)
        start = (past.start - first).days // 7
        spent = curves.history.sel(line=list(lines)).to_numpy()[:, start : start + count]
    elif choice.flat:
        total = choice.scale_to or scenario.budget.amount
        spent = np.full((len(lines), count), total / (len(lines) * count))
    else:
        spent = _from_rows(scenario, curves, weeks)
    total = choice.scale_to if choice.scale_to is not None else float(spent.sum())
    return _spread(_scale(spent.sum(axis=1), cents(total)), shares_of(spent))


def _from_rows(scenario: Scenario, curves: ResponseCurves, weeks: PlanWeeks) -> np.ndarray:
    spent = np.zeros((len(curves.lines), weeks.weeks))
    place = {day: column for column, day in enumerate(weeks.days)}
    for row in scenario.reference.rows or ():
        line = curves.lines.index(row.line)
        if row.week is None:
            spent[line] += row.spend / weeks.weeks
        else:
            day = first_day(row.week, curves.week_start)
            assert not isinstance(day, Complaint)  # plan_calendar has asked
            spent[line, place[day]] += row.spend
    return spent


def _scaled(budget: WrittenBudget, curves: ResponseCurves, reference: np.ndarray) -> np.ndarray:
    """(line, week) the reference at the plan's budget; as it is where the plan finds its own."""
    if budget.sought is not None:
        return reference
    money = budget.money(_sum(reference))
    scaled = _spread(_scale(reference.sum(axis=1), cents(money)), shares_of(reference))
    if not budget.exact and _beyond(curves, scaled):
        return reference  # nobody has to spend it all: it is compared with as it was spent
    return scaled


def _sum(spend: np.ndarray) -> float:
    """Whole cents added up as cents."""
    return float(np.rint(spend * 100).sum()) / 100


def _scale(spent: np.ndarray, total: int) -> list[int]:
    """(line,) cents in proportion to ``spent`` that sum to ``total`` cents."""
    have = spent.sum()
    if have <= 0:
        return [0] * len(spent)
    exact = (spent / have * total / 100).tolist()
    most = [0 if amount == 0 else total for amount in exact]
    return list(to_cents(exact, total, [0] * len(exact), most))


def _spread(totals: Sequence[int], profile: np.ndarray) -> np.ndarray:
    """(line, week) currency: each line's total, in cents, spread by its profile."""
    rows = []
    for total, shares in zip(totals, profile, strict=True):
        none, whole = [0] * len(shares), [total] * len(shares)
        rows.append(to_cents((shares * total / 100).tolist(), total, none, whole))
    return np.array(rows) / 100


def _before(
    scenario: Scenario, curves: ResponseCurves, weeks: PlanWeeks, reference: np.ndarray
) -> np.ndarray:
    """(line, gap week) spend between the end of the history and the start."""
    history = curves.history
    if history is None:
        return np.zeros((len(curves.lines), 0))
    _, last = _days(history)
    gap = (weeks.start - last).days // 7 - 1
    if scenario.until_start == "zero":
        return np.zeros((len(curves.lines), gap))
    if scenario.until_start == "reference":
        return reference[:, np.arange(gap) % reference.shape[1]]
    spent = history.sel(line=list(curves.lines)).to_numpy()
    first = spent.shape[1] - YEAR
    return spent[:, first : first + gap]


def _after(
    scenario: Scenario, models: tuple[ResponseCurves, ...], reference: np.ndarray
) -> np.ndarray:
    """(line, week) spend after the window: the reference's weeks once more, as many as matter."""
    known = [curves.data["window"] for curves in models if "window" in curves.data]
    lags = max((int(window.max()) for window in known), default=1)
    if scenario.carry_out == "zero":
        return np.zeros((len(reference), lags - 1))
    return reference[:, np.arange(lags - 1) % reference.shape[1]]


def _labelled(curves: ResponseCurves, amounts: np.ndarray) -> xr.DataArray:
    return xr.DataArray(amounts, dims=("line", "week"), coords={"line": list(curves.lines)})


def _days(history: xr.DataArray) -> tuple[dt.date, dt.date]:
    """First day of the first and of the last week of the history."""
    days = history["week"].to_numpy().astype("datetime64[D]").astype(dt.date)
    return days[0], days[-1]
