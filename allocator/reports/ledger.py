"""The money of a plan to the cent, line by line: for finance, as values. Sums are of cents."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.plan import Plan
from allocator.reports._base.numbers import MINUS
from allocator.reports._base.order import groups
from allocator.reports._base.tags import label


@dataclass(frozen=True)
class Booked:
    """A row: a channel with its sum, or a line beneath it."""

    name: str
    channel: bool
    reference: str
    planned: str
    moved: str


@dataclass(frozen=True)
class Ledger:
    """All rows, and the total."""

    rows: tuple[Booked, ...]
    total: Booked


def ledger(plan: Plan) -> Ledger:
    """Channels by recommended spend, each with its lines; a channel of one line is one row."""
    rows = []
    for group in groups(plan):
        channel = group.channel
        rows.append(_row(channel.channel, channel.reference, channel.spend, channel=True))
        if group.folded:
            rows += [_row(label(one), one.reference, one.total) for one in group.lines]
    totals = plan.totals
    return Ledger(tuple(rows), _row("Total", totals.reference.spend, totals.plan.spend))


def _row(name: str, reference: float, planned: float, *, channel: bool = False) -> Booked:
    before, after = round(100 * reference), round(100 * planned)
    moved = after - before
    sign = "+" if moved > 0 else ""
    return Booked(name, channel, _cents(before), _cents(after), sign + _cents(moved))


def _cents(amount: int) -> str:
    """``1,234.50``; ``−24.00``."""
    whole, rest = divmod(abs(amount), 100)
    return f"{MINUS if amount < 0 else ''}{whole:,}.{rest:02d}"
