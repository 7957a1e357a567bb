"""Does a plan keep the scenario? Read off the raw file in plain Python, apart from the engine.

Nothing of the product is used: amounts, percentages and selectors are read anew, responses are
straight lines between the points of the tables.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.qa.question import Question

CENT = 0.01
EXACT = 1e-9  # relative, of sums of floats


@dataclass(frozen=True)
class Spent:
    """A plan on its question. ``blur`` is what a line's rounding may move it by: a cent, or 0."""

    question: Question
    totals: Mapping[str, float]
    blur: float

    def spend(self, lines: list[str]) -> float:
        """Of these lines."""
        return sum(self.totals[line] for line in lines)

    def mean(self, kpi: str, lines: list[str]) -> float:
        """Mean outcome over the draws."""
        return sum(outcome(self.question, kpi, line, self.totals[line]) for line in lines)


def outcome(question: Question, kpi: str, line: str, total: float) -> float:
    """Mean over the draws of the table at a total: straight lines between its points."""
    points = question.points
    right = min(max(bisect_right(points, total), 1), len(points) - 1)
    left = right - 1
    part = (total - points[left]) / (points[right] - points[left])
    draws = question.response[kpi][line]
    return sum(d[left] + part * (d[right] - d[left]) for d in draws) / len(draws)


def rate(question: Question, kpi: str, line: str, total: float) -> float:
    """Mean outcome of the next unit at a total; at a point of the table the larger of both."""
    near = [max(total - CENT, 0.0), min(total + CENT, question.points[-1])]
    steps = [
        (outcome(question, kpi, line, b) - outcome(question, kpi, line, a)) / (b - a)
        for a, b in ((near[0], total), (total, near[1]))
        if b > a
    ]
    return max(steps)


def value(question: Question, totals: Mapping[str, float]) -> float:
    """The objective of the scenario: a KPI, or margin on revenue less spend."""
    goal = question.data["objective"]["maximise"]
    if goal != "profit":
        return sum(outcome(question, goal, line, total) for line, total in totals.items())
    margin = number(question.data["economics"]["margin"])
    earned = sum(outcome(question, "revenue", line, total) for line, total in totals.items())
    return margin * earned - sum(totals.values())


def number(written: Any) -> float:
    """``240k``, ``2.0M``, ``35%``, ``-30%`` or a plain number."""
    if not isinstance(written, str):
        return float(written)
    for ending, factor in (("%", 0.01), ("k", 1e3), ("M", 1e6)):
        if written.endswith(ending):
            return float(written[:-1]) * factor
    return float(written)


def chosen(question: Question, selectors: Any) -> list[str]:
    """Lines by name, by their channel, or all."""
    if selectors == "all":
        return list(question.lines)
    return [
        line
        for line in question.lines
        if any(line == name or line.startswith(name + "/") for name in selectors)
    ]


def groups(question: Question, rule: Mapping[str, Any]) -> list[list[str]]:
    """The lines that a rule speaks of: one by one, or together."""
    if "together" in rule:
        return [chosen(question, rule["together"])]
    return [[line] for line in chosen(question, rule["each"])]


def broken(question: Question, totals: Mapping[str, float], *, cents: bool) -> list[str]:
    """Ids of the rules that a plan breaks, the budget among them.

    ``cents``: the plan is in whole cents, and rounding may have moved each line by one.
    """
    plan = Spent(question, totals, CENT if cents else 0.0)
    found = [] if _budget(plan) else ["budget"]
    for rule in question.data.get("constraints", ()):
        if "soft" in rule:
            continue
        ((key, body),) = ((key, rule[key]) for key in KINDS if key in rule)
        if not all(KINDS[key](plan, lines, body) for lines in groups(question, rule)):
            found.append(rule["id"])
    return found


def _budget(plan: Spent) -> bool:
    budget = plan.question.data["budget"]
    spent = sum(plan.totals.values())
    if "exactly" in budget:
        return abs(spent - number(budget["exactly"])) < CENT / 2
    if "least_for" in budget:
        sought = budget["least_for"]
        target = {sought["kpi"]: {"min": sought["at_least"]}}
        within = spent < number(sought["at_most"]) + CENT / 2
        return within and _kpi(plan, list(plan.question.lines), target)
    return spent < number(budget["at_most"]) + CENT / 2


def _spend(plan: Spent, lines: list[str], body: Mapping[str, Any]) -> bool:
    blur = plan.blur * len(lines) + EXACT * plan.spend(lines)
    held = [low <= plan.spend(lines) + blur for low in [number(body.get("min", 0))]]
    if "max" in body:
        held.append(plan.spend(lines) - blur <= number(body["max"]))
    if "between" in body:
        known = [line for line in lines if plan.question.reference[line] > 0]
        base = sum(plan.question.reference[line] for line in known)
        low, high = ((1 + number(change)) * base for change in body["between"])
        held += [low <= plan.spend(known) + blur, plan.spend(known) - blur <= high] if known else []
    return all(held)


