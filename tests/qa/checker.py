"""Does a plan keep the scenario? Read off the raw file in plain Python, apart from the engine.

Nothing of the product is used: amounts, percentages and selectors are read anew, responses are
straight lines between the points of the tables.
"""

from __future__ import annotations

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
    total = sum(plan.totals.values())
    if total <= 0:
        return True
    part = plan.spend(lines) / total
    blur = plan.blur * (len(lines) + len(plan.totals)) / total + EXACT
    return number(body.get("min", 0)) <= part + blur and part - blur <= number(body.get("max", 1))


def _roas(plan: Spent, lines: list[str], body: Mapping[str, Any]) -> bool:
    spent, floor = plan.spend(lines), number(body["min"])
    if spent <= 0:
        return True
    blur = floor * (2 * plan.blur * len(lines) / spent + (1e-6 if plan.blur else EXACT))
    return plan.mean(body["kpi"], lines) / spent >= floor - blur


def _cac(plan: Spent, lines: list[str], body: Mapping[str, Any]) -> bool:
    spent, cap = plan.spend(lines), number(body["max"])
    if spent <= 0:
        return True
    people = plan.mean(body["kpi"], lines)
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
}
"""key of a rule in the file -> does the plan keep it for these lines?"""
