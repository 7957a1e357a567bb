"""Linear programmes of textbooks, written with `linear` rules: value and plan as printed.

Sources: Super Grain and Profit & Gamble, Hillier and Hillier, Introduction to Management Science;
Relax-and-Enjoy, Anderson, Sweeney and Williams, An Introduction to Management Science; Win Big,
Render and Stair, Quantitative Analysis for Management; Dorian Auto, Winston, Operations Research;
media buying, the example of Frontline Systems (solver.com).

A unit of a textbook is a POT of currency times what it costs there, so that cents are small.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case

from allocator.plan import Status

POT = 10_000.0  # so that a cent is a millionth of a unit
MOST = 100.0  # units: beyond all that the books allow


@dataclass(frozen=True)
class Book:
    """Goal of one unit of each line, rules (weights, min, max), most units, answer.

    cost: what a unit costs where the goal is to spend least; None: what it earns is maximised
    """

    goal: tuple[float, ...]
    rules: tuple[tuple[tuple[float, ...], float | None, float | None], ...]
    value: float
    units: tuple[float, ...]
    most: tuple[float, ...] = ()
    least_cost: bool = False


BOOKS = {
    "super-grain": Book(
        (1300, 600, 500),
        (
            ((300, 150, 100), None, 4000),
            ((90, 30, 40), None, 1000),
            ((1.2, 0.1, 0), 5, None),
            ((0.5, 0.2, 0.2), 5, None),
            ((0, 40, 120), 1490, 1490),
        ),
        16_175,
        (3, 14, 7.75),
        (5, MOST, MOST),
    ),
    "relax-and-enjoy": Book(
        (65, 90, 40, 60, 20),
        (
            ((1500, 3000, 400, 1000, 100), None, 30_000),
            ((1, 1, 0, 0, 0), 10, None),
            ((1500, 3000, 0, 0, 0), None, 18_000),
            ((1000, 2000, 1500, 2500, 300), 50_000, None),
        ),
        2370,
        (10, 0, 25, 2, 30),
        (15, 10, 25, 4, 30),
    ),
    "win-big": Book(
        (5000, 8500, 2400, 2800),
        (
            ((800, 925, 290, 380), None, 8000),
            ((0, 0, 1, 1), 5, None),
            ((0, 0, 290, 380), None, 1800),
        ),
        5000 * 1.96875 + 8500 * 5 + 2400 * 1800 / 290,  # printed as 67,240.3
        (1.96875, 5, 1800 / 290, 0),
        (12, 5, 25, 20),
    ),
    "profit-and-gamble": Book(
        (1, 2),
        (((0, 1), 3, None), ((3, 2), 18, None), ((-1, 4), 4, None)),
        10,
        (4, 3),
        least_cost=True,
    ),
    "dorian-auto": Book(
        (50, 100),
        (((7, 2), 28, None), ((2, 12), 24, None)),
        320,
        (3.6, 1.4),
        least_cost=True,
    ),
    "media-buying": Book(
        (500, 200, 250, 125),
        (((50, 25, 20, 15), 1500, None),),
        13_875,
        (18, 15, 0, 15),
        (20, 15, 10, 15),
        least_cost=True,
    ),
}


@pytest.mark.parametrize("name", BOOKS)
def test_as_printed(name: str, tmp_path: Path) -> None:
    book = BOOKS[name]
    lines = [f"l{place}" for place in range(len(book.goal))]
    price = np.array(book.goal if book.least_cost else np.ones(len(lines))) * POT
    ends = {line: [0.0, MOST * own] for line, own in zip(lines, price, strict=True)}
    earned = {
        line: np.array([[0.0, 0.0 if book.least_cost else MOST * goal]])
        for line, goal in zip(lines, book.goal, strict=True)
    }
    rules = []
    for number, (weights, low, high) in enumerate(book.rules):
        each = {i: w / own for i, w, own in zip(lines, weights, price, strict=True) if w}
        spend = ", ".join(f"{line}: {float(weight)!r}" for line, weight in each.items())
        ends_of = (("min", low), ("max", high))
        limits = ", ".join(f"{side}: {end}" for side, end in ends_of if end is not None)
        rules.append(f"{{id: r{number}, together: all, linear: {{spend: {{{spend}}}, {limits}}}}}")
    for line, most, own in zip(lines, book.most, price, strict=False):
        if most < MOST:
            rules.append(f"{{id: {line}-most, each: [{line}], spend: {{max: {most * own:.2f}}}}}")
    goal = "profit" if book.least_cost else "revenue"
    changes = (
        f"reference: {{flat: true, scale_to: 1k}}\nbudget: {{at_most: {price.sum() * MOST:.2f}}}\n"
        f"objective: {{maximise: {goal}}}\neconomics: {{margin: 100%}}\nrun: {{gap: 0.0001%}}\n"
        "constraints:\n" + "".join(f"  - {rule}\n" for rule in rules)
    )
    plan = run_case.planned(tmp_path, curve_case.tabulated(ends, {"revenue": earned}), changes)
    units = [line.total / own for line, own in zip(plan.lines, price, strict=True)]
    assert units == pytest.approx(book.units, abs=1e-5)
    value = float(np.dot(book.goal, units))
    assert value == pytest.approx(book.value, rel=1e-6)
    assert plan.certificate.status is Status.PROVEN
