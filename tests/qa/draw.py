"""Questions at random, with a plan that keeps all of their rules known beforehand.

Most rules are drawn around that plan, so that a plan is known to exist; ``free`` rules are drawn
without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.qa.checker import outcome
from tests.qa.question import KPIS, WEEKS, Question

POT = 100_000.0
NAMES = ("tv", "search/brand", "search/generic", "social", "radio", "ooh")
POINTS = 17  # of every table, up to 1.6 times the budget
RULES = 4  # at most

Entry = dict[str, Any]


@dataclass(frozen=True)
class Drawn:
    """A question and a plan that keeps its rules: line -> total."""

    question: Question
    witness: Mapping[str, float]


def draw(seed: int) -> Drawn:
    """Two to six lines, one to four draws, up to RULES rules; the goal is a KPI or profit."""
    rng = np.random.default_rng([4, seed])
    bare = _bare(rng, [str(n) for n in rng.permutation(NAMES)[: int(rng.integers(2, 7))]])
    witness = _plan(rng, bare)
    makers = list(MAKERS.values())
    rules = []
    for place in range(int(rng.integers(0, RULES + 1))):
        rule = makers[int(rng.integers(len(makers)))](rng, bare, witness)
        if rule is not None:
            rules.append({"id": f"r{place}", **rule})
    return Drawn(bare.asking(constraints=rules), witness)


def _bare(rng: np.random.Generator, lines: list[str]) -> Question:
    points = (1.6 * POT * np.linspace(0, 1, POINTS) ** float(rng.choice([1.0, 1.5]))).tolist()
    draws = int(rng.integers(1, 5))
    worth = {"revenue": 2.0, "new_customers": 1 / 20}
    response = {
        kpi: {line: _heights(rng, points, draws, worth[kpi]) for line in lines} for kpi in KPIS
    }
    amount = round(POT * rng.uniform(0.6, 1.2), int(rng.choice([-3, 2])))
    budget = {"exactly" if rng.random() < 0.6 else "at_most": amount}
    shares = rng.dirichlet(np.ones(len(lines))) * POT * rng.uniform(0.7, 1.1)
    if rng.random() < 0.2:
        shares[0] = 0.0
    reference = {line: round(float(x), 2) for line, x in zip(lines, shares, strict=True)}
    goal = str(rng.choice(["revenue", "revenue", "new_customers", "profit"]))
    data = {
        "schema_version": 1, "id": "question", "title": "A question", "curves": "curves.nc",
        "period": {"start": "2027-W01", "weeks": WEEKS}, "currency": "EUR",
        "reference": {"table": "reference.csv"}, "budget": budget,
        "objective": {"maximise": goal},
        **({"economics": {"margin": f"{int(rng.integers(30, 100))}%"}} if goal == "profit" else {}),
    }  # fmt: skip
    return Question(data, points, response, reference)


def _heights(
    rng: np.random.Generator, points: list[float], draws: int, worth: float
) -> list[list[float]]:
    """Concave, S-shaped or rough, differing between draws in height."""
    at = np.array(points) / POT
    kind = rng.integers(3)
    if kind == 0:
        shape = 1 - np.exp(-rng.uniform(1, 6) * at)
    elif kind == 1:
        half, slope = rng.uniform(0.1, 0.7), rng.uniform(1.2, 4)
        shape = at**slope / (half**slope + at**slope)
    else:
        steps = rng.gamma(0.7, 1.0, len(at) - 1)
        shape = np.concatenate([[0.0], np.cumsum(steps)]) / steps.sum()
    top = worth * POT * rng.uniform(0.1, 0.8) * rng.lognormal(0, 0.3, (draws, 1))
    return (top * shape).tolist()


def _plan(rng: np.random.Generator, bare: Question) -> dict[str, float]:
    """Somewhere within the budget, in whole cents, some lines off."""
    (kind, amount), *_ = bare.data["budget"].items()
    lines = bare.lines
    on = rng.random(len(lines)) < 0.8
    on[int(rng.integers(len(lines)))] = True
    spent = amount if kind == "exactly" else round(amount * rng.uniform(0.5, 1), 2)
    cents = rng.multinomial(round(spent * 100), rng.dirichlet(np.ones(on.sum())))
    totals = np.zeros(len(lines))
    totals[on] = cents / 100
    return dict(zip(lines, totals.tolist(), strict=True))


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


def _limits(rng: np.random.Generator, question: Question, plan: Mapping[str, float]) -> Entry:
    form, lines, names = some(rng, question)
    has = sums(form, lines, plan)
    low, high = min(has) * rng.uniform(0.3, 1), max(has) * rng.uniform(1, 1.5)
    sides = {"min": float(np.floor(low)), "max": f"{np.ceil(high / 1000):.0f}k"}
    kept = [str(side) for side in rng.permutation(["min", "max"])[: int(rng.integers(1, 3))]]
    return {form: names, "spend": {side: sides[side] for side in kept}}


def _moves(rng: np.random.Generator, question: Question, plan: Mapping[str, float]) -> Entry | None:
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


def _share(rng: np.random.Generator, question: Question, plan: Mapping[str, float]) -> Entry:
    form, lines, names = some(rng, question)
    has = [100 * x / sum(plan.values()) for x in sums(form, lines, plan)]
    low = max(0.0, np.floor(min(has) * rng.uniform(0.4, 1) * 10) / 10)
    high = min(100.0, np.ceil(max(has) * rng.uniform(1, 1.4) * 10) / 10)
    body = {"max": f"{high:g}%"} if rng.random() < 0.6 else {"min": f"{low:g}%"}
    return {form: names, "share": body}


def _roas(rng: np.random.Generator, question: Question, plan: Mapping[str, float]) -> Entry | None:
    form, lines, names = some(rng, question)
    earned = {line: outcome(question, "revenue", line, plan[line]) for line in lines}
    pairs = zip(sums(form, lines, earned), sums(form, lines, plan), strict=True)
    ratios = [a / b for a, b in pairs if b > 0 and a > 0]
    if not ratios:
        return None
    floor = float(f"{min(ratios) * rng.uniform(0.5, 0.99):.3g}")
    return {form: names, "roas": {"kpi": "revenue", "min": floor}}


def _cac(rng: np.random.Generator, question: Question, plan: Mapping[str, float]) -> Entry | None:
    form, lines, names = some(rng, question)
    people = {line: outcome(question, "new_customers", line, plan[line]) for line in lines}
    pairs = list(zip(sums(form, lines, plan), sums(form, lines, people), strict=True))
    if any(a > 0 and b <= 0 for a, b in pairs) or not any(b > 0 for _, b in pairs):
        return None
    cap = max(a / b for a, b in pairs if b > 0) * rng.uniform(1.01, 1.6)
    return {form: names, "cac": {"kpi": "new_customers", "max": round(cap + 0.005, 2)}}


def _active(
    rng: np.random.Generator, question: Question, plan: Mapping[str, float]
) -> Entry | None:
    _, lines, names = some(rng, question)
    least = min((plan[line] for line in lines if plan[line] > 0), default=POT / 5)
    least = float(np.floor(least * rng.uniform(0.3, 1)))
    return {"each": names, "active": {"min": least}} if least > 0 else None


MAKERS: Mapping[str, Callable[..., Entry | None]] = {
    "limits": _limits,
    "moves": _moves,
    "share": _share,
    "roas": _roas,
    "cac": _cac,
    "active": _active,
}
"""What draws a rule that the plan keeps; None where there is nothing to say."""
