"""Figures and tables as text: they fit 100 columns and survive a pipe."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mmm.terminal import WIDTH


def console() -> Console:
    """Standard output, 100 columns wide at most, and exactly that in a pipe."""
    out = Console(highlight=False)
    out.width = min(out.width, WIDTH) if out.is_terminal else WIDTH
    return out


def three_digits(value: float) -> str:
    """Three significant digits with k, M or bn: 1234567 is 1.23M, 1700 is 1.70k, 0 is 0."""
    if value == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    for limit, mark in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(rounded) >= limit:
            return f"{rounded / limit:#.3g}".rstrip(".") + mark
    return f"{rounded:#.3g}".rstrip(".")


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table with the first column to the left and the figures to the right."""
    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for place, head in enumerate(heads):
        made.add_column(
            head,
            justify="left" if place == 0 else "right",
            overflow="fold" if place == 0 else "ellipsis",
            no_wrap=place > 0,
        )
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made
