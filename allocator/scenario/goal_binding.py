"""What a scenario is for, on curves that are known: its objective, and faults in naming it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from allocator.complaint import Complaint
from allocator.objectives import (
    Economy,
    EfficientSpendObjective,
    LeastSpendObjective,
    MostSpendObjective,
    Objective,
    Terms,
    objective_for,
)
from allocator.scenario.assumed_worth import assumed_economy
from allocator.scenario.loaded import LoadedScenario
from allocator.scenario.schema import Scenario
from allocator.selectors import Labels, chosen, unknown
from mmm.errors import Fault, nearest


@dataclass(frozen=True)
class Worth:
    """What the model behind the curves says that outcomes are worth, where it says so.

    margins: KPI -> what stays of a unit of money before media, a fraction
    values:  KPI -> price of one, currency
    """

    margins: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)


UNSAID = Worth()


def objective_of(
    scenario: Scenario,
    units: Mapping[str, str],
    labels: Labels | None = None,
    worth: Worth = UNSAID,
) -> Objective | Complaint:
    """The scenario's objective on curves with these KPIs and lines, or why there is none."""
    budget = scenario.budget
    if budget.least_for is not None:
        return LeastSpendObjective()
    if budget.most_with is not None:
        floor = budget.most_with
        return EfficientSpendObjective(floor.kpi, floor.least) if floor.marginal else (
            MostSpendObjective()
        )  # fmt: skip
    economy = assumed_economy(economy_of(scenario, labels or {}, worth), scenario, units)
    return objective_for(scenario.objective.maximise, economy, units)


def goal_terms(objective: Objective, scenario: Scenario, labels: Labels) -> Terms:
    """The objective's weights, with what the scenario says counts more or less than others."""
    terms = objective.terms()
    scale = dict(terms.scale)
    for selector, weight in (scenario.objective.weights or {}).items():
        for line in chosen(selector, labels):
            scale[line] = scale.get(line, 1.0) * weight
    return replace(terms, scale=scale)


def goal_faults(
    loaded: LoadedScenario, labels: Labels, units: Mapping[str, str], worth: Worth
) -> list[Fault]:
    """Everything in the goal, the budget and what outcomes are worth that the curves refuse."""
    scenario = loaded.scenario
    faults: list[Fault] = []
    objective = objective_of(scenario, units, labels, worth)
    if isinstance(objective, Complaint):
        faults.append(loaded.fault(("objective", "maximise"), objective))
    found = _sought(scenario, units)
    if found is not None:
        faults.append(loaded.fault(("budget", scenario.budget.form, "kpi"), found))
    economics = scenario.economics
    values = economics.clv_values if economics is not None else None
    if values is not None and values.currency not in (None, scenario.currency):
        complaint = Complaint(f"values in {values.currency}", f"values in {scenario.currency}")
        faults.append(loaded.fault(("economics", "clv"), complaint))
    if scenario.extrapolation is not None:
        for item, complaint in unknown(scenario.extrapolation.allow, labels).items():
            faults.append(loaded.fault(("extrapolation", "allow", item), complaint))
    return faults + _weight_faults(loaded, labels)


def economy_of(scenario: Scenario, labels: Labels, worth: Worth) -> Economy:
    """What outcomes are worth, as the scenario or the curves say, before any assumption."""
    said = scenario.economics
    values = said.clv_values if said is not None else None
    lifetime = {}
    if values is not None:
        lifetime = {
            line: values.segments.get(own["channel"], values.total) for line, own in labels.items()
        }
    return Economy(
        margin=said.margin if said is not None else None,
        value_of=(said.value_of if said is not None else None) or {},
        lifetime=lifetime,
        margins=worth.margins,
        values=worth.values,
    )


def _sought(scenario: Scenario, units: Mapping[str, str]) -> Complaint | None:
    sought = scenario.budget.sought
    if sought is None:
        return None
    if sought.kpi not in units:
        return Complaint(
            f"the KPI {sought.kpi!r}", "a KPI of the curves", nearest(sought.kpi, units)
        )
    floor = scenario.budget.most_with
    if floor is None:
        return None
    money = not floor.form.endswith("cac")
    if money == (units[sought.kpi] == "currency"):
        return None
    other = floor.form.replace("roas", "cac") if money else floor.form.replace("cac", "roas")
    kind = "counted" if money else "money"
    return Complaint(
        f"{sought.kpi}, which is {kind}",
        f"a KPI that {floor.form} can be about",
        f"write `{other}`",
    )


def _weight_faults(loaded: LoadedScenario, labels: Labels) -> list[Fault]:
    weights = loaded.scenario.objective.weights or {}
    faults = []
    first: dict[str, str] = {}
    for selector in weights:
        path = ("objective", "weights", selector)
        wrong = unknown((selector,), labels)
        if wrong:
            faults.append(loaded.fault(path, wrong[0]))
            continue
        lines = chosen(selector, labels)
        again = next((line for line in lines if line in first), None)
        if again is not None:
            complaint = Complaint(
                f"{again}, which {first[again]} means too",
                "one weight a line",
                "choose selectors that do not overlap",
            )
            faults.append(loaded.fault(path, complaint))
        first |= dict.fromkeys(lines, selector)
    return faults
