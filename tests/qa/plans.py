"""What every plan promises: rules kept, a bound that is one, no plan overlooked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from allocator.plan import Status
from tests.qa.checker import broken, number, value
from tests.qa.draw import draw
from tests.qa.part import Findings, Part
from tests.qa.question import Question, answer, totals_of

RANDOM = 150  # plans drawn beside the engine's
AIM = 2e-5  # of the value: what the search is content with, twice
SLOPE = 20.0  # no table of ours earns more on a cent than this many
SAME = 1e-9


def plans(seed: int) -> Findings:
    """One question answered, and the answer held against the raw file and random plans."""
    drawn = draw(seed)
    question = drawn.question
    found = answer(question)
    others = list(rivals(np.random.default_rng([5, seed]), question, drawn.witness, found))
    best = max((value(question, plan) for plan in others), default=-np.inf)
    if found.plan is None:
        return {"witness": "a plan exists and none was found"}
    totals, proof = totals_of(found), found.plan.certificate
    wrong = broken(question, totals, cents=True)
    worth = value(question, totals)
    blur = AIM * abs(worth) + 0.01 * SLOPE * len(totals)
    findings = {
        "witness": None,
        "kept": f"breaks {', '.join(wrong)}" if wrong else None,
        "value": _not(abs(worth - proof.value) <= SAME * max(1.0, abs(worth)), worth, proof.value),
        "bound": _not(proof.bound >= best - SAME * abs(best), proof.bound, best),
        "best": _not(proof.value >= best - blur, proof.value, best),
        "proven": _not(proof.status is Status.PROVEN, proof.status, Status.PROVEN),
    }
    allowed = [plan for plan in references(question) if not broken(question, plan, cents=False)]
    if allowed:
        before = max(value(question, plan) for plan in allowed)
        least = before - SAME * abs(before) - 0.01 * SLOPE * len(totals)
        findings["reference"] = _not(proof.value >= least, proof.value, before)
    return findings


def _not(holds: bool, found: object, against: object) -> str | None:
    return None if holds else f"{found} against {against}"


def references(question: Question) -> Iterator[Mapping[str, float]]:
    """As spent, and scaled to the budget."""
    yield question.reference
    (amount,) = (number(question.data["budget"][key]) for key in question.data["budget"])
    total = sum(question.reference.values())
    if total > 0:
        yield {line: x * amount / total for line, x in question.reference.items()}


def rivals(
    rng: np.random.Generator, question: Question, witness: Mapping[str, float], found: object
) -> Iterator[dict[str, float]]:
    """The witness and random plans that keep every rule exactly: far away, and near the plan."""
    (kind, amount), *_ = question.data["budget"].items()
    lines, total = question.lines, number(amount)
    if wrong := broken(question, witness, cents=False):
        raise AssertionError(f"the witness breaks {wrong}: a fault of the suite")
    yield dict(witness)
    plan = getattr(found, "plan", None)
    centres = [np.array([witness[line] for line in lines])]
    if plan is not None:
        centres.append(np.array([line.total for line in plan.lines]))
    for place in range(RANDOM):
        centre = centres[place % len(centres)]
        spent = total if kind == "exactly" else total * rng.uniform(0.3, 1)
        far = rng.dirichlet(np.full(len(lines), 0.5)) * spent
        step = float(rng.choice([1.0, 0.2, 0.02]))
        mixed = (1 - step) * centre + step * far
        if kind == "exactly":
            mixed *= total / mixed.sum()
        other = dict(zip(lines, mixed.tolist(), strict=True))
        if max(other.values()) <= question.points[-1] and not broken(question, other, cents=False):
            yield other


PLANS = Part(
    "plans",
    {
        "witness": "a plan is found where one is known to exist",
        "kept": "every rule of the raw file holds, to the cent",
        "value": "the value stated is what the tables say",
        "bound": "no random plan that keeps the rules is worth more than the bound",
        "best": "nor more than the plan",
        "proven": "the plan is proven within its gap",
        "reference": "never worth less than a reference that is allowed",
    },
    plans,
)
