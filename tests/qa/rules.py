"""Rules at random that a given plan keeps, as they stand in a scenario file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tests.qa.checker import outcome, rate
from tests.qa.question import Question

POT = 100_000.0
"""About what there is to spend."""

Entry = dict[str, Any]
Plan = Mapping[str, float]


def some(rng: np.random.Generator, question: Question) -> tuple[str, list[str], Any]:
    """(form, lines, selectors): each or together, of one, several or all lines."""
    form = str(rng.choice(["each", "together"]))
    if rng.random() < 0.3:
        return form, list(question.lines), "all"
    count = int(rng.integers(1, len(question.lines) + 1))
    lines = [str(name) for name in rng.permutation(question.lines)[:count]]
    return form, lines, lines


def sums(form: str, lines: list[str], amounts: Mapping[str, float]) -> list[float]:
    """What each group of a rule has."""
    each = [amounts[line] for line in lines]
    return each if form == "each" else [sum(each)]


def _limits(rng: np.random.Generator, question: Question, plan: Plan) -> Entry:
    form, lines, names = some(rng, question)
    has = sums(form, lines, plan)
    low, high = min(has) * rng.uniform(0.3, 1), max(has) * rng.uniform(1, 1.5)
    sides = {"min": float(np.floor(low)), "max": f"{np.ceil(high / 1000):.0f}k"}
    kept = [str(side) for side in rng.permutation(["min", "max"])[: int(rng.integers(1, 3))]]
    return {form: names, "spend": {side: sides[side] for side in kept}}


def _moves(rng: np.random.Generator, question: Question, plan: Plan) -> Entry | None:
    form, lines, names = some(rng, question)
    pairs = [
        (a, b)
        for a, b in zip(
            sums(form, lines, plan), sums(form, lines, question.reference), strict=True
        )
        if b > 0
    ]  # fmt: skip
    if not pairs or (form == "together" and any(question.reference[line] == 0 for line in lines)):
        return None
    low = min(100 * (a / b - 1) for a, b in pairs) - rng.uniform(0, 30)
    high = max(100 * (a / b - 1) for a, b in pairs) + rng.uniform(0, 30)
    between = [f"{max(np.floor(low), -100):+.0f}%", f"{np.ceil(high):+.0f}%"]
    between = [text.replace("+0%", "0%").replace("-0%", "0%") for text in between]
    return {
        form: names,
        "spend": {"from": "reference", "between": between, "new_lines": "exempt"},
    }


def _share(rng: np.random.Generator, question: Question, plan: Plan) -> Entry:
    form, lines, names = some(rng, question)
    has = [100 * x / sum(plan.values()) for x in sums(form, lines, plan)]
    low = max(0.0, np.floor(min(has) * rng.uniform(0.4, 1) * 10) / 10)
    high = min(100.0, np.ceil(max(has) * rng.uniform(1, 1.4) * 10) / 10)
    body = {"max": f"{high:g}%"} if rng.random() < 0.6 else {"min": f"{low:g}%"}
    return {form: names, "share": body}


def _roas(rng: np.random.Generator, question: Question, plan: Plan) -> Entry | None:
    form, lines, names = some(rng, question)
    earned = {line: outcome(question, "revenue", line, plan[line]) for line in lines}
    pairs = zip(sums(form, lines, earned), sums(form, lines, plan), strict=True)
    ratios = [a / b for a, b in pairs if b > 0 and a > 0]
    if not ratios:
        return None
    floor = float(f"{min(ratios) * rng.uniform(0.5, 0.99):.3g}")
    return {form: names, "roas": {"kpi": "revenue", "min": floor}}


def _cac(rng: np.random.Generator, question: Question, plan: Plan) -> Entry | None:
    form, lines, names = some(rng, question)
    people = {line: outcome(question, "new_customers", line, plan[line]) for line in lines}
    pairs = list(zip(sums(form, lines, plan), sums(form, lines, people), strict=True))
    if any(a > 0 and b <= 0 for a, b in pairs) or not any(b > 0 for _, b in pairs):
        return None
    cap = max(a / b for a, b in pairs if b > 0) * rng.uniform(1.01, 1.6)
    return {form: names, "cac": {"kpi": "new_customers", "max": round(cap + 0.005, 2)}}


def _active(rng: np.random.Generator, question: Question, plan: Plan) -> Entry | None:
    _, lines, names = some(rng, question)
    least = min((plan[line] for line in lines if plan[line] > 0), default=POT / 5)
    least = float(np.floor(least * rng.uniform(0.3, 1)))
    return {"each": names, "active": {"min": least}} if least > 0 else None


def _part(rng: np.random.Generator, question: Question, plan: Plan) -> Entry | None:
    """A share of a group's spend, not of all."""
    if len(question.lines) < 3:
        return None
    group = [str(name) for name in rng.permutation(question.lines)[:3]]
    if sum(plan[line] for line in group) <= 0:
        return None
    has = 100 * plan[group[0]] / sum(plan[line] for line in group)
    high = min(100.0, np.ceil(has * rng.uniform(1, 1.4) * 10) / 10)
    return {"each": group[:1], "share": {"max": f"{high:g}%", "of": group}}


