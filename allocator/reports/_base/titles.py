"""The finding above every table and picture of a plan."""

from __future__ import annotations

from allocator.plan import Plan, Recommendation
from allocator.reports._base.binding import binding, rules
from allocator.reports._base.folds import EVERYWHERE
from allocator.reports._base.headline import as_spent, compared, same_spend
from allocator.reports._base.names import short, spoken
from allocator.reports._base.numbers import estimate, money, quantity
from allocator.reports._base.order import kpis, objective_unit
from allocator.reports._base.sought import shown


def split_title(plan: Plan) -> str:
    """Which channel gets most and which gives most."""
    return _moved(plan, {c.channel: c.spend - c.reference for c in plan.channels}, "channel")


def regions_title(plan: Plan) -> str:
    """Which region gets most and which gives most."""
    moves = {g.geo or EVERYWHERE: g.spend - g.reference for g in plan.geos}
    return _moved(plan, moves, "region")


def _moved(plan: Plan, moves: dict[str, float], what: str) -> str:
    if plan.recommendation is Recommendation.KEEP:
        return f"Every {what} keeps " + ("what it has" if same_spend(plan) else "its share")
    most = max(moves, key=lambda name: (moves[name], name))
    least = min(moves, key=lambda name: (moves[name], name))
    said = []
    if moves[most] > 0:
        said.append(f"{short(most)} gets {money(moves[most], plan.currency)} more")
    if moves[least] < 0:
        said.append(f"{short(least)} {money(-moves[least], plan.currency)} less")
    if not said:
        return f"Money moves within {what}s only"
    if len(said) == 1 and moves[least] < 0:
        return f"{short(least)} gets {money(-moves[least], plan.currency)} less"
    return ", ".join(said)


def binding_title(plan: Plan) -> str:
    """How many rules hold the plan where it is."""
    held = len(binding(plan))
    if not rules(plan) and not held:
        return "No rules were given"
    if held == 0:
        return "No rule holds the plan back"
    return f"{held} rule{' holds' if held == 1 else 's hold'} the plan where it is"


def sure_title(plan: Plan) -> str:
    """The bad end of the outcome: nine draws in ten bring more than this."""
    others = compared(plan)
    if not others:
        return f"How sure the {shown(plan).name} is"
    name, difference = others[-1]
    what = shown(plan)
    worst = what.gain(difference).p10
    size = quantity(abs(worst), what.unit, plan.currency)
    if worst >= 0:
        return f"9 times in 10: at least {size} more {what.name} than {name}"
    return f"1 time in 10: {size} less {what.name} than {name}, or worse"


def curves_title(plan: Plan) -> str:
    """Where the next unit of currency brings most and least."""
    kpi = kpis(plan)[0]
    slopes = {
        line.line: slope
        for line in plan.lines
        if (slope := line.marginal_roas.get(kpi)) is not None and line.total > 0
    }
    if len(slopes) < 2:
        return f"What every amount brings in {spoken(kpi)}"
    most = max(slopes, key=lambda name: (slopes[name], name))
    least = min(slopes, key=lambda name: (slopes[name], name))
    return (
        f"The next {plan.currency} 1 brings most in {short(most)} ({estimate(slopes[most])} "
        f"{spoken(kpi)}), least in {short(least)} ({estimate(slopes[least])})"
    )


def weeks_title(plan: Plan) -> str:
    """How even the spend is over the weeks."""
    totals = [sum(week) for week in zip(*(line.spend for line in plan.lines), strict=True)]
    low, high = money(min(totals), plan.currency), money(max(totals), plan.currency)
    if low == high:
        return f"Every week gets {low}"
    week = plan.period.weeks[totals.index(max(totals))]
    return f"A week gets {low} to {high}, most in {short(week)}"


def compared_words(plan: Plan) -> str:
    """With what the gains in the tables compare."""
    return "on the reference" + ("" if as_spent(plan) else ", scaled to the budget")


def grey_dot(plan: Plan) -> str:
    """What the grey dot on a curve is: curves answer for the budget that is planned."""
    return "reference" if as_spent(plan) else "reference, scaled to the budget"


def head_unit(plan: Plan, kpi: str) -> str:
    """What stands behind a KPI in a column's head: ``, EUR``."""
    unit = plan.units[kpi] if kpi in plan.units else objective_unit(plan)
    return f", {plan.currency}" if unit == "currency" else ""
