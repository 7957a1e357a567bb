"""The gain over the reference with its uncertainty, against a zero line: one drawing a comparison.

Places are percentages of the width, so that the text keeps its size on any screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from allocator.plan import Interval
from allocator.reports._base.svg import element, number, picture

HEIGHT = 84.0
LINE = 44.0
MARGIN = 12.0  # percent; half of the widest label on a narrow screen


def gains(rows: Sequence[tuple[str, Interval]], say: Callable[[float], str]) -> tuple[Markup, ...]:
    """Mean (dot), 80 % (thick) and 90 % (thin) of each, on one scale that holds zero.

    rows: what it says in words, and the gain; ``say`` writes a value.
    """
    low = min(0.0, *(gain.p05 for _, gain in rows))
    high = max(0.0, *(gain.p95 for _, gain in rows))
    unit = (100 - 2 * MARGIN) / ((high - low) or 1.0)

    def x(value: float) -> str:
        return f"{number(MARGIN + (value - low) * unit)}%"

    return tuple(_drawn(finding, gain, x, say) for finding, gain in rows)


def _drawn(
    finding: str, gain: Interval, x: Callable[[float], str], say: Callable[[float], str]
) -> Markup:
    def word(value: float, y: float, look: str) -> Markup:
        return element("text", say(value), class_=look, x=x(value), y=y, text_anchor="middle")

    return picture(
        None,
        finding,
        element("line", class_="zero", x1=x(0.0), x2=x(0.0), y1=16.0, y2=LINE + 12),
        element("text", "0", class_="quiet under", x=x(0.0), y=12.0, text_anchor="middle"),
        element("line", class_="thin", x1=x(gain.p05), x2=x(gain.p95), y1=LINE, y2=LINE),
        element("line", class_="thick", x1=x(gain.p10), x2=x(gain.p90), y1=LINE, y2=LINE),
        element("circle", class_="planned", cx=x(gain.mean), cy=LINE, r=6.0),
        word(gain.mean, LINE - 16, "value under"),
        word(gain.p10, LINE + 26, "quiet under"),
        word(gain.p90, LINE + 26, "quiet under"),
        class_="gain",
        height=number(HEIGHT),
        width="100%",
    )
