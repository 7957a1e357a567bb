"""Curves + what is spent → Assessment: the only conductor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from allocator.assess.platform import Report
from allocator.assess.standing import Hurdle, standing
from allocator.engine.figures.document import interval
from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.figures.ratios import ratios
from allocator.engine.figures.risk import worth
from allocator.engine.figures.worth import evaluate, goal_name, objective_draws
from allocator.engine.setting import Setting, settle
from allocator.engine.solve import solve
from allocator.findings.assessment import SCHEMA_VERSION, Assessment, sealed_assessment
from allocator.quantities import RESOLVED
from allocator.scenario import Constraint, LoadedScenario
from mmm.card import Verdict
from mmm.curves import ResponseCurves

Step = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """basis: which spend it is about, in words; hurdle: see ``hurdle_of``; move: how far lines may
    move for the frontier, a fraction."""

    basis: str
    hurdle: float | None
    move: float


def assess(
    loaded: LoadedScenario,
    curves: ResponseCurves,
    asked: Asked,
    *,
    reports: Sequence[Report] = (),
    step: Step = lambda _: None,
) -> Assessment:
    """Where the reference of a question stands. Raises InputError where they do not fit."""
    step("bringing spend and curves together")
    setting = settle(loaded, curves)
    plan = evaluate(setting, setting.reference)
    hurdle = hurdle_of(setting, asked.hurdle)
    step("finding every line on its curve")
    lines = [standing(setting, plan, line, hurdle) for line in curves.lines]
    lines.sort(key=lambda entry: (-entry["spend"], entry["line"]))
    step("asking for the best split nearby")
    frontier = _frontier(loaded, curves, plan, asked.move)
    return sealed_assessment(
        {
            "schema_version": SCHEMA_VERSION,
            "curves": curves.digest,
            "currency": setting.scenario.currency,
            "units": curves.units,
            "basis": asked.basis,
            "start": str(setting.weeks.start),
            "weeks": setting.weeks.weeks,
            "objective": goal_name(setting),
            "unit": setting.terms.unit,
            "hurdle": hurdle.least,
            "hurdle_words": hurdle.words,
            "spend": plan.money(),
            **ratios(setting, plan),
            "beyond": round(sum(entry["beyond"] for entry in lines), 2),
            "lines": lines,
            "frontier": frontier,
            "reported": [_reported(setting, plan, report) for report in reports],
            "notes": _notes(setting),
        }
    )


def hurdle_of(setting: Setting, stated: float | None) -> Hurdle:
    """What the next unit of money must bring.

    Of a goal that is money a return for one unit of currency, 1 if it is not said: it pays for
    itself. Of a goal that is counted the most that one more may cost; none if it is not said.
    """
    currency, kpi = setting.scenario.currency, setting.kpi
    if setting.terms.unit == "currency":
        least = 1.0 if stated is None else stated
        what = kpi if setting.terms.spend == 0 else "margin"
        return Hurdle(least, f"the next {currency} 1 brings {currency} {least:g} of {what}")
    if stated is None:
        return Hurdle(None, f"no hurdle: say what one more of {kpi} may cost")
    return Hurdle(1 / stated, f"one more of {kpi} costs at most {currency} {stated:g}")


def _frontier(
    loaded: LoadedScenario, curves: ResponseCurves, now: Evaluated, move: float
) -> dict[str, Any] | None:
    rule = Constraint.model_validate(
        {
            "id": "nearby",
            "each": "all",
            "spend": {
                "from": "reference", "between": [-move, move], "new_lines": "exempt",
            },
        },
        context=RESOLVED,
    )  # fmt: skip
    off = [line for line in curves.lines if now.money([line]) <= 0]
    rules = [rule]
    if off:
        shut = {"id": "stays-off", "each": off, "spend": {"max": 0}}
        rules.append(Constraint.model_validate(shut))
    scenario = loaded.scenario.model_copy(update={"constraints": tuple(rules)})
    setting = settle(replace(loaded, scenario=scenario), curves)
    run = scenario.run
    near = setting.reference.to_numpy()
    found = solve(setting, time_limit=run.time_limit, seed=run.seed, near=near)
    if found.spend is None:
        return None
    best = evaluate(setting, setting.labelled(found.spend))
    gain = objective_draws(setting, best) - objective_draws(setting, now)
    if gain.mean() < 0:  # within rounding to cents: nothing nearby is better
        best, gain = now, np.zeros_like(gain)
    gap = max(0.0, found.certificate.bound - worth(setting, best))
    size = abs(float(objective_draws(setting, best).mean())) or 1.0
    return {
        "move": move,
        "gain": interval(gain),
        "better": float((gain > 0).mean()),
        "gap": gap,
        "proven": gap <= run.gap * size,
        "spend": {line: best.money([line]) for line in curves.lines},
    }


def _reported(setting: Setting, plan: Evaluated, report: Report) -> dict[str, Any]:
    """Incremental over reported: ratio of the mean, quantiles over the draws."""
    draws = plan.draws(report.kpi, (report.line,))
    spent = plan.money([report.line])
    money = setting.curves.units[report.kpi] == "currency"
    ratio = None
    if report.reported > 0 and spent > 0:
        ratio = report.reported / spent if money else spent / report.reported
    return {
        "line": report.line,
        "kpi": report.kpi,
        "reported": report.reported,
        "reported_ratio": ratio,
        "incremental": interval(draws),
        "factor": interval(draws / report.reported) if report.reported > 0 else None,
        "source": report.source,
    }


def _notes(setting: Setting) -> list[str]:
    verdict = setting.curves.health.verdict
    notes = []
    if verdict is Verdict.NOT_FITTED:
        notes.append("The curves were imported, not fitted here: how good they are is not known.")
    elif verdict is not Verdict.PASS:
        word = "asks for a review" if verdict is Verdict.REVIEW else "fails"
        notes.append(f"The fit's health card {word}: what it doubts holds for these figures too.")
    if setting.caps:
        notes.append(
            "No line goes further than 2 times its largest week in the search for a better split."
        )
    return notes
