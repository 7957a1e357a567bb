"""New customers and repeat revenue by week, wide, for `kpis` of a model.yaml."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmm.clv.orders import Orders, date_of
from mmm.clv.spec import ClvSpec
from mmm.errors import Fault, InputError
from mmm.files import write_whole

ALL = ""
"""The group of everybody."""


@dataclass(frozen=True)
class Weekly:
    """Whole weeks from Monday; per group new customers and repeat revenue."""

    weeks: tuple[str, ...]
    """Mondays, YYYY-MM-DD"""
    new_customers: dict[str, np.ndarray]
    """group -> (week,); the group of everybody has no name"""
    repeat_revenue: dict[str, np.ndarray]
    """group -> (week,), currency units"""
    left_out: int
    """weeks before the first whose figures rest on ``min_weekly`` customers"""


@dataclass(frozen=True)
class _Cells:
    new: np.ndarray
    buyers: np.ndarray
    revenue: np.ndarray

    def shown(self, fewest: int) -> np.ndarray:
        """(week,) whether both figures rest on nobody or on ``fewest`` customers."""
        return np.all([(n == 0) | (n >= fewest) for n in (self.new, self.buyers)], axis=0)


def weekly(orders: Orders, spec: ClvSpec) -> Weekly:
    """The table, with no figure that rests on 1 to ``min_weekly`` − 1 customers.

    It begins with the first week from which on everybody's figures do: repeat revenue needs
    customers who can come back. A segment of which a later week would tell too much is added to
    ``other``; where that is not enough, only everybody's figures remain. ``orders`` are those of
    all customers, their segments large enough.

    Raises InputError where fewer than four weeks remain.
    """
    begin = orders.day.min() if spec.new_since is None else (
        (spec.new_since - date_of(0)).days)  # fmt: skip
    first = -(-(int(begin) + 3) // 7)  # 1970-01-01 was a Thursday: Monday-weeks from day −3
    last = (orders.end + 1 + 3) // 7  # the week after the last whole one
    every = _cells(orders, np.ones(len(orders.segment), bool), first, last)
    fine = every.shown(spec.min_weekly) & (every.buyers > 0) & (every.new > 0)
    begins = int(np.flatnonzero(~fine)[-1]) + 1 if (~fine).any() else 0
    if last - first - begins < 4:
        found = f"weeks with fewer than {spec.min_weekly} new or returning customers"
        expected = f"four weeks with {spec.min_weekly} (`min_weekly`) at the end of the table"
        fix = "a smaller `min_weekly`, if your rules allow it"
        raise InputError([Fault(str(spec.path), 0, 0, "", found, expected, fix)])
    groups = {ALL: every} | _groups(orders, (first, last, begins), spec.min_weekly)
    weeks = tuple(str(date_of(7 * week - 3)) for week in range(first + begins, last))
    return Weekly(
        weeks,
        {name: cells.new[begins:] for name, cells in groups.items()},
        {name: cells.revenue[begins:] for name, cells in groups.items()},
        begins,
    )


def _groups(orders: Orders, window: tuple[int, int, int], fewest: int) -> dict[str, _Cells]:
    """Segments that can be shown, and the rest together; none where that cannot."""
    first, last, begins = window
    sizes = {name: int((orders.segment == name).sum()) for name in set(orders.segment.tolist())}
    names = sorted(set(sizes) - {""})

    def cells(group: list[str]) -> _Cells:
        return _cells(orders, np.isin(orders.segment, group), first, last)

    def fits(group: list[str]) -> bool:
        return bool(cells(group).shown(fewest)[begins:].all())

    alone = [name for name in names if fits([name]) and name != "other"]
    pool = [name for name in names if name not in alone]
    while pool and not fits(pool) and alone:  # the smallest joins, until the sum tells nothing
        pool.append(alone.pop(alone.index(min(alone, key=lambda name: sizes[name]))))
    if not alone:
        return {}
    return {name: cells([name]) for name in alone} | ({"other": cells(pool)} if pool else {})


def _cells(orders: Orders, members: np.ndarray, first: int, last: int) -> _Cells:
    rows = members[orders.customer]
    week = (orders.day[rows] + 3) // 7 - first
    new = orders.first[rows]
    inside = (week >= 0) & (week < last - first)
    repeat = inside & ~new
    size = max(last - first, 0)
    pairs = np.unique(np.column_stack([week[repeat], orders.customer[rows][repeat]]), axis=0)
    return _Cells(
        new=np.bincount(week[inside & new], minlength=size),
        buyers=np.bincount(pairs[:, 0], minlength=size),
        revenue=np.bincount(week[repeat], weights=orders.amount[rows][repeat], minlength=size),
    )


def save_weekly(table: Weekly, path: Path) -> Path:
    """Write the CSV whole or not at all: date, new_customers, repeat_revenue, then per segment."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = [
        (kpi + (f"_{_word(name)}" if name else ""), form, values[name])
        for name in table.new_customers
        for kpi, form, values in (
            ("new_customers", "d", table.new_customers),
            ("repeat_revenue", ".2f", table.repeat_revenue),
        )
    ]
    writer.writerow(["date", *(name for name, _, _ in columns)])
    for row, week in enumerate(table.weeks):
        writer.writerow([week, *(format(values[row], form) for _, form, values in columns)])
    text = out.getvalue()
    return write_whole(path, lambda part: part.write_text(text, encoding="utf-8", newline=""))


def _word(name: str) -> str:
    """A segment's name as part of a column's: ``Paid Search`` is paid_search."""
    return re.sub(r"\W+", "_", name.strip().lower())
