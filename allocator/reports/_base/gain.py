"""The gain over the reference with its uncertainty, against a zero line: one drawing a comparison.

Places are percentages of the width, so that the text keeps its size on any screen.
"""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from allocator.plan import Interval, Plan
from allocator.reports._base.headline import compared
from allocator.reports._base.numbers import SURE, quantity
from allocator.reports._base.sought import shown
from allocator.reports._base.svg import element, number, picture

HEIGHT = 84.0
LINE = 44.0
MARGIN = 12.0  # percent; half of the widest label on a narrow screen


def gains(plan: Plan) -> tuple[tuple[str, Markup], ...]:
    """What the plan gains on, and the picture of that gain; none where it is what it is compared
    with. Mean (dot), 80 % (thick) and 90 % (thin) of each, on one scale that holds zero.
    """
    what = shown(plan)
    found = [(name, what.gain(difference)) for name, difference in compared(plan)]
    low = min((0.0, *(gain.p05 for _, gain in found)))
    high = max((0.0, *(gain.p95 for _, gain in found)))
    unit = (100 - 2 * MARGIN) / ((high - low) or 1.0)

    def x(value: float) -> str:
        return f"{number(MARGIN + (value - low) * unit)}%"

    def say(value: float) -> str:
        return quantity(value, what.unit, plan.currency)

    def finding(name: str, gain: Interval) -> str:
        sure = f"{SURE}: {say(gain.p10)} to {say(gain.p90)}"
        return f"Gain on {name}: {say(gain.mean)} ({sure})"

    return tuple((name, _drawn(finding(name, gain), gain, x, say)) for name, gain in found)


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
