"""The certificate of a plan as it stands, (line, week), whatever the flighting. Loads no Pyomo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.engine.figures.risk import SafeForm, worth
from allocator.engine.figures.worth import evaluate
from allocator.engine.pose import pose
from allocator.engine.problem import AllocationProblem
from allocator.engine.proof.certificate import Certificate
from allocator.engine.proof.prove import prove
from allocator.engine.risk.asked import stated_of
from allocator.engine.risk.proof import prove_risky, safe_bound
from allocator.engine.risk.stated import outside
from allocator.engine.setting import Setting
from allocator.engine.weekly.flown import Flown, prove_flown, safe_flown
from allocator.engine.weekly.pose import pose_weekly
from allocator.engine.weekly.problem import WeeklyProblem
from allocator.engine.weekly.prove import prove as prove_weekly

CENT = 0.01
ROUNDING = 1e-6  # of value or budget: tolerances of rules may lift a plan this little above a bound


@dataclass(frozen=True)
class Proven:
    """aim: how near the bound was asked to come, in objective units."""

    certificate: Certificate
    aim: float


def prove_plan(setting: Setting, spend: np.ndarray, *, time_limit: float) -> Proven:
    """The certificate around a plan, (line, week) currency in whole cents."""
    if setting.scenario.flighting.form == "weekly":
        return _prove_weeks(setting, spend, time_limit)
    problem, totals, stated = pose(setting), totals_of(setting, spend), stated_of(setting)
    if stated is not None:
        outer = outside(problem, stated)
        return Proven(*prove_risky(problem, outer, totals, time_limit=time_limit))
    return Proven(*prove(problem, totals, time_limit=time_limit))


def _prove_weeks(setting: Setting, spend: np.ndarray, time_limit: float) -> Proven:
    weekly, stated = pose_weekly(setting), stated_of(setting)
    if stated is not None:
        problem = Flown(weekly)
        outer, plan = outside(problem, stated), problem.plan(spend)
        return Proven(*prove_flown(problem, outer, plan, time_limit=time_limit))
    bound, aim = prove_weekly(weekly, spend, time_limit=time_limit)
    return Proven(bound.certificate, aim)


def prove_safe(setting: Setting, spend: np.ndarray, safe: SafeForm, *, time_limit: float) -> float:
    """The bound on plans that keep the safe form of rows with a probability, anew."""
    stated, form = stated_of(setting), (safe.shares, safe.shifts)
    assert stated is not None  # only such a setting has a safe form
    if setting.scenario.flighting.form == "weekly":
        flown = Flown(pose_weekly(setting))
        plan = flown.plan(spend)
        return safe_flown(flown, stated, form, plan, time_limit=time_limit)
    problem, totals = pose(setting), totals_of(setting, spend)
    return safe_bound(problem, stated, form, totals, time_limit=time_limit)


def beats_bound(setting: Setting, spend: np.ndarray, bound: float) -> bool:
    """Whether a plan is worth more than a bound on all plans by more than cents and tolerances of
    rules explain: a fault of ours."""
    if setting.scenario.flighting.form == "weekly":
        weekly = pose_weekly(setting)
        value, few, money = weekly.value(spend), _cents_by_week(weekly, spend), weekly.budget.total
    else:
        problem, totals = pose(setting), totals_of(setting, spend)
        value, few, money = problem.value(totals), _cents(problem, totals), problem.budget.total
    if setting.scenario.risky:
        value = worth(setting, evaluate(setting, setting.labelled(spend)))
    return value - bound - few > ROUNDING * max(abs(bound), money)


def totals_of(setting: Setting, spend: np.ndarray) -> dict[str, float]:
    """line -> total, currency, cents added up as cents."""
    return {
        line: float(np.rint(row * 100).sum()) / 100
        for line, row in zip(setting.curves.lines, spend, strict=True)
    }


def _cents(problem: AllocationProblem, totals: dict[str, float]) -> float:
    """What one cent more or less on every line is worth: much where the budget is a few euros.

    A limit that is no whole cent is met to the cent, so a plan may lie this far above its bound.
    """
    terms = problem.terms
    earned = sum(
        abs(terms.weight(*cell)) * problem.responses[cell].mean_at(totals[cell[1]])[1]
        for cell in problem.cells
    )
    return CENT * (earned + abs(terms.spend) * len(problem.lines))


def _cents_by_week(problem: WeeklyProblem, spend: np.ndarray) -> float:
    """The same of a cent in every week."""
    earned = 0.0
    for (source, line), meters in problem.metered.items():
        worth = [abs(problem.terms.weight(meter, line)) for meter in meters]
        _, slope = problem.sources[source, line].cuts(
            spend[problem.place[line]], problem.weights(source, line)
        )
        earned += float(np.array(worth) @ slope.sum(axis=(1, 2)))
    return CENT * (earned + abs(problem.terms.spend) * spend.size)
