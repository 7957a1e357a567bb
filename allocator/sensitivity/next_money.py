"""Where the next amount of money would go, and where the first would be cut.

The scenario is solved at its budget with the amount added and taken away; rules that are relative
to the budget or the plan's spend (shares) move with it. Where the budget is sought (a target, a
return) the plan's own spend takes its place, and the KPI that it is sought for is what counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from allocator.engine.setting import Setting
from allocator.scenario import LoadedScenario, from_resolved, resolved_form
from allocator.sensitivity.again import Known, kpis, settled_again, solve_again, worth
from allocator.sensitivity.levers import round_step
from mmm.errors import InputError

USUAL = 0.05  # of the budget, as a round number


@dataclass(frozen=True)
class Moved:
    """The best plan with more money or less.

    amount: how much more (below 0: less); ``spent``: what of it is used
    lines:  line -> change of its total, currency
    gain:   change of the goal, proven but for ``gaps``; ``kpis``: KPI -> change, KPI units
    reason: why there is no such plan; then nothing else is told
    """

    amount: float
    goal: str
    spent: float
    lines: dict[str, float]
    gain: float
    gaps: float
    kpis: dict[str, float]
    reason: str | None = None


def usual_amount(setting: Setting) -> float:
    """A round amount of about a twentieth of the money: 100,000 of 2 million."""
    return round_step(USUAL * setting.money)


def next_money(loaded: LoadedScenario, known: Known, amount: float) -> tuple[Moved, Moved]:
    """(with ``amount`` more, with as much less)."""
    return _moved(loaded, known, amount), _moved(loaded, known, -amount)


def _moved(loaded: LoadedScenario, known: Known, by: float) -> Moved:
    setting = known.setting
    none = Moved(by, _goal(setting), 0.0, {}, 0.0, 0.0, {})
    changed = at_budget(loaded, known, by)
    if changed is None:
        return replace(none, reason="there is not that much to take away")
    if isinstance(changed, str):
        return replace(none, reason=changed)
    other = solve_again(changed, near=known.spend)
    if other is None:
        return replace(none, reason="no plan at that budget keeps the rules")
    base = known
    if setting.scenario.budget.sought is not None:
        same = at_budget(loaded, known, 0.0)
        assert isinstance(same, Setting)  # the plan's own spend is a budget it can have
        base = Known(same, known.spend, worth(same, known.spend), 0.0)
    before, after = kpis(base), kpis(other)
    return Moved(
        amount=by,
        goal=_goal(changed),
        spent=round(sum(other.totals.values()) - sum(known.totals.values()), 2),
        lines={line: round(other.totals[line] - known.totals[line], 2) for line in known.totals},
        gain=other.value - base.value,
        gaps=other.gap + base.gap,
        kpis={kpi: after[kpi] - before[kpi] for kpi in before},
    )


def _goal(setting: Setting) -> str:
    maximise = setting.scenario.objective.maximise
    return maximise if isinstance(maximise, str) else "weighted"


def at_budget(loaded: LoadedScenario, known: Known, by: float) -> Setting | str | None:
    """The setting with so much more money; a reason where the scenario cannot have it, None where
    that is less than nothing."""
    form: dict[str, Any] = resolved_form(known.setting.scenario)
    budget = known.setting.scenario.budget
    basis = {"basis": budget.basis}
    if budget.sought is not None:
        spent = round(sum(known.totals.values()) + by, 2)
        form["budget"] = {"exactly": spent, **basis}
        form["objective"] = {"maximise": budget.sought.kpi}
        stated = spent
    else:
        sign = -1 if budget.form == "cut" else 1
        stated = round(float(getattr(budget, budget.form)) + sign * by, 2)
        form["budget"] = {budget.form: stated, **basis}
    if stated <= 0:
        return None
    try:
        return settled_again(loaded, from_resolved(form), known.setting)
    except InputError as error:
        return str(error.faults[0].found)
