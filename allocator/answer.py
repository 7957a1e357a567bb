"""What `allocator plan` and `verify` do between the files they read and the files they write."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from allocator.engine.conflict.explain import Infeasibility, WayOut
from allocator.engine.setting import Setting
from allocator.findings.curve_series import CurveSeries
from allocator.plan import LinePlan, Plan
from allocator.scenario import LoadedScenario

POINTS = 61  # of a drawn curve
UNPROVEN = (
    "No plan was found that keeps every rule in its share of the draws. There may be one: the safe "
    "form that is searched asks for more than the rules do, and no proof says that there is none."
)
BEYOND = 1.25  # a drawn curve reaches this far past the largest amount on it


def curve_series(
    setting: Setting, plan: Plan, free: Mapping[str, float] | None = None
) -> tuple[CurveSeries, ...]:
    """Every line's response to the KPI of the objective, as a page draws it.

    ``free``: line -> total in the plan without rules, where there is one.
    """
    return tuple(_series(setting, plan, line, free) for line in plan.lines)


def _series(
    setting: Setting, plan: Plan, one: LinePlan, free: Mapping[str, float] | None
) -> CurveSeries:
    curves, kpi, line = setting.curves, setting.kpi, one.line
    observed = _observed(setting, line)
    without = free[line] if free is not None else None
    marks = [one.total, one.reference, one.reference_scaled, observed or 0.0, without or 0.0]
    top = min(BEYOND * max(marks), curves.largest_total(line)) or 1.0
    totals = np.linspace(0, top, POINTS)
    profile = setting.profile.sel(line=line).to_numpy()
    curve = curves.steady(kpi, line, profile, setting.window)
    draws, slopes = curve.value(totals), curve.slope(totals).mean(axis=0).tolist()
    p10, p50, p90 = np.quantile(draws, [0.1, 0.5, 0.9], axis=0)
    return CurveSeries(
        line=line, channel=one.channel, kpi=kpi, unit=curves.units[kpi],
        totals=tuple(totals.tolist()),
        p10=tuple(p10.tolist()), p50=tuple(p50.tolist()), p90=tuple(p90.tolist()),
        reference=one.reference_scaled, planned=one.total, observed=observed,
        mean=tuple(draws.mean(axis=0).tolist()),
        next_unit=tuple(slope if np.isfinite(slope) else None for slope in slopes),
        unconstrained=without,
    )  # fmt: skip


def _observed(setting: Setting, line: str) -> float | None:
    """The largest total the history holds in as many weeks as the plan has, at its prices."""
    history = setting.curves.history
    if history is None:
        return None
    spent = history.sel(line=line).to_numpy()
    weeks = min(setting.window.weeks, len(spent))
    sums = np.convolve(spent, np.ones(weeks), mode="valid")
    return float(sums.max() * setting.curves.price[setting.curves.lines.index(line)])


def refusal(loaded: LoadedScenario, why: Infeasibility) -> str:
    """Why there is no plan, as a planner reads it: reasons, rules in conflict, ways out."""
    parts = ["No plan satisfies all rules." if why.proven else UNPROVEN]
    parts += [f"  {reason}" for reason in why.reasons]
    if why.conflict:
        parts.append(
            (
                "These cannot hold together; without any one of them a plan exists:"
                if why.proven
                else "With these none was found; without any one of them one was:"
            )
            if why.irreducible
            else "These cannot hold together; among them may be some that are not needed for it:"
        )
        parts += [
            f"  {_place(loaded, item.rule, item.place)}: {item.words}" for item in why.conflict
        ]
    if why.ways_out:
        parts.append("Any one of these changes is enough, each tried:")
        parts += [
            f"  {_place(loaded, item.rule, item.place)}: {item.change}" for item in why.ways_out
        ]
    return "\n".join(parts)


def refusal_json(loaded: LoadedScenario, why: Infeasibility) -> dict[str, object]:
    """The same as data."""
    return {
        "status": "infeasible" if why.proven else "no plan found",
        "scenario": {"id": loaded.scenario.id, "digest": loaded.digest},
        "reasons": list(why.reasons),
        "conflict": [
            {"rule": item.rule, "words": item.words, **_at(loaded, item.rule, item.place)}
            for item in why.conflict
        ],
        "ways_out": [
            {
                "rule": item.rule, "change": item.change, "write": _within(item),
                **_at(loaded, item.rule, item.place),
            }
            for item in why.ways_out
        ],
    }  # fmt: skip


def _within(way: WayOut) -> dict[str, object]:
    """What to write, by its place within the rule: ``spend.min``; of the budget: ``exactly``."""
    start = 1 if way.place is None else 2
    return {".".join(map(str, place[start:])): value for place, value in way.edits.items()}


def _written(loaded: LoadedScenario, rule: str, place: int | None) -> tuple[str, int]:
    """(file, line); what is no rule of the list stands under its own key."""
    return loaded.place((rule,) if place is None else ("constraints", place))


def _at(loaded: LoadedScenario, rule: str, place: int | None) -> dict[str, object]:
    file, line = _written(loaded, rule, place)
    return {"file": file, "line": line}


def _place(loaded: LoadedScenario, rule: str, place: int | None) -> str:
    file, line = _written(loaded, rule, place)
    at = f"{Path(file)}:{line}" if line else file  # what a command line says has no lines
    return f"{at}: {rule}"
