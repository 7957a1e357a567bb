"""Plans whose amount was sought: the least for a target, or the most that still earns a return.

What such a plan maximises is money (less of it, more of it), which is known to the cent; what is
uncertain, and therefore shown, is the KPI that the money was sought for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from allocator.plan import Difference, Interval, Plan, Recommendation, Total
from allocator.reports._base.names import spoken
from allocator.reports._base.numbers import SURE, chance, money, quantity
from allocator.reports._base.order import objective_unit

FLOORS = ("roas", "cac", "marginal_roas", "marginal_cac")
GOALS = {
    "least_spend": "spend",
    "most_spend": "spend",
    "efficient_spend": "surplus over the return asked for",
    "weighted": "weighted outcome",
}
"""Objectives that are called otherwise in a sentence."""
BRINGS = {"least_spend": "do with", "most_spend": "earn that on"}
"""What a better split would do with more of the objective, where that is money."""


def goal(plan: Plan) -> str:
    """What is maximised, as a sentence calls it."""
    return GOALS.get(plan.objective, spoken(plan.objective))


def brings(plan: Plan) -> str:
    """The verb of a better split: it would ``bring`` more, or ``do with`` less."""
    return BRINGS.get(plan.objective, "bring")


def money_decided(plan: Plan) -> bool:
    """What is maximised is an amount of money, known to the cent."""
    return plan.objective in BRINGS


@dataclass(frozen=True)
class Sought:
    """The KPI that an amount was sought for; ``form`` is ``least_for`` or the kind of return.

    total: the limit is of all that is sold, not of what media bring alone
    """

    form: str
    kpi: str
    limit: float
    total: bool = False

    @property
    def name(self) -> str:
        """``revenue``, ``total revenue, baseline included``."""
        return all_of(self.kpi, self.total)


def all_of(kpi: str, total: bool) -> str:
    """A KPI as a sentence calls it, and that all of it is meant where it is."""
    return f"total {spoken(kpi)}, baseline included" if total else spoken(kpi)


def sought(plan: Plan) -> Sought | None:
    """What decided the amount, None where the scenario stated one."""
    budget = plan.scenario.resolved.get("budget")
    if not isinstance(budget, Mapping):
        return None
    target, floor = budget.get("least_for"), budget.get("most_with")
    if isinstance(target, Mapping):
        total = bool(target.get("total"))
        return Sought("least_for", str(target["kpi"]), float(target["at_least"]), total)
    if isinstance(floor, Mapping):
        form = next(name for name in FLOORS if floor.get(name) is not None)
        return Sought(form, str(floor["kpi"]), float(floor[form]), bool(floor.get("total")))
    return None


@dataclass(frozen=True)
class Shown:
    """The quantity that figures, pictures and intervals are about."""

    key: str
    name: str
    unit: str
    kpi: str | None

    def of(self, total: Total) -> Interval:
        """Of a whole plan."""
        return total.objective if self.kpi is None else total.kpis[self.kpi]

    def gain(self, difference: Difference) -> Interval:
        """Of a plan less another."""
        return difference.objective if self.kpi is None else difference.kpis[self.kpi]


def shown(plan: Plan) -> Shown:
    """The objective, or the KPI for which an amount was sought."""
    found = sought(plan)
    if found is None:
        return Shown(plan.objective, goal(plan), objective_unit(plan), None)
    return Shown(found.kpi, spoken(found.kpi), plan.units[found.kpi], found.kpi)


def answer(plan: Plan, found: Sought) -> tuple[str, str, str]:
    """The finding, how sure it is, and what else matters."""
    return _least(plan, found) if found.form == "least_for" else _most(plan, found)


def _least(plan: Plan, found: Sought) -> tuple[str, str, str]:
    unit, currency = plan.units[found.kpi], plan.currency
    whole = "total " if found.total else ""
    target = f"{quantity(found.limit, unit, currency)} {whole}{spoken(found.kpi)}"
    spend = money(plan.totals.plan.spend, currency)
    if plan.recommendation is Recommendation.KEEP:
        said = f"Keep the reference plan: {spend} reach {target}, and less would not"
    else:
        said = f"Reaches {target} with {spend}, {_against_reference(plan)}"
    own = plan.totals.plan
    kpi = (own.total if found.total else own.kpis)[found.kpi]
    low, high = (quantity(end, unit, currency) for end in (kpi.p10, kpi.p90))
    met = plan.goal.met if plan.goal is not None else None
    more = ""
    if met is not None:
        more = f"The target is for what is expected; it is reached with a chance of {chance(met)}."
    if found.total:
        base = quantity(own.baseline[found.kpi].mean, unit, currency)
        more = f"{base} of it is expected without media. {more}"
    return said, f"{SURE}: {low} to {high}", more


def _most(plan: Plan, found: Sought) -> tuple[str, str, str]:
    currency, kpi = plan.currency, found.name + "," * found.total
    spend = f"Spends {money(plan.totals.plan.spend, currency)}, {_against_reference(plan)}"
    full = any(limit.id == "budget" and limit.part == "all" and limit.binding
               for limit in plan.constraints)  # fmt: skip
    ceiling = "This is the most that may be spent, so more is not ruled out."
    if found.form.startswith("marginal"):
        least = (
            f"more than {found.limit:g} {kpi} for each {currency} 1"
            if found.form == "marginal_roas"
            else f"{kpi} at less than {money(found.limit, currency)} each"
        )
        return f"{spend}: further money would not bring {least}", "", ceiling if full else ""
    least = (
        f"{found.limit:g} {kpi} for each {currency} 1"
        if found.form == "roas"
        else f"{kpi} at {money(found.limit, currency)} each"
    )
    met = plan.goal.met if plan.goal is not None else None
    sure = f"In the model it does so with a chance of {chance(met)}." if met is not None else ""
    verb = "still earns" if found.form == "roas" else "still buys"
    more = f"{sure} {ceiling}" if full else sure
    return f"{spend}, and {verb} {least}", "", more.strip()


def _against_reference(plan: Plan) -> str:
    difference = plan.totals.difference.reference.spend
    if abs(difference) < 0.005:
        return "as much as the reference"
    word = "more" if difference > 0 else "less"
    return f"{money(abs(difference), plan.currency)} {word} than the reference"
