"""What a scenario asks for, in words: how much money, and for the most of what."""

from __future__ import annotations

from allocator.scenario.schema import Scenario
from allocator.scenario.schema.budget import Floor, Target
from allocator.scenario.schema.economics import Economics


def money_words(scenario: Scenario) -> str:
    """``exactly 2,000,000 EUR``, ``as little as reaches 9,000,000 revenue``, …"""
    budget, currency = scenario.budget, scenario.currency
    if budget.least_for is not None:
        target = budget.least_for
        kpi = all_of(_spoken(target.kpi), target.total)
        least = f"as little as brings {_amount(target.at_least)} {kpi}"
        return least + _ceiling(target, currency)
    if budget.most_with is not None:
        return _floor(budget.most_with, currency) + _ceiling(budget.most_with, currency)
    if budget.extra is not None:
        return f"{_amount(budget.extra)} {currency} more than the reference"
    if budget.cut is not None:
        return f"{_amount(budget.cut)} {currency} less than the reference"
    kind = "exactly" if budget.exact else "at most"
    return f"{kind} {_amount(budget.amount)} {currency}"


def goal_words(scenario: Scenario) -> str:
    """``for the most profit at a margin of 35%``; nothing where the budget is the goal."""
    if scenario.budget.goal is not None:
        return ""
    maximise, economics = scenario.objective.maximise, scenario.economics
    if isinstance(maximise, str):
        goal = _spoken(maximise) + _economy(maximise, economics, scenario.margin)
    else:
        parts = [f"{_spoken(kpi)} at {weight:,.10g} each" for kpi, weight in maximise.items()]
        goal = " and ".join(parts)
    weights = scenario.objective.weights
    if weights is not None:
        said = ", ".join(f"{selector} at {weight:g}" for selector, weight in weights.items())
        goal += f" ({said})"
    caution, target = scenario.objective.caution, scenario.objective.probability_of
    if target is not None:
        return f" for the best chance of {_amount(target)} {all_of(goal, scenario.objective.total)}"
    return f" for the most {goal}" + (f" ({caution.words})" if caution is not None else "")


def all_of(kpi: str, total: bool | None) -> str:
    """``total revenue, baseline included``, where that is what is meant."""
    return f"total {kpi}, baseline included" if total else kpi


def _economy(maximise: str, economics: Economics | None, margin: float | None) -> str:
    said = ""
    if maximise == "profit" and margin is not None:
        said = f" at a margin of {margin * 100:g}%"
    if economics is None:
        return said
    if maximise == "value" and economics.value_of is not None:
        each = [f"{value:,.10g} for one {_spoken(k)}" for k, value in economics.value_of.items()]
        said = " at " + " and ".join(each)
    if maximise == "value" and economics.clv is not None:
        said = f" of new customers by {economics.clv}"
    if economics.discount is not None:
        said += f", discounted at {economics.discount * 100:g}% a year"
    return said


def _floor(floor: Floor, currency: str) -> str:
    kpi, limit = all_of(_spoken(floor.kpi), floor.total), _amount(floor.limit)
    kpi += "," * bool(floor.total)
    if floor.form == "roas":
        return f"as much as still brings {limit} {kpi} for each 1 {currency} on average"
    if floor.form == "cac":
        return f"as much as still buys {kpi} at {limit} {currency} each on average"
    if floor.form == "marginal_roas":
        return f"as much as still brings {limit} {kpi} with every next 1 {currency}"
    return f"as much as still buys every next of {kpi} at {limit} {currency}"


def _ceiling(sought: Target | Floor, currency: str) -> str:
    return f", at most {_amount(sought.at_most)} {currency}" if sought.at_most is not None else ""


def _amount(value: float) -> str:
    return f"{value:,.2f}".removesuffix(".00") if value >= 100 else f"{value:,.10g}"


def _spoken(kpi: str) -> str:
    return kpi.replace("_", " ")
