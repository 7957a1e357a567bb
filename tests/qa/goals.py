"""The least money for a target, and the most of an outcome for that money: two ways to one answer.

A plan that keeps the rules and reaches the target is known beforehand. Where c is the least cost
of the target t and v(B) the most that at most B buys, v(B) < t for every B < c ≤ B' gives
v(B') ≥ t: the search for money and the search for outcome, of which neither knows the other,
must meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from allocator.plan import Plan, Status
from tests.qa.checker import broken, outcome
from tests.qa.draw import draw
from tests.qa.part import Findings, Part
from tests.qa.question import KPIS, Question, answer, totals_of

RANDOM = 150  # plans drawn beside the engine's
SAME = 1e-9
AIM = 2e-5  # of the value: what the search is content with, twice
CENTS = 0.01  # a line, which rounding may cost besides
LESS = 1 - 1e-6


def goals(seed: int) -> Findings:
    """One target, between six tenths of what the known plan brings and all of it."""
    rng = np.random.default_rng([10, seed])
    drawn = draw(seed)
    kpi = KPIS[int(rng.integers(len(KPIS)))]
    brings, costs = reached(drawn.question, kpi, drawn.witness), sum(drawn.witness.values())
    target = float(f"{brings * rng.uniform(0.6, 0.999):.5g}") if brings > 0 else 0.0
    if not 0 < target <= brings:
        return {}
    most = round(costs * rng.uniform(1, 1.4) + 1, 2)
    sought = {"least_for": {"kpi": kpi, "at_least": target, "at_most": most}}
    question = seeking(drawn.question, sought)
    found = answer(question)
    if found.plan is None:
        return {"witness": "a plan reaches the target and none was found"}
    totals, proof = totals_of(found), found.plan.certificate
    wrong = broken(question, totals, cents=True)
    others = list(rivals(rng, question, [drawn.witness, totals]))
    cheapest = min(sum(plan.values()) for plan in others)
    spent, blur = sum(totals.values()), CENTS * len(totals)
    return {
        "witness": None,
        "kept": f"breaks {', '.join(wrong)}" if wrong else None,
        "bound": _unless(-proof.bound <= cheapest * (1 + SAME), -proof.bound, cheapest),
        "least": _unless(spent <= cheapest * (1 + AIM) + blur, spent, cheapest),
        "proven": _unless(proof.status is Status.PROVEN, proof.status, Status.PROVEN),
        **_met(question, kpi, target, found.plan),
    }


def _met(question: Question, kpi: str, target: float, plan: Plan) -> dict[str, str | None]:
    """The other way round: the most for this money, and for less than the bound says."""
    spent, least = sum(line.total for line in plan.lines), -plan.certificate.bound
    enough = _most(question, kpi, spent)
    findings = {"enough": _unless(enough[1] >= target * LESS, enough, target)}
    less = round(least * (1 - 1e-4) - CENTS, 2)
    if less > 0:
        short = _most(question, kpi, less)
        findings["short"] = _unless(short[0] < target, short, target)
    return findings


def _most(question: Question, kpi: str, money: float) -> tuple[float, float]:
    """(reached, bound) of the KPI for at most so much money; nothing where there is no plan."""
    data = {**question.data, "budget": {"at_most": round(money, 2)}, "objective": {"maximise": kpi}}
    plan = answer(replace(question, data=data)).plan
    return (0.0, 0.0) if plan is None else (plan.certificate.value, plan.certificate.bound)


def seeking(question: Question, budget: Mapping[str, object]) -> Question:
    """The question with a budget that is its own goal."""
    kept = {k: v for k, v in question.data.items() if k not in ("objective", "economics")}
    return replace(question, data={**kept, "budget": budget})


def reached(question: Question, kpi: str, plan: Mapping[str, float]) -> float:
    """Mean outcome of a plan."""
    return sum(outcome(question, kpi, line, total) for line, total in plan.items())


def rivals(
    rng: np.random.Generator, question: Question, centres: list[Mapping[str, float]]
) -> Iterator[dict[str, float]]:
    """The plan known, and random cheaper ones, that keep the rules and reach the target exactly."""
    if wrong := broken(question, centres[0], cents=False):
        raise AssertionError(f"the witness breaks {wrong}: a fault of the suite")
    yield dict(centres[0])
    for place in range(RANDOM):
        centre = np.array(list(centres[place % len(centres)].values()))
        far = rng.dirichlet(np.full(len(centre), 0.5)) * centre.sum()
        step = float(rng.choice([1.0, 0.2, 0.02]))
        mixed = ((1 - step) * centre + step * far) * rng.uniform(0.9, 1.02)
        other = dict(zip(question.lines, mixed.tolist(), strict=True))
        if max(other.values()) <= question.points[-1] and not broken(question, other, cents=False):
            yield other


def _unless(holds: bool, found: object, against: object) -> str | None:
    return None if holds else f"{found} against {against}"


GOALS = Part(
    "goals",
    {
        "witness": "a plan is found for a target that a known plan reaches",
        "kept": "every rule of the raw file holds and the target is reached, to the cent",
        "bound": "no random plan that reaches it costs less than the bound",
        "least": "nor less than the plan",
        "proven": "the plan is proven within its gap",
        "enough": "the most that its money buys is the target or more",
        "short": "the most that less than the bound buys is less than the target",
    },
    goals,
    instances=300,
)
