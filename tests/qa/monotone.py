"""More money or an easier rule never makes the best plan worse."""

from __future__ import annotations

from typing import Any

import numpy as np

from allocator.plan import Plan
from tests.qa.checker import number
from tests.qa.draw import draw
from tests.qa.part import Findings, Part
from tests.qa.question import Question, answer

AIM = 2e-5  # of the value: what the search is content with, twice
WORTH_OF_CENTS = 1.0  # rounding to cents, in units of the goal, with budgets of 100,000


def monotone(seed: int) -> Findings:
    """The question with at most this budget; with more of it; with one of its rules easier."""
    rng = np.random.default_rng([8, seed])
    question = draw(seed).question
    (amount,) = (number(value) for value in question.data["budget"].values())
    question = question.asking(budget={"at_most": amount})
    more = round(amount * float(rng.uniform(1.01, 1.3)), 2)
    findings: dict[str, str | None] = {
        "budget": _worse(question, question.asking(budget={"at_most": more}))
    }
    rules = question.data["constraints"]
    if rules:
        place = int(rng.integers(len(rules)))
        softer = [*rules[:place], easier(rules[place], rng), *rules[place + 1 :]]
        findings["rules"] = _worse(question, question.asking(constraints=softer))
    return findings


def _worse(tight: Question, loose: Question) -> str | None:
    """What is wrong where the easier question has the worse answer."""
    before, after = answer(tight).plan, answer(loose).plan
    if before is None:
        return None
    if after is None:
        return "no plan where the harder question has one"
    value, again = before.certificate.value, after.certificate
    if again.bound < value - 1e-9 * abs(value) - _cents(before):
        return f"a bound of {again.bound!r} where the harder question reaches {value!r}"
    if again.value < value - AIM * abs(value) - WORTH_OF_CENTS:
        return f"{again.value!r} where the harder question reaches {value!r}"
    return None


def _cents(plan: Plan) -> float:
    """What a cent more on every line brings at the plan's average return.

    A plan in whole cents may stand a cent beyond a rule that the bound keeps exactly.
    """
    spent = max(plan.totals.plan.spend, 0.01)
    return 0.01 * len(plan.lines) * abs(plan.certificate.value) / spent


def easier(rule: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """The rule with every limit moved to its easier side by up to 30 %."""
    by = float(rng.uniform(0, 0.3))
    return {key: _moved(key, body, by) for key, body in rule.items()}


def _moved(name: str, written: Any, by: float) -> Any:
    if isinstance(written, dict):
        return {key: _moved(key, value, by) for key, value in written.items()}
    if name == "between":
        low, high = (100 * number(change) for change in written)
        return [f"{max(low - 100 * by, -100):+.1f}%", f"{high + 100 * by:+.1f}%"]
    if name not in ("min", "max"):
        return written
    limit = number(written)
    amount = limit - by * abs(limit) if name == "min" else limit + by * abs(limit)
    if isinstance(written, str) and written.endswith("%"):
        return f"{min(100 * amount, 100):.4f}%"
    return round(amount, 2) if abs(amount) > 1 else amount


MONOTONE = Part(
    "monotone",
    {
        "budget": "a larger at_most budget is worth at least as much",
        "rules": "so is any rule with an easier limit",
    },
    monotone,
    few=2,
)
