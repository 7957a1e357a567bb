"""scenario → Plan: the only conductor."""

from __future__ import annotations

import importlib.metadata as metadata
import math
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from allocator.cents import cents, to_cents
from allocator.engine.check import check, holds
from allocator.engine.explain import Infeasibility, explain
from allocator.engine.figures import Found, document, evaluate, objective_draws
from allocator.engine.pose import pose
from allocator.engine.problem import AllocationProblem
from allocator.engine.prove import prove
from allocator.engine.search import search
from allocator.engine.setting import Setting, settle
from allocator.engine.solvers._base import Termination
from allocator.errors import NotProven, Unhealthy
from allocator.plan import Plan, sealed
from allocator.scenario import LoadedScenario
from mmm.card import Verdict
from mmm.curves import ResponseCurves

SOLVER = {
    "structure": "HiGHS through Pyomo",
    "polish": "SciPy SLSQP",
    "certificate": "HiGHS through scipy.optimize.milp",
}
RECORDED = ("budget-allocation-engine", "highspy", "numpy", "pyomo", "scipy", "xarray")

ROUNDING = 1e-6  # of value or budget: tolerances of rules may lift a plan this little above a bound
CENT = 0.01
DUST = 1e-6  # of a cent: what floats add to a whole one

Step = Callable[[str], None]


@dataclass(frozen=True)
class Answer:
    """A plan, or why there is none."""

    setting: Setting
    plan: Plan | None
    infeasible: Infeasibility | None


def plan(
    loaded: LoadedScenario,
    curves: ResponseCurves,
    *,
    folder: Path,
    accepted: str | None = None,
    step: Step = lambda _: None,
) -> Answer:
    """Answer a scenario on these curves; ``folder`` is where the plan will stand.

    Raises InputError where scenario and curves do not fit, Unhealthy where the fit fails its
    health card and no reason was accepted, NotProven where the clock ran out without a plan.
    """
    refuse_unhealthy(curves, accepted)
    step("bringing scenario and curves together")
    setting = settle(loaded, curves)
    problem = pose(setting)
    step("searching")
    limit = setting.scenario.run.time_limit
    seed = setting.scenario.run.seed

    def in_cents(spend: Mapping[str, float]) -> dict[str, float]:
        return {line: c / 100 for line, c in rounded(setting, problem, spend).items()}

    found = search(problem, in_cents, time_limit=limit, seed=seed)
    if found.termination is Termination.INFEASIBLE:
        step("asking which rules are in conflict")
        return Answer(setting, None, explain(setting, problem))
    step("comparing with the reference")
    certificate, totals = found.certificate, found.spend
    kept = reference_worth_keeping(setting, totals)
    if kept is not None:
        totals = kept
        certificate, _ = prove(problem, totals, time_limit=limit)
    if totals is None:
        raise NotProven(
            f"no plan was found in {limit:g} s, nor a proof that there is none, and the reference "
            "breaks a rule: nothing is written; give `run: {time_limit: …}` more"
        )
    excess = problem.value(totals) - certificate.bound - worth_of_cents(problem, totals)
    if excess > ROUNDING * max(abs(certificate.bound), problem.budget.total):
        raise ArithmeticError("a plan is worth more than the bound on all plans: a fault of ours")
    facts = Found(
        bound=certificate.bound,
        stopped=certificate.timed_out,
        curves_path=os.path.relpath(loaded.curves_file, folder.resolve()),
        accepted=accepted,
        solver=SOLVER,
        versions=versions(),
    )
    return Answer(setting, sealed(document(setting, setting.weekly(whole(totals)), facts)), None)


def refuse_unhealthy(curves: ResponseCurves, accepted: str | None) -> None:
    """Raise Unhealthy for a fit that fails its health card, unless a reason was accepted."""
    if curves.health.verdict is Verdict.FAIL and not accepted:
        failing = [check for check in curves.health.checks if check.verdict is Verdict.FAIL]
        raise Unhealthy(
            "The fit behind these curves fails its health card, so no plan is made from it:\n"
            + "\n".join(f"  {check.name}: {check.sentence}" for check in failing)
            + "\nFit again, or record why it may be used: --accept-unhealthy REASON"
        )


