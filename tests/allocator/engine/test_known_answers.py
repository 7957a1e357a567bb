"""Allocation problems whose answer is printed in a book or follows from a closed form.

Sources: two channels with square roots, a textbook exercise; World Health Council, Hillier and
Lieberman, Introduction to Operations Research (dynamic programming); Finco, Winston, Operations
Research (dynamic programming); the S-shape switch and water-filling are exact by derivation.
"""

from __future__ import annotations

from pathlib import Path

import curve_case
import numpy as np
import pytest
import scenario_case

from allocator import run, verify
from allocator.plan import Status
from allocator.scenario import load as load_scenario
from mmm.curves import StraightLines, save
from mmm.curves import load as load_curves
from mmm.curves.importing import read_table

PART = 1e-6  # relative accuracy asked of a value
POT = 100_000.0  # currency of one unit of the textbook, so that cents are far below PART

HEALTH = ((0, 45, 70, 90, 105, 120), (0, 20, 45, 75, 110, 150), (0, 50, 70, 80, 100, 130))
FINCO = tuple((0, *(a * d + b for d in range(1, 7))) for a, b in ((7, 2), (3, 7), (4, 5)))
WATER = ((100, 0.02), (80, 0.01), (60, 0.03), (40, 0.005))
LEVELS = (80.49302465, 69.35697611, 50.14999924, 0.0)
MULTIPLIER = 0.3998310035


def steps(table: tuple[float, ...]) -> StraightLines:
    return StraightLines(np.arange(len(table), dtype=float), np.array([table], dtype=float))


def test_two_square_roots() -> None:
    problem = curve_case.separable([curve_case.root(10), curve_case.root(15)], 100)
    found = curve_case.found(problem)
    best = np.sqrt(100 * (10**2 + 15**2))  # Cauchy and Schwarz
    assert found.spend is not None
    assert problem.value(found.spend) == pytest.approx(best, rel=PART)
    assert found.certificate.bound >= best * (1 - 1e-12)
    assert found.spend["l0"] == pytest.approx(100 * 100 / 325, abs=0.01)  # 30.769


@pytest.mark.parametrize(
    ("budget", "best", "together"),
    [
        (1.0, 0.5, True),  # equal split: 0.4
        (2.0, 1.0, False),  # one channel: 0.8
        (1.3, 1.69 / 2.69, True),  # a hull alone bounds this by 0.65
        (np.sqrt(2) * 0.999, None, True),
        (np.sqrt(2) * 1.001, None, False),
    ],
)
def test_s_shapes_switch_at_the_square_root_of_two(
    budget: float, best: float | None, together: bool
) -> None:
    one, half = budget**2 / (1 + budget**2), 2 * (budget / 2) ** 2 / (1 + (budget / 2) ** 2)
    assert bool(one > half) == together
    problem = curve_case.separable([curve_case.hill(1, 1, 2)] * 2, budget)
    found = curve_case.found(problem)
    assert found.spend is not None
    assert problem.value(found.spend) == pytest.approx(best or max(one, half), rel=PART)
    assert found.certificate.bound >= max(one, half)
    assert found.certificate.bound - max(one, half) <= 1e-3 * max(one, half)
    expected = [0.0, budget] if together else [budget / 2, budget / 2]
    assert sorted(found.spend.values()) == pytest.approx(expected, abs=1e-3 * budget)


def test_exponential_water_filling() -> None:
    problem = curve_case.separable([curve_case.exponential(*pair) for pair in WATER], 200)
    found = curve_case.found(problem)
    assert found.spend is not None
    assert problem.value(found.spend) == pytest.approx(166.6976493584, rel=PART)
    assert list(found.spend.values()) == pytest.approx(LEVELS, abs=0.02)
    for (_, line), curve in problem.responses.items():  # Karush, Kuhn and Tucker
        slope = curve.slope(np.array([found.spend[line]])).item()
        if found.spend[line] > 1e-6:
            assert slope == pytest.approx(MULTIPLIER, rel=1e-3)
        else:
            assert slope <= MULTIPLIER


