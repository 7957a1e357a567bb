"""Questions at random, with a plan that keeps all of their rules known beforehand.

Rules are drawn around that plan (``rules``), so that a plan is known to exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tests.qa.part import PATIENCE
from tests.qa.question import KPIS, WEEKS, Question
from tests.qa.rules import MAKERS, POT

NAMES = ("tv", "search/brand", "search/generic", "social", "radio", "ooh")
POINTS = 17  # of every table, up to 1.6 times the budget
RULES = 4  # at most


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
        "objective": {"maximise": goal}, "run": {"time_limit": f"{PATIENCE:g}s"},
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