def rounded(
    setting: Setting, problem: AllocationProblem, spend: Mapping[str, float]
) -> dict[str, int]:
    """Totals in whole cents that keep the budget exactly and the limits of single lines.

    A limit that is no whole cent is kept on its inner side, or, where the budget cannot be met so,
    to the cent. Where a target is to be reached no line loses by rounding, where a return is to be
    earned none gains.
    """
    total = budget = cents(setting.money)
    if not problem.budget.exact:
        asked = setting.scenario.budget
        whole_cents = cents
        if asked.least_for is not None:
            whole_cents = lambda amount: math.ceil(amount * 100 - DUST)  # noqa: E731
        elif asked.most_with is not None:
            whole_cents = lambda amount: math.floor(amount * 100 + DUST)  # noqa: E731
        total = min(budget, sum(map(whole_cents, spend.values())))
    for inside in (True, False):
        limits = [_cent_limits(problem, line, spend[line], inside) for line in problem.lines]
        lower, upper = (list(side) for side in zip(*limits, strict=True))
        least, most = sum(lower), sum(upper)
        if least <= total <= most or (not problem.budget.exact and least <= budget):
            break
    total = min(max(total, least), most)
    amounts = to_cents([spend[line] for line in problem.lines], total, lower, upper)
    return dict(zip(problem.lines, amounts, strict=True))


def _cent_limits(
    problem: AllocationProblem, line: str, amount: float, inside: bool
) -> tuple[int, int]:
    """Smallest and largest total of a line in cents; a line that is off stays off."""
    low, high = problem.bounds[line]
    known = int(np.floor(min(problem.domain[line], 1e12) * 100 + 1e-6))
    if amount <= 0.005 and low == 0 and (inside or line in problem.on_from):  # half a cent
        return 0, 0
    least = max(low, problem.on_from.get(line, 0.0)) if amount > 0.005 else low
    inner = int(np.ceil(least * 100 - 1e-6)), int(np.floor(high * 100 + 1e-6))
    outer = int(np.floor(least * 100)), min(int(np.ceil(high * 100)), known)
    return inner if inside and inner[0] <= inner[1] else outer


def reference_worth_keeping(
    setting: Setting, totals: Mapping[str, float] | None
) -> dict[str, float] | None:
    """A reference that satisfies the rules and is worth at least as much: then nothing moves.

    Where the search had no time to find a plan (None) every reference is worth as much.
    """
    kept, value = None, -math.inf
    if totals is not None:
        found = evaluate(setting, setting.weekly(whole(totals)))
        value = float(objective_draws(setting, found).mean())
    for reference in (setting.scaled, setting.reference):
        own = {
            line: float(np.rint(reference.sel(line=line).to_numpy() * 100).sum()) / 100
            for line in setting.curves.lines
        }
        other = evaluate(setting, setting.weekly(whole(own)))  # in the weeks of the plan
        allowed = all(holds(m) for m in check(setting, other.spend, other.response))
        worth = float(objective_draws(setting, other).mean())
        same = math.isclose(worth, value, rel_tol=1e-9)  # but for rounding
        if allowed and (worth > value or same):
            value = max(value, worth)
            kept = own
    return kept


def worth_of_cents(problem: AllocationProblem, totals: Mapping[str, float]) -> float:
    """What one cent more or less on every line is worth: much where the budget is a few euros.

    A limit that is no whole cent is met to the cent, so a plan may lie this far above its bound.
    """
    terms = problem.terms
    earned = sum(
        abs(terms.weight(*cell)) * problem.responses[cell].mean_at(totals[cell[1]])[1]
        for cell in problem.cells
    )
    return CENT * (earned + abs(terms.spend) * len(problem.lines))


def whole(totals: Mapping[str, float]) -> dict[str, int]:
    """Totals in cents."""
    return {line: cents(amount) for line, amount in totals.items()}


def versions() -> dict[str, str]:
    """Versions of all that computes a figure."""
    return {"python": platform.python_version()} | {
        name: metadata.version(name) for name in RECORDED
    }
