"""Does a plan say what its scenario and curves say? Recomputed without the solve wing.

The scenario inside the plan, the curves it names and the weekly amounts it states give every
other figure once more: digests, totals, outcomes, ratios, rules, value, bound and gap. What
differs is listed. The bound comes from ``engine.certificate``, which has no code in common with
the solver that made the plan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from allocator.cents import cents
from allocator.engine.figures import Found, document
from allocator.engine.pose import pose
from allocator.engine.prove import AIM, prove
from allocator.engine.setting import Setting, settle
from allocator.plan import Plan, Status, canonical, digest_of, read_document
from allocator.scenario import LoadedScenario, from_resolved
from mmm.curves import ResponseCurves, load
from mmm.errors import InputError
from mmm.yamlfile import Document

SAME = 1e-9  # relative; the same sums in the same order on another machine differ by less
UNSTATED = {"solver", "versions"}  # a record of how, which nothing here can recompute
MONEY_KEYS = {"spend", "total", "reference", "reference_scaled"}


@dataclass(frozen=True)
class Difference:
    """One thing a plan says that is not so."""

    path: str
    stated: object
    recomputed: object

    def __str__(self) -> str:
        return f"{self.path}: says {_shown(self.stated)}, recomputed {_shown(self.recomputed)}"


@dataclass(frozen=True)
class Verdict:
    """What was wrong, and how many figures were compared."""

    differences: tuple[Difference, ...]
    compared: int


def verify(path: Path, *, curves_file: Path | None = None) -> Verdict:
    """Recompute a plan.json. ``curves_file`` says where the curves are if they have moved.

    Raises InputError where the plan or its curves cannot be read at all.
    """
    stated = read_document(path)
    differences = _seal(stated)
    try:
        plan = Plan.model_validate(stated)
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
        setting = settle(_scenario(plan, path), curves)
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
    found = _compare(stated, recomputed)
    found += _profile(plan, setting)
    return Verdict((*differences, *found), _count(recomputed))


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
            if amount < 0 or abs(amount * 100 - cents(amount)) > 1e-6 * max(1.0, amount):
                return Difference(f"lines.{line}.spend", amount, "whole cents, not negative")
    beyond = [line for line, spend in stated.items() if sum(spend) > curves.largest_total(line)]
    if beyond:
        return Difference(f"lines.{beyond[0]}.total", "beyond the last point", "within its curve")
    return np.array([stated[line] for line in curves.lines])


def _again(plan: Plan, setting: Setting, amounts: np.ndarray) -> dict[str, Any]:
    spend = setting.labelled(amounts)
    totals = {
        line: float(np.rint(row * 100).sum()) / 100
        for line, row in zip(setting.curves.lines, amounts, strict=True)
    }
    certificate, _ = prove(pose(setting), totals, time_limit=setting.scenario.run.time_limit)
    found = Found(
        bound=certificate.bound,
        stopped=plan.certificate.status is Status.STOPPED,
        curves_path=plan.curves.path,
        accepted=plan.health.accepted,
        solver=plan.solver,
        versions=plan.versions,
    )
    return document(setting, spend, found)


def _profile(plan: Plan, setting: Setting) -> list[Difference]:
    """Steady flighting: each line's weeks are its total, spread by its profile to the cent."""
    totals = {line.line: cents(line.total) for line in plan.lines}
    even = setting.weekly(totals)
    return [
        Difference(f"lines.{line.line}.spend", line.spend, "its total spread as the reference is")
        for line in plan.lines
        if not np.allclose(even.sel(line=line.line).to_numpy(), line.spend, rtol=0, atol=0.0101)
    ]


def _compare(stated: dict[str, Any], recomputed: dict[str, Any]) -> list[Difference]:
    scale = max(1.0, abs(recomputed["certificate"]["value"]))
    found: list[Difference] = []
    bounds = _bound(stated["certificate"], recomputed["certificate"])
    for key in sorted(set(stated) | set(recomputed)):
        if key in UNSTATED:
            continue
        if key == "certificate":
            found += bounds
            continue
        found += _differences(key, stated.get(key), recomputed.get(key), scale)
    return found


def _bound(stated: dict[str, Any], recomputed: dict[str, Any]) -> list[Difference]:
    """Value and arithmetic exactly; the bound as near as a certificate comes."""
    found = []
    bound, again = stated["bound"], recomputed["bound"]
    outcome = recomputed["gap"] / (recomputed["gap_of_outcome"] or math.inf)
    near = 2 * AIM * max(abs(outcome), abs(recomputed["value"]))
    stopped = stated["status"] == Status.STOPPED
    if bound < again - near or (bound > again + near and not stopped):
        found.append(Difference("certificate.bound", bound, again))
    gap = bound - stated["value"]
    expected = dict(recomputed)
    expected["bound"], expected["gap"] = bound, gap
    ratio = gap / recomputed["gap"] if recomputed["gap"] else 1.0
    if recomputed["gap"]:
        expected["gap_of_outcome"] = recomputed["gap_of_outcome"] * ratio
        if recomputed["gap_of_gain"] is not None:
            expected["gap_of_gain"] = recomputed["gap_of_gain"] * ratio
    proven = expected["gap_of_outcome"] <= expected["asked"]
    expected["status"] = str(
        Status.PROVEN if proven else Status.STOPPED if stopped else Status.BEST_FOUND
    )
    scale = max(1.0, abs(stated["value"]))
    return found + _differences("certificate", stated, expected, scale)


def _differences(path: str, stated: Any, again: Any, scale: float) -> list[Difference]:
    if isinstance(stated, dict) and isinstance(again, dict):
        found = []
        for key in sorted(set(stated) | set(again)):
            inner = f"{path}.{key}"
            if (key in stated) != (key in again):
                absent = "nothing there"
                found.append(Difference(inner, stated.get(key, absent), again.get(key, absent)))
            else:
                found += _differences(inner, stated[key], again[key], scale)
        return found
    if isinstance(stated, list) and isinstance(again, list):
        if len(stated) != len(again):
            return [Difference(path, f"{len(stated)} entries", f"{len(again)} entries")]
        return [
            difference
            for place, (a, b) in enumerate(zip(stated, again, strict=True))
            for difference in _differences(f"{path}.{_name(a, place)}", a, b, scale)
        ]
    return [] if _same(path, stated, again, scale) else [Difference(path, stated, again)]


def _same(path: str, stated: Any, again: Any, scale: float) -> bool:
    numbers = all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in (stated, again)
    )
    if not numbers:
        return type(stated) is type(again) and bool(stated == again)
    if path.rsplit(".", 1)[-1] in MONEY_KEYS:
        return abs(stated - again) < 0.001  # money is in whole cents: a tenth of one is rounding
    return math.isclose(stated, again, rel_tol=SAME, abs_tol=1e-12 * scale)


def _name(value: Any, place: int) -> str:
    if isinstance(value, dict):
        return str(value.get("line") or value.get("channel") or value.get("id") or place)
    return str(place)


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_count(item) for item in value.values())
    if isinstance(value, list):
        return sum(_count(item) for item in value)
    return 1


def _shown(value: object) -> str:
    text = canonical({"": value})[5:-3].strip() if isinstance(value, dict | list) else str(value)
    return text if len(text) <= 100 else text[:97] + "..."