def _share(plan: Spent, lines: list[str], body: Mapping[str, Any]) -> bool:
    whole = chosen(plan.question, body.get("of", "all"))
    total = plan.spend(whole)
    if total <= 0:
        return True
    part = plan.spend(lines) / total
    blur = plan.blur * (len(lines) + len(whole)) / total + EXACT
    return number(body.get("min", 0)) <= part + blur and part - blur <= number(body.get("max", 1))


def _ratio(plan: Spent, lines: list[str], body: Mapping[str, Any]) -> bool:
    others = chosen(plan.question, body["to"])
    one, two = plan.spend(lines), plan.spend(others)
    low, high = number(body.get("min", 0)), body.get("max")
    blur = plan.blur * (len(lines) + len(others)) + EXACT * (one + two)
    kept = one + blur * (1 + low) >= low * two
    return kept and (high is None or one <= number(high) * two + blur * (1 + number(high)))


def _linear(plan: Spent, lines: list[str], body: Mapping[str, Any]) -> bool:
    weights = body["spend"]
    total = sum(weight * plan.totals[line] for line, weight in weights.items())
    blur = plan.blur * sum(map(abs, weights.values())) + 1e-6 * sum(
        abs(weight) * plan.totals[line] for line, weight in weights.items()
    ) * (plan.blur > 0)
    low, high = body.get("min", -math.inf), body.get("max", math.inf)
    return number(low) <= total + blur and total - blur <= number(high)


def _kpi(plan: Spent, lines: list[str], body: Mapping[str, Any]) -> bool:
    for kpi, limits in body.items():
        mean = plan.mean(kpi, lines)
        blur = (1e-6 if plan.blur else EXACT) * mean + _moved(plan, kpi, lines)
        low, high = limits.get("min", 0), limits.get("max", math.inf)
        if not (number(low) <= mean + blur and mean - blur <= number(high)):
            return False
    return True


def _moved(plan: Spent, kpi: str, lines: list[str]) -> float:
    """What rounding each line by a cent can move the outcome by: much, where a curve is steep."""
    return sum(plan.blur * abs(rate(plan.question, kpi, line, plan.totals[line])) for line in lines)


def _few(plan: Spent, lines: list[str], body: Mapping[str, Any]) -> bool:
    return sum(plan.totals[line] > 0 for line in lines) <= body["lines"]


def _after(plan: Spent, lines: list[str], body: Mapping[str, Any]) -> bool:
    first = chosen(plan.question, body["lines"])
    full = plan.spend(first) + plan.blur * len(first) >= number(body["spend"])
    return full or plan.spend(lines) == 0


def _next(plan: Spent, lines: list[str], body: Mapping[str, Any]) -> bool:
    (line,) = lines
    if plan.totals[line] == 0:
        return True
    brought = rate(plan.question, body["kpi"], line, plan.totals[line])
    return brought >= number(body["min"]) * (1 - (1e-6 if plan.blur else EXACT))


def _roas(plan: Spent, lines: list[str], body: Mapping[str, Any]) -> bool:
    spent, floor = plan.spend(lines), number(body["min"])
    if spent <= 0:
        return True
    blur = floor * (2 * plan.blur * len(lines) / spent + (1e-6 if plan.blur else EXACT))
    return (
        plan.mean(body["kpi"], lines) + _moved(plan, body["kpi"], lines)
    ) / spent >= floor - blur


def _cac(plan: Spent, lines: list[str], body: Mapping[str, Any]) -> bool:
    spent, cap = plan.spend(lines), number(body["max"])
    if spent <= 0:
        return True
    people = plan.mean(body["kpi"], lines) + _moved(plan, body["kpi"], lines)
    blur = 2 * plan.blur * len(lines) / spent + (1e-6 if plan.blur else EXACT)
    return people > 0 and spent / people <= cap * (1 + blur)


def _active(plan: Spent, lines: list[str], body: Mapping[str, Any]) -> bool:
    spent = plan.spend(lines)
    return spent == 0 or spent >= number(body["min"]) - plan.blur


KINDS: Mapping[str, Callable[[Spent, list[str], Mapping[str, Any]], bool]] = {
    "spend": _spend,
    "share": _share,
    "roas": _roas,
    "cac": _cac,
    "active": _active,
    "ratio": _ratio,
    "linear": _linear,
    "kpi": _kpi,
    "at_most": _few,
    "after": _after,
    "marginal_roas": _next,
}
"""key of a rule in the file -> does the plan keep it for these lines?"""