def test_world_health_council() -> None:
    problem = curve_case.separable([steps(table) for table in HEALTH], 5)
    found = curve_case.found(problem)
    assert found.spend is not None
    assert problem.value(found.spend) == pytest.approx(170, rel=PART)
    assert list(found.spend.values()) == pytest.approx([1, 3, 1], abs=1e-6)


def test_finco() -> None:
    problem = curve_case.separable([steps(table) for table in FINCO], 6)
    found = curve_case.found(problem)
    assert found.spend is not None
    assert problem.value(found.spend) == pytest.approx(49, rel=PART)
    assert list(found.spend.values()) == pytest.approx([4, 1, 1], abs=1e-6)


def _grid(end: float, *known: float) -> np.ndarray:
    """A table's points, the answer among them: a concave curve's table is best there too."""
    return np.unique(np.concatenate([end * np.linspace(0, 1, 81) ** 2, known]))


def _rows() -> dict[str, tuple[float, list[tuple[np.ndarray, np.ndarray]], float, list[float]]]:
    """name -> budget, (spend, response) of each line, value, split."""
    split = [100 * 100 / 325, 100 * 225 / 325]
    roots = [
        (x := _grid(100, at), factor * np.sqrt(x))
        for factor, at in zip((10, 15), split, strict=True)
    ]
    water = [
        (x := _grid(200, at), -top * np.expm1(-rate * x))
        for (top, rate), at in zip(WATER, LEVELS, strict=True)
    ]
    switch = np.linspace(0, 1.3, 131)
    s_shape = [(switch, switch**2 / (1 + switch**2))] * 2
    return {
        "roots": (100, roots, np.sqrt(32500), split),
        "water": (200, water, 166.6976493584, list(LEVELS)),
        "switch": (1.3, s_shape, 1.69 / 2.69, [0, 1.3]),
        "health": (5, [(np.arange(6), np.array(t)) for t in HEALTH], 170, [1, 3, 1]),
        "finco": (6, [(np.arange(7), np.array(t)) for t in FINCO], 49, [4, 1, 1]),
    }


@pytest.mark.parametrize("name", ["roots", "water", "switch", "health", "finco"])
def test_from_a_table_to_a_verified_plan(name: str, tmp_path: Path) -> None:
    budget, curves, value, split = _rows()[name]
    table = tmp_path / "table.csv"
    rows = [
        f"l{place},revenue,{float(x) * POT!r},{float(y) * POT!r}"
        for place, (spend, response) in enumerate(curves)
        for x, y in zip(spend, response, strict=True)
    ]
    table.write_text("channel,kpi,spend,response\n" + "\n".join(rows) + "\n")
    path = scenario_case.write_scenario(
        tmp_path,
        f"reference: {{flat: true}}\nbudget: {{exactly: {budget * POT:.2f}}}\nrun: {{gap: 0.01%}}",
    )
    save(read_table(table, currency="EUR", weeks=13), path.parent / "curves.nc")
    loaded = load_scenario(path)
    answer = run.plan(loaded, load_curves(loaded.curves_file), folder=path.parent)
    assert answer.plan is not None
    proof = answer.plan.certificate
    assert proof.status is Status.PROVEN
    assert proof.value == pytest.approx(value * POT, rel=PART)
    assert proof.bound >= value * POT * (1 - PART)
    totals = [line.total / POT for line in answer.plan.lines]
    if name == "switch":  # which of the two is a matter of taste
        totals.sort()
    assert totals == pytest.approx(split, abs=0.002 * budget)
    plan_file = path.parent / "plan.json"
    plan_file.write_text(answer.plan.to_json(), encoding="utf-8")
    verdict = verify.verify(plan_file)
    assert verdict.differences == ()
    assert verdict.compared > 100
