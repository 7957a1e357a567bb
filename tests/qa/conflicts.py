"""Rules that contradict each other by construction, among harmless ones: named, and mended."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.engine.conflict.explain import Infeasibility
from tests.qa.checker import broken, number, outcome
from tests.qa.draw import draw
from tests.qa.part import Findings, Part
from tests.qa.question import Question, answer, totals_of
from tests.qa.rules import POT, Entry

BUDGET = "budget"
AMPLE = 3 * POT  # of money, where the budget is left out of the question


@dataclass(frozen=True)
class Planted:
    """Rules that cannot hold together, and whether the budget is one of those in conflict."""

    rules: list[Entry]
    budget: bool


def conflicts(seed: int) -> Findings:
    """One planted conflict: found, named with none to spare, and every way out tried."""
    rng = np.random.default_rng([10, seed])
    question, planted = plant(rng, seed)
    found = answer(question)
    why = found.infeasible
    if why is None:
        wrong = "a plan where there is none" if found.plan else "neither a plan nor a conflict"
        return {"found": wrong, "named": wrong}
    expected = {rule["id"] for rule in planted.rules} | ({BUDGET} if planted.budget else set())
    return {
        "found": None,
        "named": _named(question, {item.rule for item in why.conflict}, expected),
        "mended": _mended(question, why),
        "offered": None if why.ways_out else "no way out is offered",
    }


def _named(question: Question, named: set[str], planted: set[str]) -> str | None:
    if not planted <= named:
        return f"names {sorted(named)}, planted {sorted(planted)}"
    if answer(only(question, named)).plan is not None:
        return f"{sorted(named)} can hold together"
    spare = [rule for rule in sorted(named) if answer(only(question, named - {rule})).plan is None]
    return f"{', '.join(spare)} to spare" if spare else None


def only(question: Question, rules: Iterable[str]) -> Question:
    """The question with these rules alone; without the budget money is no object."""
    kept = [rule for rule in question.data["constraints"] if rule["id"] in rules]
    budget = question.data["budget"] if BUDGET in rules else {"at_most": AMPLE}
    return question.asking(constraints=kept, budget=budget)


def _mended(question: Question, why: Infeasibility) -> str | None:
    """Each way out written into the file, and the file planned again."""
    for way in why.ways_out:
        data: Any = copy.deepcopy(dict(question.data))
        for place, value in way.edits.items():
            here = data
            for part in place[:-1]:
                here = here[part]
            here[place[-1]] = value
        changed = question.asking(**data)
        found = answer(changed)
        if found.plan is None:
            return f"{way.rule}: {way.change}: still no plan"
        if wrong := broken(changed, totals_of(found), cents=True):
            return f"{way.rule}: {way.change}: the plan breaks {wrong}"
    return None


def plant(rng: np.random.Generator, seed: int) -> tuple[Question, Planted]:
    """Curves of ``draw``, an exact budget, one of the conflicts below and up to four rules that
    no plan can break."""
    question = draw(seed).question
    amount = round(POT * rng.uniform(0.6, 1.2), -3)
    question = question.asking(budget={"exactly": amount}, constraints=[])
    makers = list(CONFLICTS.values())
    planted: Planted | None = None
    while planted is None:
        planted = makers[int(rng.integers(len(makers)))](rng, question)
    named = [{"id": f"p{place}", **rule} for place, rule in enumerate(planted.rules)]
    loose = [
        {"id": f"h{place}", **rule}
        for place, rule in enumerate(harmless(rng, question)[: int(rng.integers(0, 5))])
    ]
    rules = [*named, *loose]
    order = rng.permutation(len(rules))
    return (
        question.asking(constraints=[rules[place] for place in order]),
        Planted(named, planted.budget),
    )


def harmless(rng: np.random.Generator, question: Question) -> list[Entry]:
    """Rules that hold whatever is spent."""
    lines = list(question.lines)
    some = [str(name) for name in rng.permutation(lines)[: int(rng.integers(1, len(lines) + 1))]]
    rules: list[Entry] = [
        {"each": some, "spend": {"max": f"{rng.integers(300, 900)}k"}},
        {"together": some, "share": {"max": "100%"}},
        {"each": "all", "share": {"min": "0%"}},
        {"each": some, "active": {"min": 0.01}},
        {"together": "all", "spend": {"min": 0}},
    ]
    return [rules[place] for place in rng.permutation(len(rules))]


def _two(rng: np.random.Generator, question: Question) -> tuple[list[str], list[str]]:
    """All lines in two groups."""
    lines = [str(name) for name in rng.permutation(question.lines)]
    cut = int(rng.integers(1, len(lines)))
    return lines[:cut], lines[cut:]


def _budget(question: Question) -> float:
    return number(question.data["budget"]["exactly"])


def minima(rng: np.random.Generator, question: Question) -> Planted:
    """Smallest amounts that add up to more than there is."""
    one, two = _two(rng, question)
    part = rng.uniform(0.2, 0.8)
    over = _budget(question) * rng.uniform(1.02, 1.3)
    return Planted(
        [
            {"together": one, "spend": {"min": round(over * part)}},
            {"together": two, "spend": {"min": round(over * (1 - part))}},
        ],
        budget=True,
    )


def maxima(rng: np.random.Generator, question: Question) -> Planted:
    """Largest amounts that cannot take all there is."""
    one, two = _two(rng, question)
    part, under = rng.uniform(0.2, 0.8), _budget(question) * rng.uniform(0.6, 0.98)
    return Planted(
        [
            {"together": one, "spend": {"max": round(under * part)}},
            {"together": two, "spend": {"max": round(under * (1 - part))}},
        ],
        budget=True,
    )


def shares(rng: np.random.Generator, question: Question) -> Planted:
    """Shares that leave no room for the rest, or ask for more than all."""
    one, two = _two(rng, question)
    side, whole = ("max", rng.uniform(60, 97)) if rng.random() < 0.5 else ("min", 110.0)
    part = rng.uniform(0.2, 0.8) if side == "max" else rng.uniform(0.3, 0.7)
    return Planted(
        [
            {"together": one, "share": {side: f"{whole * part:.1f}%"}},
            {"together": two, "share": {side: f"{whole * (1 - part):.1f}%"}},
        ],
        budget=True,
    )


def crossing(rng: np.random.Generator, question: Question) -> Planted:
    """A floor above a ceiling."""
    line = str(rng.choice(question.lines))
    low = _budget(question) * rng.uniform(0.2, 0.9)
    high = low * rng.uniform(0.3, 0.97)
    return Planted(
        [{"each": [line], "spend": {"min": round(low)}},
         {"together": [line], "spend": {"max": round(high)}}],
        budget=False,
    )  # fmt: skip


def relative(rng: np.random.Generator, question: Question) -> Planted | None:
    """More than last time, and less than last time."""
    known = [line for line in question.lines if question.reference[line] > 1000]
    if not known:
        return None
    line = str(rng.choice(known))
    up = int(rng.integers(5, 20))
    most = question.reference[line] * (1 + up / 100) * rng.uniform(0.6, 0.97)
    between = [f"+{up}%", f"+{up + int(rng.integers(5, 40))}%"]
    if question.reference[line] * (1 + up / 100) > 0.9 * _budget(question):
        return None
    return Planted(
        [{"each": [line], "spend": {"from": "reference", "between": between}},
         {"each": [line], "spend": {"max": round(most)}}],
        budget=False,
    )  # fmt: skip


def best_ratio(question: Question, kpi: str, line: str) -> float:
    """The best outcome for one unit of spend anywhere on the curve: at one of its points."""
    return max(outcome(question, kpi, line, point) / point for point in question.points[1:])


def return_of_all(rng: np.random.Generator, question: Question) -> Planted:
    """A return that no line has anywhere, with money that must be spent."""
    best = max(best_ratio(question, "revenue", line) for line in question.lines)
    floor = float(f"{best * rng.uniform(1.02, 2):.4g}")
    return Planted([{"together": "all", "roas": {"kpi": "revenue", "min": floor}}], budget=True)


def return_of_one(rng: np.random.Generator, question: Question) -> Planted:
    """A return that a line has nowhere, and a commitment to it."""
    line = str(rng.choice(question.lines))
    floor = float(f"{best_ratio(question, 'revenue', line) * rng.uniform(1.02, 2):.4g}")
    least = _budget(question) * rng.uniform(0.05, 0.6)
    return Planted(
        [{"each": [line], "roas": {"kpi": "revenue", "min": floor}},
         {"each": [line], "spend": {"min": round(least)}}],
        budget=False,
    )  # fmt: skip


def acquisition(rng: np.random.Generator, question: Question) -> Planted | None:
    """A cost per customer that a line has nowhere, and a commitment to it."""
    line = str(rng.choice(question.lines))
    cap = round(rng.uniform(0.5, 0.97) / best_ratio(question, "new_customers", line), 2)
    least = _budget(question) * rng.uniform(0.05, 0.6)
    if cap <= 0:
        return None
    return Planted(
        [{"together": [line], "cac": {"kpi": "new_customers", "max": cap}},
         {"each": [line], "spend": {"min": round(least)}}],
        budget=False,
    )  # fmt: skip


def buy(rng: np.random.Generator, question: Question) -> Planted:
    """A smallest buy above what a line may have, and a line that must be on."""
    line = str(rng.choice(question.lines))
    least = _budget(question) * rng.uniform(0.2, 0.6)
    return Planted(
        [{"each": [line], "active": {"min": round(least)}},
         {"each": [line], "spend": {"max": round(least * rng.uniform(0.4, 0.95))}},
         {"each": [line], "spend": {"min": round(least * rng.uniform(0.05, 0.3))}}],
        budget=False,
    )  # fmt: skip


def part_of_all(rng: np.random.Generator, question: Question) -> Planted:
    """A part of all spend that is more than a line may have."""
    line = str(rng.choice(question.lines))
    part = rng.uniform(20, 70)
    most = _budget(question) * part / 100 * rng.uniform(0.5, 0.95)
    return Planted(
        [{"each": [line], "share": {"min": f"{part:.1f}%"}},
         {"each": [line], "spend": {"max": round(most)}}],
        budget=True,
    )  # fmt: skip


CONFLICTS: Mapping[str, Callable[[np.random.Generator, Question], Planted | None]] = {
    "minima": minima,
    "maxima": maxima,
    "shares": shares,
    "crossing": crossing,
    "relative": relative,
    "return of all": return_of_all,
    "return of one": return_of_one,
    "acquisition": acquisition,
    "buy": buy,
    "part of all": part_of_all,
}


CONFLICTS_PART = Part(
    "conflicts",
    {
        "found": "a planted conflict is found infeasible",
        "named": "the set named contains it and has none to spare",
        "mended": "every way out offered works when it is written into the file",
        "offered": "there is at least one",
    },
    conflicts,
    instances=300,
    few=2,
    allowed={"named": 0.05},
)
