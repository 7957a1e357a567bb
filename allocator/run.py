"""scenario → Plan: the only conductor."""

from __future__ import annotations

import importlib.metadata as metadata
import math
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

import numpy as np

from allocator.cents import cents
from allocator.complaint import Complaint
from allocator.engine.conflict.explain import Infeasibility, explain
from allocator.engine.figures.check import check, holds
from allocator.engine.figures.document import Found, document, evaluate
from allocator.engine.figures.risk import worth
from allocator.engine.proof.plan import beats_bound, prove_plan, totals_of
from allocator.engine.risk.asked import chance_rows
from allocator.engine.setting import Setting, settle
from allocator.engine.solve import asked_of, solve, used
from allocator.engine.solvers._base import Termination
from allocator.errors import NotProven, Unhealthy
from allocator.plan import Plan, sealed_text
from allocator.scenario import LoadedScenario
from mmm.card import Verdict
from mmm.curves import ResponseCurves
from mmm.errors import InputError

RECORDED = ("budget-allocation-engine", "highspy", "numpy", "pyomo", "scipy", "xarray")

Step = Callable[[str], None]


@dataclass(frozen=True)
class Answer:
    """A plan, or why there is none. text: the plan's ``to_json``."""

    setting: Setting
    plan: Plan | None
    infeasible: Infeasibility | None
    text: str | None = None


def plan(
    loaded: LoadedScenario,
    curves: ResponseCurves,
    *,
    folder: Path,
    alternatives: tuple[ResponseCurves, ...] = (),
    accepted: str | None = None,
    step: Step = lambda _: None,
) -> Answer:
    """Answer a scenario on these curves; ``folder`` is where the plan will stand.

    alternatives: the other curves that the scenario names, in order.

    Raises InputError where scenario and curves do not fit, Unhealthy where the fit fails its
    health card and no reason was accepted, NotProven where the clock ran out without a plan.
    """
    refuse_unhealthy(curves, accepted)
    refuse_missing(loaded)
    step("bringing scenario and curves together")
    setting = settle(loaded, curves, alternatives)
    step("searching")
    limit, seed = setting.scenario.run.time_limit, setting.scenario.run.seed
    found = solve(setting, time_limit=limit, seed=seed)
    if found.termination is Termination.INFEASIBLE:
        step("asking which rules are in conflict")
        return Answer(setting, None, explain(loaded, setting, *asked_of(setting)))
    step("comparing with the reference")
    certificate, spend = found.certificate, found.spend
    kept = reference_worth_keeping(setting, spend)
    if kept is not None:
        spend = kept
        certificate = prove_plan(setting, spend, time_limit=limit).certificate
    if spend is None and chance_rows(setting)[0]:
        step("asking which rules are in conflict")
        problem, oracle = asked_of(setting)
        return Answer(setting, None, explain(loaded, setting, problem, oracle, proven=False))
    if spend is None:
        raise NotProven(
            f"no plan was found in {limit:g} s, nor a proof that there is none, and the reference "
            "breaks a rule: nothing is written; give `run: {time_limit: …}` more"
        )
    if beats_bound(setting, spend, certificate.bound):
        raise ArithmeticError("a plan is worth more than the bound on all plans: a fault of ours")
    facts = Found(
        bound=certificate.bound,
        stopped=certificate.timed_out,
        curves_path=os.path.relpath(loaded.curves_file, folder.resolve()),
        accepted=accepted,
        solver=used(setting),
        versions=versions(),
        safe=found.safe if kept is None else None,
        alternatives=tuple(
            os.path.relpath(file, folder.resolve()) for file in loaded.alternative_files
        ),
    )
    made, text = sealed_text(document(setting, setting.labelled(spend), facts))
    return Answer(setting, made, None, text)


def refuse_missing(loaded: LoadedScenario) -> None:
    """Raise InputError for a solver that is not installed."""
    if loaded.scenario.run.solver == "scip" and find_spec("pyscipopt") is None:
        complaint = Complaint(
            "scip, which is not installed",
            "a solver that is",
            "install the extra: pip install 'budget-allocation-engine[scip]'",
        )
        raise InputError([loaded.fault(("run", "solver"), complaint)])


def refuse_unhealthy(curves: ResponseCurves, accepted: str | None) -> None:
    """Raise Unhealthy for a fit that fails its health card, unless a reason was accepted."""
    if curves.health.verdict is Verdict.FAIL and not accepted:
        failing = [check for check in curves.health.checks if check.verdict is Verdict.FAIL]
        raise Unhealthy(
            "The fit behind these curves fails its health card, so no plan is made from it:\n"
            + "\n".join(f"  {check.name}: {check.sentence}" for check in failing)
            + "\nFit again, or record why it may be used: --accept-unhealthy REASON"
        )


def reference_worth_keeping(setting: Setting, spend: np.ndarray | None) -> np.ndarray | None:
    """A reference that satisfies the rules and is worth at least as much: then nothing moves.

    (line, week) currency. Where the search had no time to find a plan (None) every reference is
    worth as much.
    """
    kept, value = None, -math.inf
    if spend is not None:
        found = evaluate(setting, setting.labelled(spend))
        value = worth(setting, found)
    for reference in (setting.scaled, setting.reference):
        own = reference.to_numpy()
        if setting.scenario.flighting.form == "steady":  # in the weeks of the plan
            totals = {line: cents(amount) for line, amount in totals_of(setting, own).items()}
            own = setting.weekly(totals).to_numpy()
        other = evaluate(setting, setting.labelled(own))
        own_worth = worth(setting, other)
        same = math.isclose(own_worth, value, rel_tol=1e-9)  # but for rounding
        if (own_worth > value or same) and all(
            holds(measure) for measure in check(setting, other.spend, other.response)
        ):
            value = max(value, own_worth)
            kept = own
    return kept


@cache
def versions() -> Mapping[str, str]:
    """Versions of all that computes a figure."""
    return MappingProxyType(
        {"python": platform.python_version()} | {name: metadata.version(name) for name in RECORDED}
    )
