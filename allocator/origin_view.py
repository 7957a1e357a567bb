"""Where the values of a scenario come from, and its variants, on the terminal."""

from __future__ import annotations

import os
from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.scenario import Cell, LoadedScenario, Origin, Scenario
from allocator.scenario.difference import Difference
from allocator.scenario.files.tree import FILE

DIGITS = 12
"""Of the digest of a plan that is named: as many as tell plans apart."""


def origins_view(loaded: LoadedScenario, origins: Sequence[Origin]) -> RenderableType:
    """What ``allocator show --why`` prints; files from the scenario's folder."""
    folder = os.path.dirname(loaded.document.file)
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("key", "value", "from"):
        made.add_column(head, overflow="fold")
    for one in origins:
        place = one.where
        if one.line:
            place = f"{os.path.relpath(one.file, folder or '.')}:{one.line}"
        beside = f" ({one.note})" if one.line and one.note != FILE else ""
        means = f" ({one.means[:DIGITS]})" if one.means else ""
        made.add_row(Text(one.path), Text(one.value + means), Text(place + beside))
    scenario = loaded.scenario
    title = Text(f"{scenario.title} ({scenario.id})", style="bold")
    return Group(title, Text(f"Files from {folder or 'here'}.", style="dim"), made)


def cells_view(base: Scenario, rows: Sequence[tuple[Cell, Sequence[Difference]]]) -> RenderableType:
    """What ``allocator show --variants`` prints: cells, and what differs from the first."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("cell", "differs from base in"):
        made.add_column(head, overflow="fold")
    for cell, parts in rows:
        said = "\n".join(f"{part.path}: {_side(part.a)} → {_side(part.b)}" for part in parts)
        nothing = "–" if cell is rows[0][0] else "nothing"
        made.add_row(Text(cell.name), Text(said or nothing))
    count = "1 cell" if len(rows) == 1 else f"{len(rows)} cells"
    return Group(Text(f"{base.title} ({base.id}): {count}", style="bold"), made)


def _side(value: str | None) -> str:
    return "–" if value is None else value
