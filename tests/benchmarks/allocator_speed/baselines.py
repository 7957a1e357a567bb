"""The same S-shaped curves given to ours and to what others do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .local_search import (
    best_average,
    equal_split,
    every_split,
    exchange,
    many_starts,
    slsqp,
    worth,
)
from .market import Size, hill_market, posed
from .ours import ours, untouched
from .part import Table, percent, seconds, timed, times

SIZE = Size(20, 200)
SLOPES = (1.5, 4.0)
SHARE = 0.5
STEPS = 1000  # of the budget: as fine as Meridian's grid at its coarsest
STARTS = 16


def baselines() -> Table:
    """Value lost against the best known, and CPU seconds."""
    curves, budget = hill_market(3, SIZE, slopes=SLOPES)
    problem = posed(curves, SHARE * budget)
    start, unit = equal_split(problem), problem.budget.total
    said: dict[str, str] = {}

    def climb(name: str, unit: float) -> np.ndarray:
        found = slsqp(problem, start, unit=unit)
        said[name] = "success" if found.success else "failure"
        return found.spend

    def meridian(name: str) -> np.ndarray:
        spend, unspent = best_average(problem, STEPS)
        said[name] = f"{percent(unspent)} of the budget not spent"
        return spend

    ways: dict[str, Callable[[str], np.ndarray]] = {
        "SLSQP, equal split, in currency": lambda name: climb(name, 1.0),
        "SLSQP, equal split, scaled": lambda name: climb(name, unit),
        f"SLSQP, {STARTS} starts, scaled": lambda _: many_starts(problem, STARTS, seed=1),
        "grid, from the worst line to the best": lambda _: exchange(problem, STEPS),
        "grid, the best average first, as Meridian": meridian,
        "grid, every split (dynamic programming)": lambda _: every_split(problem, STEPS),
    }
    found = ours(untouched(problem))
    results = {name: timed(lambda way=way, name=name: way(name)) for name, way in ways.items()}
    values = {name: worth(problem, spend) for name, (spend, _) in results.items()}
    most = max(found.value, *values.values())
    rows = [
        ("ours", percent(1 - found.value / most), seconds(found.cpu), "1",
         f"proven within {percent(found.gap)}"),
        *(
            (name, percent(1 - values[name] / most), seconds(cpu), times(cpu / found.cpu),
             said.get(name, ""))
            for name, (_, cpu) in results.items()
        ),
    ]  # fmt: skip
    return Table(
        ("", "short of the best known", "CPU s", "times ours", "says"),
        rows,
        f"{SIZE.lines} S-shaped lines × {SIZE.draws} draws × {SIZE.weeks} weeks; grids of "
        f"{STEPS:,} steps.",
    )
