"""What changes most: a bar from the middle for every channel or line, the largest first.

Shapes carry their colours with them, so that the same drawing stands on a page and on paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from allocator.plan import Plan
from allocator.reports._base import numbers
from allocator.reports._base.fit import cut
from allocator.reports._base.svg import element, picture

ROWS = 7
STEP, HEAD = 18.0, 16.0
SIZE = 660.0
MIDDLE, HALF = 290.0, 125.0  # the zero line, length of the longest bar
SPENT, MOVED = 548.0, 660.0  # right ends of the two columns of figures
SIZE_OF_TEXT = 11.0
MORE, LESS = "#0072b2", "#8a8f98"


@dataclass(frozen=True)
class Move:
    """One row, as it is written."""

    name: str
    reference: float
    planned: float
    spent: str
    """``620k → 447k``"""
    moved: str
    """``−173k (−27.9 %)``"""


@dataclass(frozen=True)
class Moves:
    """Rows of the picture, its title, and what is not on it."""

    title: str
    rows: tuple[Move, ...]
    rest: str


def moves(plan: Plan) -> Moves:
    """Channels, or campaigns where money moves within them only; equals by name."""
    channels = {c.channel: (c.reference, c.spend) for c in plan.channels}
    lines = {line.line: (line.reference, line.total) for line in plan.lines}
    between, within = _moved(channels), _moved(lines)
    chosen, what = (channels, "channel") if between >= 0.25 * within else (lines, "line")
    changed = {name: pair for name, pair in chosen.items() if abs(pair[1] - pair[0]) >= 0.005}
    order = sorted(changed, key=lambda name: (-abs(changed[name][1] - changed[name][0]), name))
    rows = tuple(_move(name, *changed[name]) for name in order[:ROWS])
    left = {name: changed[name] for name in order[ROWS:]}
    said = []
    if left:
        size = numbers.money(_moved(left), plan.currency)
        said.append(f"{len(left)} more {what}s change, {size} at most between them")
    same = len(chosen) - len(changed)
    if same:
        said.append(f"{same} {what}{'s keep' if same > 1 else ' keeps'} what the reference has")
    title = f"What changes most, by {what}" if rows else f"No {what} changes"
    rest = "; ".join(said)
    return Moves(title, rows, rest[:1].upper() + rest[1:] + "." if rest else "")


def _moved(pairs: Mapping[str, tuple[float, float]]) -> float:
    """The larger of what is given and what is got, currency."""
    got = sum(max(0.0, new - old) for old, new in pairs.values())
    given = sum(max(0.0, old - new) for old, new in pairs.values())
    return max(got, given)


def _move(name: str, old: float, new: float) -> Move:
    change = numbers.change(new, old)
    moved = numbers.compact(new - old, signed=True) + (f" ({change})" if change else "")
    return Move(cut(name, 26), old, new, f"{numbers.compact(old)} → {numbers.compact(new)}", moved)


def drawing(found: Moves, currency: str, *, ink: str, quiet: str, font: str) -> Markup:
    """The picture. ink, quiet: colours of text; font: its family."""
    largest = max((abs(row.planned - row.reference) for row in found.rows), default=0.0) or 1.0
    height = HEAD + STEP * len(found.rows) + 4
    look: dict[str, str | float] = {"font_family": font, "font_size": SIZE_OF_TEXT}

    def text(x: float, y: float, words: str, anchor: str, fill: str) -> Markup:
        return element("text", words, x=x, y=y, text_anchor=anchor, fill=fill, **look)

    parts = [
        text(MIDDLE - 4, 10, "less", "end", quiet),
        text(MIDDLE + 4, 10, "more", "start", quiet),
        text(SPENT, 10, f"reference → plan, {currency}", "end", quiet),
        text(MOVED, 10, "change", "end", quiet),
    ]
    for place, row in enumerate(found.rows):
        top = HEAD + STEP * place
        size = HALF * (row.planned - row.reference) / largest
        parts += [
            text(0, top + 11.5, row.name, "start", ink),
            element(
                "rect", x=MIDDLE + min(0.0, size), y=top + 2, width=abs(size), height=STEP - 6,
                fill=MORE if size > 0 else LESS,
            ),
            text(SPENT, top + 11.5, row.spent, "end", ink),
            text(MOVED, top + 11.5, row.moved, "end", ink),
        ]  # fmt: skip
    parts.append(
        element("line", x1=MIDDLE, x2=MIDDLE, y1=HEAD - 2, y2=height - 2, stroke=quiet,
                stroke_width=0.75)
    )  # fmt: skip
    said = "; ".join(f"{row.name} {row.moved}" for row in found.rows)
    return picture((SIZE, height), f"{found.title}: {said}", *parts)
