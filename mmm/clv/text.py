"""The values on the terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from mmm.clv.file import ClvFile, Range, Segment
from mmm.console import table, three_digits


def clv_report(clv: ClvFile) -> RenderableType:
    """One row a segment, everybody last; below it how well orders were predicted, and notes."""
    money = clv.currency or "money"
    kind = "revenue" if clv.margin == 1 else f"margin {clv.margin:.0%}"
    title = (
        f"Value of a new customer in {money}, {kind}, {clv.horizon_weeks:g} weeks, "
        f"{clv.discount_rate:.0%} a year"
    )
    heads = ["", "customers", "value", "first order", "repeat", "repeat orders", "each"]
    rows = [_cells(name, part) for name, part in clv.segments.items()]
    rows.append(_cells("all", clv.total))
    made = table(title, heads, rows)
    made.columns[0].min_width = min(24, max(len(row[0]) for row in rows))
    parts: list[RenderableType] = [made]
    parts.append(Text("In brackets the 90 % interval of the average customer, not of each one."))
    if clv.holdout is not None:
        held = clv.holdout
        off = "" if held.error is None else f" ({held.error:+.0%})"
        parts.append(
            Text(
                f"Last {held.weeks:.0f} weeks held back: {held.predicted:,.0f} repeat orders "
                f"predicted, {held.actual:,} counted{off}."
            )
        )
    if clv.rows_without_consent is not None:
        parts.append(Text(f"{clv.rows_without_consent:,} rows without consent left out."))
    parts += [Text(note) for note in clv.notes]
    return Group(*parts)


def _cells(name: str, part: Segment) -> list[str]:
    return [
        name,
        f"{part.customers:,}",
        _range(part.value),
        three_digits(part.first_order.median),
        _range(part.repeat),
        _range(part.repeat_orders),
        three_digits(part.order_revenue.median),
    ]


def _range(one: Range) -> str:
    """``52.1 (48–57)``: the median and, with two digits, the ends."""
    low, high = (_end(float(f"{end:.2g}")) for end in (one.p05, one.p95))
    return f"{three_digits(one.median)} ({low}–{high})"


def _end(value: float) -> str:
    text = three_digits(value)
    number = text.rstrip("kMbn")
    return number.rstrip("0").rstrip(".") + text[len(number) :] if "." in number else text
