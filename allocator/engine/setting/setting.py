"""Setting: a scenario and its curves brought together, aligned by label, in whole cents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import xarray as xr

from allocator.cents import cents
from allocator.complaint import Complaint
from allocator.constraints import Facts, Meter
from allocator.engine.extrapolation import caps_of
from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.goal import limits_of
from allocator.engine.problem import Limit
from allocator.engine.setting.alternatives import alternative_faults, risk_faults
from allocator.engine.setting.assumptions import as_given, assumption_faults, under_assumptions
from allocator.engine.setting.audiences import audiences_of, prices_of
from allocator.engine.setting.context import baseline_of, context_faults, lacking, total_faults
from allocator.engine.setting.facts import facts_of
from allocator.engine.setting.given import (
    YEAR,
    reference_spend,
    scaled_to,
    spend_after,
    spend_before,
    spread,
    summed,
)
from allocator.engine.setting.given_days import history_days
from allocator.engine.setting.maximised import maximised
from allocator.engine.setting.model_worth import worth_of
from allocator.engine.setting.money_faults import interest_faults, money_faults
from allocator.engine.setting.named_references import named_faults, named_totals
from allocator.engine.setting.planned import planned_faults
from allocator.engine.setting.profile import dark_in, profile_faults, profile_of, shares_of
from allocator.engine.weekly.refused import flight_faults, unflown_faults
from allocator.objectives import Terms
from allocator.scenario import (
    BoundRule,
    LoadedScenario,
    PlanWeeks,
    Scenario,
    Worth,
    bound_rules,
    name_faults,
    plan_calendar,
    plan_weeks,
    rule_faults,
)
from allocator.scenario.flighting_binding import flighting_faults, flighting_rules
from allocator.scenario.schema.budget import Budget as WrittenBudget
from mmm.curves import Remembered, ResponseCurves, Window
from mmm.errors import Fault, InputError

PLANS = 8  # remembered with their responses: the plan, its references and what is tried beside
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, eq=False)
class Setting:
    """Everything a plan of this scenario refers to.

    curves, alternatives: under the scenario's assumptions; ``given`` are those of the files
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

    @cached_property
    def evaluated(self) -> Remembered[Evaluated]:
        """The plans looked at last: figures, rules and comparisons ask for the same few."""
        return Remembered(PLANS)

    @property
    def models(self) -> tuple[ResponseCurves, ...]:
        """All curves, the scenario's own first."""
        return (self.curves, *self.alternatives)

    @property
    def money(self) -> float:
        """The budget, currency: all of it, or the most that may be spent."""
        return self.scenario.budget.money(summed(self.reference.to_numpy()))

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
            spread([totals[line] for line in self.curves.lines], self.profile.to_numpy())
        )

    def labelled(self, amounts: np.ndarray) -> xr.DataArray:
        """(line, week) amounts with this setting's labels."""
        return self.reference.copy(deep=False, data=amounts)  # its labels, not made again


def settle(
    loaded: LoadedScenario, curves: ResponseCurves, alternatives: tuple[ResponseCurves, ...] = ()
) -> Setting:
    """Bring a scenario and curves together. Raises InputError with everything that does not fit.

    alternatives: the other curves that the scenario names, in order.
    """
    curves, alternatives = as_given(curves), tuple(map(as_given, alternatives))
    worth = worth_of(curves)
    _refuse(
        *_identity(loaded, curves),
        *name_faults(loaded, curves.labels, curves.units, worth),
        *interest_faults(loaded, curves),
        *alternative_faults(loaded, curves, alternatives),
        *risk_faults(loaded),
    )
    _refuse(*assumption_faults(loaded, (curves, *alternatives), worth))
    own, *others = (under_assumptions(loaded.scenario, each) for each in (curves, *alternatives))
    return _settled(loaded, own, tuple(others), worth)


def _settled(
    loaded: LoadedScenario,
    curves: ResponseCurves,
    alternatives: tuple[ResponseCurves, ...],
    worth: Worth,
) -> Setting:
    """The same on curves under the scenario's assumptions, whose names are known."""
    weeks = plan_calendar(loaded, curves.week_start)
    audiences, faults = audiences_of(loaded, curves)
    _refuse(*faults, *_calendar_faults(loaded, curves, weeks))
    scenario = loaded.scenario
    reference = reference_spend(scenario, curves, weeks)
    _refuse(*money_faults(loaded, summed(reference)))
    profile = profile_of(scenario, curves, weeks, reference)
    before = spend_before(scenario, curves, weeks, reference)
    facts = replace(
        facts_of(curves, weeks, reference, profile, before),
        audiences=audiences,
        per_impression=prices_of(audiences, curves),
        steady=scenario.flighting.form == "steady",
        dark=dark_in(scenario, curves, weeks),
        references=named_totals(loaded, curves),
        baseline=baseline_of(scenario, curves, weeks),
        no_baseline=lacking(curves, weeks),
    )
    scaled = _scaled(scenario.budget, curves, reference)
    goal = maximised(scenario, curves, worth, facts)
    _refuse(
        *rule_faults(loaded, curves.labels, facts),
        *total_faults(loaded, curves, weeks, goal.terms.scale),
        *_reach_faults(loaded, curves, (reference, scaled)),
    )
    _refuse(*unflown_faults(loaded, rules := bound_rules(scenario, curves.labels), facts))
    after = spend_after(scenario, (curves, *alternatives), reference)
    early, late = _labelled(curves, before), _labelled(curves, after)
    window = Window(weeks.start, weeks.weeks, before=early, after=late)
    label = {"line": list(curves.lines), "week": list(weeks.labels)}
    labelled = xr.DataArray(reference, dims=("line", "week"), coords=label)
    return Setting(
        scenario, curves, weeks, window,
        reference=labelled,
        scaled=labelled.copy(deep=False, data=scaled),  # its labels, not made again
        profile=labelled.copy(deep=False, data=profile),
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
        *planned_faults(loaded, curves, weeks),
        *context_faults(loaded, curves, weeks),
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
    first, last = history_days(history)
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
    if gap > reach and loaded.scenario.until_start.word == "same_weeks_last_year":
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


def _scaled(budget: WrittenBudget, curves: ResponseCurves, reference: np.ndarray) -> np.ndarray:
    """(line, week) the reference at the plan's budget; as it is where the plan finds its own."""
    if budget.sought is not None:
        return reference
    money = budget.money(summed(reference))
    scaled = spread(scaled_to(reference.sum(axis=1), cents(money)), shares_of(reference))
    if not budget.exact and _beyond(curves, scaled):
        return reference  # nobody has to spend it all: it is compared with as it was spent
    return scaled


def _labelled(curves: ResponseCurves, amounts: np.ndarray) -> xr.DataArray:
    return xr.DataArray(amounts, dims=("line", "week"), coords={"line": list(curves.lines)})
