"""A hundred S-shaped lines, one budget."""

from __future__ import annotations

from .local_search import equal_split, slsqp, worth
from .market import Size, hill_market, posed
from .ours import ours, untouched
from .part import Table, percent, seconds, timed, times

SIZE = Size(100, 100)
SLOPES = (1.5, 4.0)
SHARE = 0.6  # of the budget at which every line would spend its scale: not all can be had


def s_shaped() -> Table:
    """Ours against SLSQP from the equal split."""
    curves, budget = hill_market(1, SIZE, slopes=SLOPES)
    problem = posed(curves, SHARE * budget)
    found = ours(untouched(problem))
    climbed, cpu = timed(lambda: slsqp(problem, equal_split(problem), unit=problem.budget.total))
    short = 1 - worth(problem, climbed.spend) / found.value
    return Table(
        ("", "CPU s", "times SLSQP's", "gap", "short of the best known"),
        (
            ("ours, tabulation included", seconds(found.cpu), times(found.cpu / cpu),
             percent(found.gap), percent(max(0.0, -short))),
            ("SLSQP from the equal split", seconds(cpu), "1", "none", percent(max(0.0, short))),
        ),
        f"{SIZE.lines} S-shaped lines (slopes around {SLOPES[0]} to {SLOPES[1]}) × {SIZE.draws} "
        f"draws × {SIZE.weeks} weeks.",
    )  # fmt: skip
