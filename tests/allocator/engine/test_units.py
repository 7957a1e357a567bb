"""The answer does not depend on the unit of money or on the order of the lines."""

from __future__ import annotations

from dataclasses import replace

import curve_case
import numpy as np
import pytest

from allocator.constraints import MinimumIfActive, Row
from allocator.engine.problem import AllocationProblem, Budget, Limit
from allocator.engine.search import search
from allocator.objectives import Terms
from mmm.curves import ParametricCurves

CLOSE = 1e-4  # of the budget
FLAT = 1e-8  # of the value: plans so nearly equal are not unique within CLOSE
MONEY = ("spend", "exposure", "scale")


def _fitted(seed: int) -> ParametricCurves:
    rng = np.random.default_rng(seed)
    lines = tuple(f"l{place}" for place in range(int(rng.integers(3, 7))))
    market = curve_case.Market(
        lines=lines, kpis=("revenue",), draws=int(rng.integers(1, 21)), lags=3
    )
    return curve_case.parametric(seed, market)


def _problem(seed: int, *, unit: float = 1.0, order: list[int] | None = None) -> AllocationProblem:
    """The instance with money in units of 1/``unit``, its lines in another order."""
    fitted = _fitted(seed)
    rng = np.random.default_rng(seed)
    data = fitted.data.assign({name: fitted.data[name] * unit for name in MONEY})
    curves = ParametricCurves(data)
    names = list(curves.lines)
    ahead = curve_case.window(curves, 4, weekly=unit * 8000.0)
    budget = unit * len(names) * 4 * float(rng.uniform(4000, 20000))
    limits = tuple(
        Limit("limits", line, side, budget * share)
        for line, side, share in (
            (names[0], "min", rng.uniform(0, 0.3)),
            (names[1], "max", rng.uniform(0.2, 0.6)),
        )
    )
    minima = (MinimumIfActive("active", names[2], budget * rng.uniform(0.05, 0.3)),)
    cap = rng.uniform(0.4, 0.8)
    share = Row("share", "two", "max", 0.0, {n: cap - (n in names[:2]) for n in names})
    ordered = [names[place] for place in order] if order else names
    return AllocationProblem(
        tuple(ordered),
        Budget(budget, True),
        Terms({"revenue": 1.0}, 0.0, "currency"),
        {("revenue", n): curves.steady("revenue", n, np.full(4, 0.25), ahead) for n in ordered},
        dict.fromkeys(ordered, np.inf),
        limits,
        (share,),
        minima,
    )


def _shares(problem: AllocationProblem) -> dict[str, float]:
    found = search(problem, dict, time_limit=60, seed=0)
    assert found.spend is not None
    assert found.certificate.bound <= problem.value(found.spend) * (1 + 1e-3)
    return {line: amount / problem.budget.total for line, amount in found.spend.items()}


@pytest.fixture(scope="session")
def seeds(full: bool) -> range:
    return range(100 if full else 8)


def test_the_same_split_in_euros_thousands_and_cents_and_in_any_order(seeds: range) -> None:
    far: list[str] = []
    for seed in seeds:
        problem = _problem(seed)
        shares = _shares(problem)
        count = len(shares)
        order = np.random.default_rng(seed + 1).permutation(count).tolist()
        others = {
            "thousands": _problem(seed, unit=1e-3),
            "cents": _problem(seed, unit=100.0),
            "order": _problem(seed, order=order),
        }
        for name, other in others.items():
            again = _shares(other)
            apart = max(abs(again[line] - shares[line]) for line in shares)
            if apart > CLOSE and not _as_good(problem, shares, again):
                far.append(f"{seed} {name}: {apart:.2e}")
    assert far == []


def _as_good(problem: AllocationProblem, one: dict[str, float], two: dict[str, float]) -> bool:
    """Both plans are worth the same to FLAT: the optimum is not unique within CLOSE."""
    worth = [
        problem.value({line: share * problem.budget.total for line, share in plan.items()})
        for plan in (one, two)
    ]
    return abs(worth[0] - worth[1]) <= FLAT * abs(worth[0])


def test_a_unit_of_the_outcome_does_not_move_the_split() -> None:
    problem = _problem(2)
    shares = _shares(problem)
    for weight in (1e-6, 1e6):
        other = replace(problem, terms=Terms({"revenue": weight}, 0.0, "currency"))
        assert _shares(other) == pytest.approx(shares, abs=CLOSE)
