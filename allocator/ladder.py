"""From careful to bold, and from less money to more: one scenario solved at every step.

Two frontiers. Of risk: the best plan for weights of the bad draws from none (bold) to all, each
with the mean of its gain on the reference and the mean of its worst draws (the efficient frontier
of Markowitz, with CVaR for the variance). Of money: the best plan for budgets around the
scenario's, which is the diminishing-returns curve of the whole portfolio. The reference is scaled
with the budget, so that rules on moves from it speak of the same moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from allocator.complaint import Complaint
from allocator.engine.figures.risk import worth
from allocator.engine.figures.worth import evaluate, goal_name, objective_draws, outcome_value
from allocator.engine.risk.tail import cvar
from allocator.engine.setting import Setting, settle
from allocator.engine.solve import solve
from allocator.errors import Infeasible
from allocator.findings.rungs import Ladder, Rung, Step
from allocator.scenario import LoadedScenario
from allocator.scenario.schema.objective import SETTINGS, Caution
from mmm.curves import ResponseCurves
from mmm.errors import InputError

TAIL = 0.2
"""The worst fifth of the draws is what all rungs are compared by."""
BETWEEN = (0.25, 0.75, 1.0)
"""Weights of the worst fifth on rungs that have no name."""
SHARES = (0.5, 0.625, 0.75, 0.875, 1.0, 1.125, 1.25, 1.375, 1.5)
"""Budgets, as shares of the scenario's."""


def work(shares: Sequence[float] = SHARES) -> int:
    """How many plans a ladder is made of."""
    return len(SETTINGS) + len(BETWEEN) + len(shares)


def ladder(
    loaded: LoadedScenario,
    curves: ResponseCurves,
    *,
    shares: Sequence[float] = SHARES,
    between: Sequence[float] = BETWEEN,
    advance: Callable[[float], None] = lambda _: None,
) -> Ladder:
    """Every rung and step. ``advance`` is told of each plan that is made.

    between: weights of the worst fifth on rungs beside the named ones.

    Raises InputError where scenario and curves do not fit or the scenario has no budget of its own
    to move, Infeasible where no plan keeps its rules at all.
    """
    scenario = loaded.scenario
    if scenario.budget.exactly is None and scenario.budget.at_most is None:
        complaint = Complaint("a budget that is sought", "`exactly` or `at_most`, to be moved")
        raise InputError([loaded.fault(("budget",), complaint)])
    setting = settle(loaded, curves)
    rungs = []
    for caution in _cautions(between):
        rung = _rung(_with_caution(loaded, caution), curves, caution)
        own = _same(caution, scenario.objective.caution)
        rungs.append(replace(rung, current=own))
        advance(1)
    steps: list[Step] = []
    for share in sorted(shares):
        steps.append(_step(loaded, curves, setting, share, steps))
        advance(1)
    reference = evaluate(setting, setting.reference)
    return Ladder(
        scenario=scenario.id,
        title=scenario.title,
        objective=goal_name(setting),
        unit=setting.terms.unit,
        currency=scenario.currency,
        tail=TAIL,
        rungs=tuple(sorted(rungs, key=lambda rung: rung.worst)),
        steps=tuple(steps),
        reference=(reference.money(), float(objective_draws(setting, reference).mean())),
        digests=(loaded.digest, curves.digest),
    )


def _cautions(between: Sequence[float]) -> list[Caution]:
    named = [
        Caution.model_validate(
            {"cvar": f"{share * 100:g}%", "weight": f"{weight * 100:g}%", "name": name}
        )
        for name, (share, weight) in SETTINGS.items()
    ]
    others = [
        Caution.model_validate({"cvar": f"{TAIL * 100:g}%", "weight": f"{weight * 100:g}%"})
        for weight in between
    ]
    return named + others


def _with_caution(loaded: LoadedScenario, caution: Caution | None) -> LoadedScenario:
    objective = loaded.scenario.objective.model_copy(
        update={"caution": caution, "probability_of": None, "total": None}
    )
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"objective": objective}))


def _at_budget(loaded: LoadedScenario, setting: Setting, share: float) -> LoadedScenario:
    """The scenario with this share of its money, and of its reference's."""
    scenario = loaded.scenario
    key = "exactly" if scenario.budget.exactly is not None else "at_most"
    budget = scenario.budget.model_copy(update={key: round(scenario.budget.amount * share, 2)})
    whole = float(setting.reference.sum()) * share
    reference = scenario.reference.model_copy(update={"scale_to": round(whole, 2)})
    changed = scenario.model_copy(update={"budget": budget, "reference": reference})
    return replace(loaded, scenario=changed)


def _rung(loaded: LoadedScenario, curves: ResponseCurves, caution: Caution) -> Rung:
    setting = settle(loaded, curves)
    run = setting.scenario.run
    found = solve(setting, time_limit=run.time_limit, seed=run.seed)
    if found.spend is None:
        raise Infeasible(
            "No plan was found that keeps the rules of this scenario: `allocator plan` says why."
        )
    plan, scaled = (
        evaluate(setting, spend) for spend in (setting.labelled(found.spend), setting.scaled)
    )
    gain = objective_draws(setting, plan) - objective_draws(setting, scaled)
    totals = {line: plan.money([line]) for line in curves.lines}
    moved = sum(max(0.0, totals[line] - scaled.money([line])) for line in curves.lines)
    low, high = (float(value) for value in np.quantile(gain, [0.1, 0.9]))
    outcome = abs(outcome_value(setting, plan)) or 1.0
    return Rung(
        name=caution.name or f"{caution.weight:.0%} on the worst fifth",
        words=caution.words,
        mean=float(gain.mean()),
        worst=cvar(gain, TAIL),
        p10=low,
        p90=high,
        better=float((gain > 0).mean()),
        moved=round(moved, 2),
        gap=max(0.0, found.certificate.bound - worth(setting, plan)) / outcome,
        current=False,
        spend=totals,
    )


def _same(caution: Caution, own: Caution | None) -> bool:
    if own is None or not own.charged:
        return not caution.charged
    return (caution.cvar, caution.weight) == (own.cvar, own.weight)


def _step(
    loaded: LoadedScenario,
    curves: ResponseCurves,
    setting: Setting,
    share: float,
    below: Sequence[Step],
) -> Step:
    """The best plan at a share of the budget; nothing where the rules leave none."""
    changed = _at_budget(loaded, setting, share)
    budget = changed.scenario.budget.amount
    here = settle(changed, curves)
    found = solve(here, time_limit=here.scenario.run.time_limit, seed=here.scenario.run.seed)
    if found.spend is None:
        return Step(budget, share, None, None, None, None)
    draws = objective_draws(here, evaluate(here, here.labelled(found.spend)))
    mean = float(draws.mean())
    low, high = (float(value) for value in np.quantile(draws, [0.1, 0.9]))
    last = next((step for step in reversed(below) if step.mean is not None), None)
    rate = None
    if last is not None and last.mean is not None:
        rate = (mean - last.mean) / (budget - last.budget)
    return Step(budget, share, mean, low, high, rate)
