"""Small bars inside a table: reference above recommended, and spend week by week."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from allocator.reports._base.svg import element, picture

WIDTH = 200.0  # drawn without keeping proportions: the cell gives the real width
PAIR = 28.0
WEEKS = 24.0


def pair(reference: float, planned: float, largest: float, finding: str) -> Markup:
    """Two bars from zero, on one scale for the whole table; ``largest`` fills the width."""
    unit = WIDTH / largest if largest > 0 else 0.0
    return picture(
        (WIDTH, PAIR),
        finding,
        element("rect", class_="reference", x=0.0, y=4.0, width=reference * unit, height=8.0),
        element("rect", class_="planned", x=0.0, y=14.0, width=planned * unit, height=10.0),
        class_="pair",
        preserveAspectRatio="none",
    )


def weeks(shares: Sequence[float], largest: float, finding: str) -> Markup:
    """One bar a week: its share of the total, on one scale for all rows."""
    step = WIDTH / len(shares)
    gap = 0.15 * step
    unit = WEEKS / largest if largest > 0 else 0.0
    bars = (
        element(
            "rect", class_="planned", x=place * step + gap / 2, y=WEEKS - share * unit,
            width=step - gap, height=share * unit,
        )
        for place, share in enumerate(shares)
    )  # fmt: skip
    return picture((WIDTH, WEEKS), finding, *bars, class_="weeks", preserveAspectRatio="none")
