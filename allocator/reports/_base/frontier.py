"""Two lines on axes: what risk brings, and what money brings."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from allocator.reports._base.numbers import axis, round_up
from allocator.reports._base.svg import Point, area, element, path, picture

SIZE = (560.0, 300.0)
LEFT, RIGHT, TOP, BOTTOM = 64.0, 112.0, 40.0, 48.0
SIDES = {
    "right": ((10, 4), "start"),
    "left": ((-10, 4), "end"),
    "below": ((0, 20), "middle"),
    "above": ((0, -12), "middle"),
}
APART = 18.0  # points between two words, so that none lies on another
LETTER, HIGH, DOT = 6.6, 12.0, 6.0  # points: a letter's width, a word's height, half a dot
Box = tuple[float, float, float, float]
"""(left, right, top, bottom)"""


@dataclass(frozen=True)
class Mark:
    """A point with a word on one side of it; ``look``: planned, reference or rung."""

    at: Point
    word: str
    look: str
    side: str = "right"


@dataclass(frozen=True)
class Chart:
    """A line through points, its band and marks, and what the axes are called."""

    line: Sequence[Point]
    band: Sequence[tuple[float, float, float]]
    """(x, low, high); empty where there is none"""
    marks: Sequence[Mark]
    across: str
    up: str
    from_zero: bool = True
    """across; up always does"""


def chart(shown: Chart, finding: str) -> Markup:
    """The drawing; ``finding`` is what it says to who does not see it."""
    place = _places(shown)
    parts: list[Markup] = [*_axes(shown, place)]
    if shown.band:
        upper = [place((x, high)) for x, _, high in shown.band]
        lower = [place((x, low)) for x, low, _ in shown.band]
        parts.append(element("path", class_="band", d=area(upper, lower)))
    parts.append(element("path", class_="median", d=path([place(p) for p in shown.line])))
    for mark in shown.marks:
        x, y = place(mark.at)
        parts.append(element("circle", class_=mark.look, cx=x, cy=y, r=5.0))
    for mark, side, y in _apart(shown.marks, place):
        x, _ = place(mark.at)
        away, anchor = SIDES[side]
        parts.append(element("text", mark.word, x=x + away[0], y=y + away[1], text_anchor=anchor))
    return picture(SIZE, finding, *parts, class_="frontier")


def _ends(shown: Chart) -> tuple[tuple[float, float], tuple[float, float]]:
    xs = [x for x, _ in shown.line] + [mark.at[0] for mark in shown.marks]
    ys = [y for _, y in shown.line] + [mark.at[1] for mark in shown.marks]
    ys += [edge for _, low, high in shown.band for edge in (low, high)]
    across = _round(min(xs), max(xs)) if shown.from_zero else _near(min(xs), max(xs))
    return across, _round(min(ys), max(ys))


def _near(low: float, high: float) -> tuple[float, float]:
    """Round ends close to both."""
    step = round_up((high - low) / 4)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _round(low: float, high: float) -> tuple[float, float]:
    """Round ends that hold both and, where it is near, zero."""
    low = 0.0 if 0 < low < high else low
    top = round_up(high) if high > 0 else 0.0
    bottom = -round_up(-low) if low < 0 else 0.0
    return (bottom, top) if top > bottom else (bottom, bottom + 1.0)


def _places(shown: Chart) -> Callable[[Point], Point]:
    (left, right), (bottom, top) = _ends(shown)
    width, height = SIZE[0] - LEFT - RIGHT, SIZE[1] - TOP - BOTTOM

    def place(point: Point) -> Point:
        x, y = point
        return (
            LEFT + (x - left) / (right - left) * width,
            SIZE[1] - BOTTOM - (y - bottom) / (top - bottom) * height,
        )

    return place


def _axes(shown: Chart, place: Callable[[Point], Point]) -> list[Markup]:
    (left, right), (bottom, top) = _ends(shown)
    x0, y0 = place((left, bottom))
    x1, y1 = place((right, top))
    words = [
        element("line", class_="axis", x1=x0, x2=x1, y1=y0, y2=y0),
        element("text", shown.across, class_="quiet", x=(x0 + x1) / 2, y=y0 + 42,
                text_anchor="middle"),
        element("text", shown.up, class_="quiet", x=x0 - 60, y=y1 - 22),
    ]  # fmt: skip
    if left < 0 < right:
        zero = place((0.0, bottom))[0]
        words.append(element("line", class_="axis", x1=zero, x2=zero, y1=y0, y2=y1))
    if bottom < 0 < top:
        level = place((left, 0.0))[1]
        words.append(element("line", class_="axis", x1=x0, x2=x1, y1=level, y2=level))
    for value in dict.fromkeys((left, (left + right) / 2, right)):
        x, _ = place((value, bottom))
        words.append(
            element("text", axis(value), class_="quiet", x=x, y=y0 + 18, text_anchor="middle")
        )
    for value in dict.fromkeys((bottom, (bottom + top) / 2, top)):
        _, y = place((left, value))
        words.append(
            element("text", axis(value), class_="quiet", x=x0 - 6, y=y + 4, text_anchor="end")
        )
    return words


def _apart(marks: Sequence[Mark], place: Callable[[Point], Point]) -> list[tuple[Mark, str, float]]:
    """Each mark with the side of its word and its height.

    A word that would lie on a dot or on another word goes to another side, and where there is no
    room on any it is pushed down.
    """
    dots = [(mark, _around(*place(mark.at))) for mark in marks]
    placed: list[tuple[Mark, str, float]] = []
    boxes: list[Box] = []
    for mark in sorted((mark for mark in marks if mark.word), key=lambda m: place(m.at)[1]):
        x, y = place(mark.at)
        taken = [*boxes, *(box for other, box in dots if other is not mark)]
        wanted = dict.fromkeys((mark.side, *SIDES))  # its own side first
        free = (side for side in wanted if _free(_box(mark.word, side, x, y), taken))
        side = next(free, "")
        if not side:
            side = mark.side
            near = [h for o, at, h in placed if at == side and abs(place(o.at)[0] - x) < 120]
            y = max([y, *(h + APART for h in near)])
        placed.append((mark, side, y))
        boxes.append(_box(mark.word, side, x, y))
    return placed


def _around(x: float, y: float) -> Box:
    return x - DOT, x + DOT, y - DOT, y + DOT


def _box(word: str, side: str, x: float, y: float) -> Box:
    """What a word covers on this side of a point."""
    (across, down), anchor = SIDES[side]
    wide = LETTER * len(word)
    left = x + across - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
    return left, left + wide, y + down - HIGH, y + down


def _free(box: Box, taken: Sequence[Box]) -> bool:
    left, right, top, bottom = box
    inside = left >= 0 and right <= SIZE[0] and top >= 0 and bottom <= SIZE[1]
    return inside and not any(
        left < other[1] and other[0] < right and top < other[3] and other[2] < bottom
        for other in taken
    )