def _ratio(rng: np.random.Generator, question: Question, plan: Plan) -> Entry | None:
    lines = [str(name) for name in rng.permutation(question.lines)]
    cut = int(rng.integers(1, len(lines)))
    one, two = lines[:cut], lines[cut:]
    first, second = (sum(plan[line] for line in group) for group in (one, two))
    if first <= 0 or second <= 0:
        return None
    bodies = {"max": first / second * rng.uniform(1.01, 1.5),
              "min": first / second * rng.uniform(0.5, 0.99)}  # fmt: skip
    side = str(rng.choice(list(bodies)))
    return {"together": one, "ratio": {"to": two, side: float(f"{bodies[side]:.5g}")}}


def _linear(rng: np.random.Generator, question: Question, plan: Plan) -> Entry:
    weights = {line: round(float(rng.uniform(-2, 5)), 2) for line in question.lines}
    has = sum(weight * plan[line] for line, weight in weights.items())
    room = abs(has) * rng.uniform(0.01, 0.3) + 100
    side = {"max": float(np.ceil(has + room))} if rng.random() < 0.5 else {
        "min": float(np.floor(has - room))
    }  # fmt: skip
    return {"together": "all", "linear": {"spend": weights, **side}}


def _kpi(rng: np.random.Generator, question: Question, plan: Plan) -> Entry:
    form, lines, names = some(rng, question)
    kpi = str(rng.choice(list(question.response)))
    has = sums(form, lines, {line: outcome(question, kpi, line, plan[line]) for line in lines})
    if rng.random() < 0.5:
        body = {"max": float(np.ceil(max(has) * rng.uniform(1.01, 1.3) + 1))}
    else:
        body = {"min": float(np.floor(min(has) * rng.uniform(0.5, 0.99)))}
    return {form: names, "kpi": {kpi: body}}


def _few(rng: np.random.Generator, question: Question, plan: Plan) -> Entry:
    on = sum(plan[line] > 0 for line in question.lines)
    most = int(rng.integers(on, len(question.lines) + 1))
    return {"together": "all", "at_most": {"lines": most}}


def _after(rng: np.random.Generator, question: Question, plan: Plan) -> Entry:
    first, then = (str(name) for name in rng.permutation(question.lines)[:2])
    least = plan[first] if plan[then] > 0 else POT / 4
    if least < 1:
        first, then, least = then, first, plan[then] if plan[first] > 0 else POT / 4
    full = max(float(np.floor(least * rng.uniform(0.5, 1))), 0.01)
    return {"each": [then], "after": {"lines": [first], "spend": full}}


def _next(rng: np.random.Generator, question: Question, plan: Plan) -> Entry | None:
    """A floor on what the next unit of money brings, line by line."""
    _, lines, names = some(rng, question)
    rates = [rate(question, "revenue", line, plan[line]) for line in lines if plan[line] > 0]
    if not rates or min(rates) <= 0:
        return None
    floor = float(f"{min(rates) * rng.uniform(0.3, 0.98):.3g}")
    return {"each": names, "marginal_roas": {"kpi": "revenue", "min": floor}}


MAKERS: Mapping[str, Callable[..., Entry | None]] = {
    "limits": _limits,
    "moves": _moves,
    "share": _share,
    "roas": _roas,
    "cac": _cac,
    "active": _active,
    "part": _part,
    "ratio": _ratio,
    "linear": _linear,
    "kpi": _kpi,
    "few": _few,
    "after": _after,
    "next": _next,
}
"""What draws a rule that the plan keeps; None where there is nothing to say."""
