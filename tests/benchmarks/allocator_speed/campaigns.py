"""Two thousand campaigns in fifty groups, a rule for each group."""

from __future__ import annotations

from allocator.constraints._base import Row

from .market import Size, hill_market, posed
from .ours import forgotten, ours
from .part import Table, percent, seconds

SIZE = Size(2000, 20)
GROUPS = 50
SMALL = Size(500, 20)
LEAST, MOST = 0.015, 0.03  # of the budget: a group of average size has 0.02
LIMIT = 60.0


def campaigns() -> Table:
    """CPU and gap at two sizes."""
    rows = []
    for size in (SMALL, SIZE):
        curves, budget = hill_market(2, size)
        problem = posed(curves, 0.8 * budget, rows=group_rules(tuple(curves), 0.8 * budget))
        found = ours(forgotten(problem), seconds=LIMIT)
        rows.append((f"{size.lines:,}", str(GROUPS), seconds(found.cpu), percent(found.gap)))
    return Table(
        ("campaigns", "group rules", "CPU s", "gap"),
        rows,
        f"{SIZE.draws} draws × {SIZE.weeks} weeks, concave and S-shaped; half of the rules ask for "
        f"at least {LEAST:.1%} of the budget, half allow at most {MOST:.0%}. Stopped after "
        f"{LIMIT:.0f} s.",
    )


def group_rules(lines: tuple[str, ...], budget: float) -> list[Row]:
    """Every other group spends at least LEAST, the others at most MOST of the budget."""
    rows = []
    for group in range(GROUPS):
        members = lines[group::GROUPS]
        least = group % 2 == 0
        sign, share = (1.0, LEAST) if least else (-1.0, MOST)
        rows.append(
            Row(
                f"group-{group}", "together", "min" if least else "max", sign * share * budget,
                dict.fromkeys(members, sign),
            )
        )  # fmt: skip
    return rows
