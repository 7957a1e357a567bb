"""Does a plan say what its scenario and curves say? Recomputed without the solve wing.

The scenario inside the plan, the curves it names and the weekly amounts it states give every
other figure once more: digests, totals, outcomes, ratios, rules, value, bound and gap. What
differs is listed. The bound comes from ``engine.certificate`` (``engine.weekly.certificate`` for
weekly flighting), which shares with the solver that made the plan only the curves, the rules' rows
and HiGHS.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from allocator.cents import cents
from allocator.engine.figures.document import Found, document, evaluate, objective_draws
from allocator.engine.figures.fixed import as_evaluated
from allocator.engine.figures.risk import SafeForm
from allocator.engine.figures.wished import wish_figures
from allocator.engine.proof.plan import prove_plan, prove_safe
from allocator.engine.setting import Setting, settle
from allocator.findings.differences import ROUNDING, SAME, Difference, compared_with
from allocator.plan import Plan, Status, digest_of
from allocator.plan.file import read_document
from allocator.plan.simplified import Simplified
from allocator.plan.wish import Wish
from allocator.quantities import LARGEST
from allocator.scenario import LoadedScenario, from_resolved
from mmm.card import Verdict as Health
from mmm.curves import ResponseCurves, load
from mmm.errors import InputError
from mmm.yamlfile import Document

LOOSE = 1e-4  # of the value; cuts that end nearby bound a little differently
PATIENCE = 60.0  # seconds for the bound, or as long as the scenario allowed the search


@dataclass(frozen=True)
class Verdict:
    """What was wrong, how many figures were compared, and the plan's content as it was made again.

    again: without what only the plan can say; None where nothing could be made again
    """

    differences: tuple[Difference, ...]
    compared: int
    again: Mapping[str, Any] | None = None


def verify(
    path: Path, *, curves_file: Path | None = None, alternatives: Sequence[Path] | None = None
) -> Verdict:
    """Recompute a plan.json. ``curves_file`` and ``alternatives`` say where the curves are if they
    have moved.

    Raises InputError where the plan or its curves cannot be read at all.
    """
    stated = read_document(path)
    differences = _seal(stated)
    try:
        plan = Plan.model_validate_json(json.dumps(stated), strict=True)
    except ValidationError as error:
        wrong = [
            Difference(".".join(map(str, entry["loc"])), entry["input"], entry["msg"])
            for entry in error.errors()
        ]
        return Verdict((*differences, *wrong), len(wrong))
    curves = load(curves_file or path.parent / plan.curves.path)
    if curves.digest != plan.curves.digest:
        wrong_curves = Difference("curves.digest", plan.curves.digest, curves.digest)
        return Verdict((*differences, wrong_curves), 1)
    try:
        named = [path.parent / other.path for other in plan.alternatives]
        others = tuple(load(file) for file in (named if alternatives is None else alternatives))
        setting = settle(_scenario(plan, path), curves, others)
    except InputError as error:
        wrong = [
            Difference(f"scenario.resolved.{f.path}", f.found, f.expected) for f in error.faults
        ]
        return Verdict((*differences, *wrong), len(wrong))
    amounts = _amounts(plan, curves, setting)
    if isinstance(amounts, Difference):
        return Verdict((*differences, amounts), 1)
    recomputed = _again(plan, setting, amounts)
    stated.pop("digest", None)
    stated.pop("simplified", None)
    stated.pop("wish", None)
    found = [
        *compared_with(stated, recomputed),
        *_bound(plan, setting, amounts),
        *_safe_bound(plan, setting, amounts),
        *_accepted(plan),
        *_profile(plan, setting),
        *_simplified(plan, setting, amounts),
        *_wished(plan, setting, amounts),
    ]
    return Verdict((*differences, *found), _count(recomputed), recomputed)


def _seal(stated: dict[str, Any]) -> tuple[Difference, ...]:
    try:
        actual = digest_of(stated)
    except ValueError:
        return (Difference("digest", stated.get("digest"), "none: a number is not finite"),)
    said = stated.get("digest")
    return () if said == actual else (Difference("digest", said, actual),)


def _scenario(plan: Plan, path: Path) -> LoadedScenario:
    resolved = plan.scenario.resolved
    scenario = from_resolved(resolved, str(path))
    return LoadedScenario(scenario, Document(str(path), resolved, {}), path.parent)


def _amounts(plan: Plan, curves: ResponseCurves, setting: Setting) -> np.ndarray | Difference:
    stated = {line.line: line.spend for line in plan.lines}
    if tuple(stated) != curves.lines or len(stated) != len(plan.lines):
        return Difference("lines", tuple(line.line for line in plan.lines), curves.lines)
    for line, spend in stated.items():
        if len(spend) != setting.window.weeks:
            return Difference(f"lines.{line}.spend", len(spend), f"{setting.window.weeks} weeks")
        for amount in spend:
            if not 0 <= amount < LARGEST or amount != cents(amount) / 100:
                expected = "whole cents, not negative, below 1,000,000 million"
                return Difference(f"lines.{line}.spend", amount, expected)
    beyond = [
        line
        for line, spend in stated.items()
        if sum(spend) > setting.curves.largest_total(line) * (1 + 1e-12)  # sums of cents round
    ]
    if beyond:
        return Difference(f"lines.{beyond[0]}.total", "beyond the last point", "within its curve")
    return np.array([stated[line] for line in curves.lines])


def _again(plan: Plan, setting: Setting, amounts: np.ndarray) -> dict[str, Any]:
    """Every figure once more; the bound is the stated one, which ``_bound`` judges."""
    found = Found(
        bound=plan.certificate.bound,
        stopped=plan.certificate.ended_by_clock,
        curves_path=plan.curves.path,
        accepted=plan.health.accepted,
        solver=plan.solver,
        versions=plan.versions,
        safe=_safe(plan),
        alternatives=tuple(other.path for other in plan.alternatives),
    )
    again = document(setting, setting.labelled(amounts), found)
    if plan.certificate.status is not Status.EVALUATED:
        return again
    return as_evaluated(setting, again, _best(plan, setting))


def _best(plan: Plan, setting: Setting) -> np.ndarray | None:
    """(line, week) the best split that an evaluated plan names."""
    return None if plan.given is None else _weekly(plan.given.best_spend, setting)


def _weekly(spend: Mapping[str, tuple[float, ...]], setting: Setting) -> np.ndarray | None:
    """(line, week); None where it is about other lines or weeks."""
    if set(spend) != set(setting.curves.lines):
        return None
    rows = [spend[line] for line in setting.curves.lines]
    return np.array(rows) if {len(row) for row in rows} == {setting.window.weeks} else None


def _bound(plan: Plan, setting: Setting, amounts: np.ndarray) -> list[Difference]:
    """The bound is as near as a certificate comes to the true optimum, or looser and says so."""
    patience = max(PATIENCE, setting.scenario.run.time_limit)
    around: np.ndarray | None = amounts
    if plan.certificate.status is Status.EVALUATED:
        around = _best(plan, setting)
    if around is None:  # no split keeps the rules: the plan's own value stands for a bound
        near, value = SAME * abs(plan.certificate.value), plan.certificate.value
        same = abs(plan.certificate.bound - value) <= near
        return [] if same else [Difference("certificate.bound", plan.certificate.bound, value)]
    proven = prove_plan(setting, around, time_limit=patience)
    certificate, aim = proven.certificate, proven.aim
    stated, again = plan.certificate.bound, max(certificate.bound, plan.certificate.value)
    near = 2 * aim + SAME * abs(plan.certificate.value)
    loose = plan.certificate.status is Status.EVALUATED or plan.certificate.ended_by_clock
    if again - near <= stated <= (math.inf if loose else again + near):
        return []
    shown = f"only {again:.12g} within {patience:g} s" if certificate.timed_out else again
    return [Difference("certificate.bound", stated, shown)]


def _safe(plan: Plan) -> SafeForm | None:
    """The safe form the plan says it was solved by."""
    safe = plan.risk.safe if plan.risk is not None else None
    return None if safe is None else SafeForm(safe.shares, safe.shifts, safe.bound)


def _safe_bound(plan: Plan, setting: Setting, amounts: np.ndarray) -> list[Difference]:
    """The bound of the safe form, likewise; its shares are as many as there are rules."""
    safe = _safe(plan)
    if safe is None or plan.risk is None:
        return []
    rules = len(plan.risk.rules)
    if len(safe.shares) != rules or len(safe.shifts) != rules:
        return [Difference("risk.safe.shares", len(safe.shares), f"{rules}, one for each rule")]
    if not all(0 < share <= 1 for share in safe.shares):
        return [Difference("risk.safe.shares", safe.shares, "shares above 0, 1 at most")]
    patience = max(PATIENCE, setting.scenario.run.time_limit)
    again = prove_safe(setting, amounts, safe, time_limit=patience)
    near = LOOSE * abs(plan.certificate.value)
    if abs(again - safe.bound) <= near:
        return []
    return [Difference("risk.safe.bound", safe.bound, again)]


def _accepted(plan: Plan) -> list[Difference]:
    """A plan from a fit that fails its health card records why it was made all the same."""
    if plan.health.verdict != Health.FAIL or plan.health.accepted:
        return []
    return [Difference("health.accepted", plan.health.accepted, "the reason it was accepted")]


def _profile(plan: Plan, setting: Setting) -> list[Difference]:
    """Steady flighting: each line's weeks are its total, spread by its profile to the cent.

    What was given stands as it was given.
    """
    given = plan.certificate.status is Status.EVALUATED
    if setting.scenario.flighting.form != "steady" or given:
        return []
    totals = {line.line: sum(map(cents, line.spend)) for line in plan.lines}
    spread = setting.weekly(totals)
    return [
        Difference(f"lines.{line.line}.spend", line.spend, "its total spread as the reference is")
        for line in plan.lines
        if list(map(cents, line.spend)) != list(map(cents, spread.sel(line=line.line).to_numpy()))
    ]


def _simplified(plan: Plan, setting: Setting, amounts: np.ndarray) -> list[Difference]:
    """What a plan with few changes says of the best plan, whose bound is proven anew."""
    said = plan.simplified
    if said is None:
        return []
    value, gain = plan.certificate.value, said.best - plan.totals.reference_scaled.objective.mean
    taken = max(0.0, said.best - value) / gain if gain > 0 else 0.0
    scaled = setting.scaled.to_numpy()
    moved = np.rint(amounts.sum(axis=1) * 100) != np.rint(scaled.sum(axis=1) * 100)
    free = tuple(rule for rule in setting.rules if rule.id not in said.rules)
    patience = max(PATIENCE, setting.scenario.run.time_limit)
    if set(said.best_totals) != set(setting.curves.lines):
        stated = tuple(said.best_totals)
        return [Difference("simplified.best_totals", stated, setting.curves.lines)]
    best = setting.weekly({line: cents(amount) for line, amount in said.best_totals.items()})
    worth = float(objective_draws(setting, evaluate(setting, best)).mean())
    proven = prove_plan(replace(setting, rules=free), best.to_numpy(), time_limit=patience)
    near = 2 * proven.aim + SAME * abs(said.best)
    again = proven.certificate.bound
    checks = (
        ("loss_taken", said.loss_taken, taken, abs(said.loss_taken - taken) <= LOOSE),
        ("loss_allowed", said.loss_allowed, taken, taken <= said.loss_allowed + LOOSE),
        ("changed", said.changed, int(moved.sum()), said.changed == moved.sum()),
        ("of", said.of, len(moved), said.of == len(moved)),
        ("fewest", said.fewest, said.changed, 0 <= said.fewest <= said.changed),
        ("best", said.best, worth, math.isclose(said.best, worth, rel_tol=SAME)),
        ("best_bound", said.best_bound, again, _bounds(said, again, near)),
    )
    return [Difference(f"simplified.{k}", was, now) for k, was, now, same in checks if not same]


def _wished(plan: Plan, setting: Setting, amounts: np.ndarray) -> list[Difference]:
    """What a wish costs, against the plan without it, whose bound is proven anew."""
    said = plan.wish
    if said is None:
        return []
    best = _weekly(said.best_spend, setting)
    if best is None or not set(said.rules) <= {rule.id for rule in setting.rules}:
        return [Difference("wish.best_spend", "other lines, weeks or rules", setting.curves.lines)]
    again = wish_figures(setting, amounts, best)
    free = replace(setting, rules=tuple(r for r in setting.rules if r.id not in said.rules))
    patience = max(PATIENCE, setting.scenario.run.time_limit)
    proven = prove_plan(free, best, time_limit=patience)
    size = max(1.0, abs(plan.certificate.value))
    near = {key: ROUNDING * size + SAME * abs(now) for key, now in again.items()}
    found = [
        Difference(f"wish.{key}", getattr(said, key), now)
        for key, now in again.items()
        if abs(getattr(said, key) - now) > near[key]
    ]
    bound = proven.certificate.bound
    if not _bounds(said, bound, 2 * proven.aim + SAME * size):
        found.append(Difference("wish.best_bound", said.best_bound, bound))
    return found


def _bounds(said: Wish | Simplified, again: float, near: float) -> bool:
    """A bound on the best plan beside this one is as it was, or looser where it says so."""
    most = math.inf if said.best_cut_short else again + near
    return again - near <= said.best_bound <= most


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_count(item) for item in value.values())
    if isinstance(value, list):
        return sum(_count(item) for item in value)
    return 1
