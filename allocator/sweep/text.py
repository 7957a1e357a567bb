"""Results of a sweep on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from allocator.sweep.listing import Row

COLUMNS = ("cell", "status", "budget", "value", "gain", "p10 to p90", "better")


def results_table(rows: Sequence[Row]) -> Table:
    """What a planner looks at first, a row a cell; amounts in whole units of the objective."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, head in enumerate(COLUMNS):
        left = place < 2
        made.add_column(
            head, justify="left" if left else "right", overflow="fold", no_wrap=not left
        )
    for row in rows:
        made.add_row(*map(Text, _cells(row)))
    return made


def _cells(row: Row) -> tuple[str, ...]:
    better = row.get("better")
    between = f"{_whole(row, 'gain_p10')} to {_whole(row, 'gain_p90')}" if "gain" in row else ""
    status = row["status"].removesuffix(" within gap")
    if "value" not in row and row.get("binding"):
        status = f"{status}: {', '.join(row['binding'].split())}"
    return (
        row["cell"], status, _whole(row, "budget"), _whole(row, "value"), _whole(row, "gain"),
        between, "" if better is None else f"{better:.0%}",
    )  # fmt: skip


def _whole(row: Row, column: str) -> str:
    return f"{row[column]:,.0f}" if column in row else ""
