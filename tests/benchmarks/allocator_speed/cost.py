"""Cost against size: lines, weeks and draws, one changed at a time."""

from __future__ import annotations

from dataclasses import replace

from .market import Size, hill_market, posed
from .ours import ours, untouched
from .part import Table, percent, seconds

BASE = Size(20, 100)
SIZES: dict[str, tuple[int, ...]] = {
    "lines": (5, 10, 20, 40, 80),
    "weeks": (4, 13, 26, 52),
    "draws": (25, 100, 400, 1600),
}


def cost() -> Table:
    """CPU seconds, tabulation included, and the gap."""
    rows, curves = [], {}
    for what, sizes in SIZES.items():
        points = []
        for count in sizes:
            size = replace(BASE, **{what: count})
            lines, budget = hill_market(6, size)
            found = ours(untouched(posed(lines, 0.8 * budget)))
            points.append((float(count), found.cpu))
            rows.append((
                what, f"{size.lines} × {size.weeks} × {size.draws:,}", seconds(found.cpu),
                percent(found.gap),
            ))  # fmt: skip
        curves[what] = points
    return Table(
        ("changed", "lines × weeks × draws", "CPU s", "gap"),
        rows,
        "Concave and S-shaped Hill curves, one amount a line, tabulation included.",
        curves,
    )
