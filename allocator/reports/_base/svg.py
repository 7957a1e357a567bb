"""SVG as text. Every name and every text is escaped here, once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from allocator.reports._base.names import clean

Point = tuple[float, float]


def element(name: str, *children: str, **attributes: str | float) -> Markup:
    """``<name a="…">children</name>``; text children and attributes are escaped.

    An attribute's trailing underscore is dropped and others become hyphens (``class_``,
    ``text_anchor``). Raises ValueError for a number that is not finite.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_value(value))}"'
        for key, value in attributes.items()
    )
    inner = Markup("").join(
        child if isinstance(child, Markup) else escape(clean(child)) for child in children
    )
    return Markup(f"<{name}{said}>{inner}</{name}>")


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else number(value)


def number(value: float) -> str:
    """A coordinate with two decimals at most."""
    if not math.isfinite(value):
        raise ValueError(f"a coordinate of {value}")
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def path(points: Iterable[Point]) -> str:
    """The ``d`` of a line through the points."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def area(upper: Sequence[Point], lower: Sequence[Point]) -> str:
    """The ``d`` of the area between two lines over the same x."""
    return path([*upper, *reversed(lower)]) + "Z"


def picture(size: Point | None, title: str, *children: Markup, **more: str) -> Markup:
    """A drawing with its finding in words for those who do not see it.

    ``size`` is that of the coordinates; None where places are percentages.
    """
    label = clean(title)
    box = {} if size is None else {"viewBox": f"0 0 {number(size[0])} {number(size[1])}"}
    return element(
        "svg", element("title", label), *children, **box, role="img", aria_label=label, **more
    )
