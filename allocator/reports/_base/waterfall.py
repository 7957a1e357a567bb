"""Drawings of differences: a whisker beside a zero line, and a bridge that closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from allocator.reports._base.svg import element, number, picture

WIDTH, NAMES, VALUES = 800.0, 130.0, 260.0
ROW, TOP, BAR = 34.0, 8.0, 16.0
MARGIN = 2.0  # percent


@dataclass(frozen=True)
class Scale:
    """Ends that hold every drawn value and zero."""

    low: float
    high: float

    @staticmethod
    def of(values: Sequence[float]) -> Scale:
        """The least scale with zero on it."""
        low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
        return Scale(low, high if high > low else low + 1.0)

    def percent(self, value: float) -> str:
        """A place on the width."""
        share = (value - self.low) / (self.high - self.low)
        return f"{number(MARGIN + share * (100 - 2 * MARGIN))}%"


def whisker(mean: float, ends: tuple[float, float], scale: Scale, finding: str) -> Markup:
    """A dot with its 80 % range against zero; places are percentages of the cell."""
    look = "up" if mean >= 0 else "down"
    at = scale.percent
    return picture(
        None,
        finding,
        element("line", class_="zero", x1=at(0.0), x2=at(0.0), y1=2.0, y2=22.0),
        element("line", class_=f"span {look}", x1=at(ends[0]), x2=at(ends[1]), y1=12.0, y2=12.0),
        element("circle", class_=look, cx=at(mean), cy=12.0, r=4.5),
        class_="whisker",
        width="100%",
        height="24",
    )


@dataclass(frozen=True)
class Bar:
    """A step: its name, what it adds, its 80 % range, and how it is written."""

    name: str
    mean: float
    ends: tuple[float, float]
    said: str


def waterfall(steps: Sequence[Bar], total: Bar, finding: str) -> Markup:
    """Steps from zero, each beginning where the last one ended, and the total they close to."""
    places: list[tuple[Bar, float, float]] = []
    reached = 0.0
    for step in steps:
        places.append((step, reached, reached + step.mean))
        reached += step.mean
    places.append((total, 0.0, total.mean))
    edges = [edge for step, start, end in places for edge in (start, end)]
    edges += [start + edge for step, start, _ in places for edge in step.ends]
    scale = Scale.of(edges)
    room = WIDTH - NAMES - VALUES

    def x(value: float) -> float:
        return NAMES + (value - scale.low) / (scale.high - scale.low) * room

    height = TOP * 2 + ROW * len(places)
    parts = [element("line", class_="zero", x1=x(0.0), x2=x(0.0), y1=TOP, y2=height - TOP)]
    for place, (step, start, end) in enumerate(places):
        y = TOP + ROW * place
        last = place == len(places) - 1
        look = "total" if last else "up" if step.mean >= 0 else "down"
        parts += [
            element("text", step.name, x=NAMES - 12, y=y + 21, text_anchor="end",
                    class_="value" if last else ""),
            element("rect", class_=look, x=min(x(start), x(end)), y=y + 8,
                    width=max(abs(x(end) - x(start)), 1.0 if step.mean else 0.0), height=BAR),
            element("line", class_="range", x1=x(start + step.ends[0]), x2=x(start + step.ends[1]),
                    y1=y + 8 + BAR / 2, y2=y + 8 + BAR / 2),
            element("text", step.said, x=WIDTH - VALUES + 12, y=y + 21,
                    class_="value" if last else ""),
        ]  # fmt: skip
        if not last:
            parts.append(
                element("line", class_="tie", x1=x(end), x2=x(end), y1=y + 8 + BAR, y2=y + ROW + 8)
            )
    return picture((WIDTH, height), finding, *parts, class_="waterfall")
