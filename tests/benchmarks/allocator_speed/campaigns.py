"""Campaigns in groups, a rule for each group: two thousand in fifty at most."""

from __future__ import annotations

from allocator.constraints._base import Row

from .market import Size, hill_market, posed
from .ours import NoPlan, ours, untouched
from .part import Table, percent, seconds

DRAWS = 20
SIZES = ((200, 10), (2000, 50))
"""(campaigns, groups)"""
LEAST, MOST = 0.75, 1.5  # of an even share of the budget
LIMIT = 60.0  # seconds


def campaigns() -> Table:
    """CPU and gap at two sizes."""
    rows = []
    for lines, groups in SIZES:
        curves, budget = hill_market(2, Size(lines, DRAWS))
        total = 0.8 * budget
        problem = posed(curves, total, rows=group_rules(tuple(curves), groups, total))
        try:
            found = ours(untouched(problem), seconds=LIMIT)
            cpu, gap = found.cpu, percent(found.gap)
        except NoPlan as none:
            cpu, gap = none.cpu, f"no plan: {none.ended}"
        rows.append((f"{lines:,}", str(groups), seconds(cpu), gap))
    return Table(
        ("campaigns", "group rules", "CPU s", "gap"),
        rows,
        f"{DRAWS} draws × {Size.weeks} weeks, concave and S-shaped; half of the rules ask for at "
        f"least {LEAST:.0%} of an even share of the budget, half allow at most {MOST:.0%}. "
        f"Stopped after {LIMIT:.0f} s.",
    )


def group_rules(lines: tuple[str, ...], groups: int, budget: float) -> list[Row]:
    """Every other group spends at least LEAST, the others at most MOST of an even share."""
    rows = []
    for group in range(groups):
        least = group % 2 == 0
        sign, share = (1.0, LEAST) if least else (-1.0, MOST)
        rows.append(
            Row(
                f"group-{group}", "together", "min" if least else "max",
                sign * share * budget / groups, dict.fromkeys(lines[group::groups], sign),
            )
        )  # fmt: skip
    return rows
