"""Small cells: segments are merged or refused, and a weekly figure rests on enough customers."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from orders_case import spec_of

from mmm.clv.orders import Orders, date_of, merged
from mmm.clv.segments import large_enough
from mmm.clv.weekly import save_weekly, weekly
from mmm.errors import InputError


def customers(**sizes: int) -> Orders:
    """Customers with one order each on 2026-01-05."""
    names = np.array([name for name, size in sizes.items() for _ in range(size)], dtype=object)
    number = np.arange(len(names))
    return merged(number, np.full(len(names), 20458), np.ones(len(names)), names, end=20500)


def sizes(orders: Orders) -> dict[str, int]:
    names, count = np.unique(orders.segment.astype(str), return_counts=True)
    return dict(zip(names.tolist(), count.tolist(), strict=True))


def test_small_segments_are_merged(tmp_path: Path) -> None:
    made = large_enough(customers(tv=80, a=30, b=25, search=60), spec_of(tmp_path))
    assert sizes(made.orders) == {"other": 55, "search": 60, "tv": 80}
    assert made.merged == 2


def test_what_is_merged_cannot_be_found_by_subtraction(tmp_path: Path) -> None:
    """A lone small segment would be the total less the others: the next smallest joins it."""
    made = large_enough(customers(tv=80, a=3, search=60, social=70), spec_of(tmp_path))
    assert sizes(made.orders) == {"other": 63, "social": 70, "tv": 80}
    made = large_enough(customers(a=3, tv=80), spec_of(tmp_path))
    assert sizes(made.orders) == {"": 83}, "only the total remains"


def test_a_segment_called_other_takes_them_in(tmp_path: Path) -> None:
    made = large_enough(customers(other=60, a=3, tv=80), spec_of(tmp_path))
    assert sizes(made.orders) == {"other": 63, "tv": 80}
    assert made.merged == 1


def test_no_label_is_a_segment_of_its_own(tmp_path: Path) -> None:
    orders = customers(tv=80, none=60)
    orders.segment[orders.segment == "none"] = ""
    assert sizes(large_enough(orders, spec_of(tmp_path)).orders) == {"tv": 80, "unlabelled": 60}


def test_refused_where_it_is_asked_or_nothing_can_be_shown(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, small_segments="refuse", segment="channel")
    with pytest.raises(InputError, match=r"channel: found a segment with fewer, expected at le"):
        large_enough(customers(tv=80, secret=30), spec)
    with pytest.raises(InputError) as error:
        large_enough(customers(tv=80, secret=30, hidden=4), spec)
    assert "secret" not in str(error.value)
    with pytest.raises(InputError, match=r"found 49 new customers, expected at least 50"):
        large_enough(customers(tv=49), spec)
    assert large_enough(customers(tv=50), spec).orders.segment.tolist() == ["tv"] * 50


def busy(seed: int = 1) -> Orders:
    """A year of customers: many of search, fewer of tv, with orders at random."""
    rng = np.random.default_rng(seed)
    rows = [
        (number, 20458 + born + gap, rng.uniform(5, 50), name)
        for number, (born, name) in enumerate(
            (rng.integers(0, 360), name)
            for name, size in (("search", 2600), ("tv", 900))
            for _ in range(size)
        )
        for gap in (0, *rng.integers(1, 300, size=rng.integers(0, 5)))
        if born + gap < 364
    ]
    who, day, amount, name = (np.array(column) for column in zip(*rows, strict=True))
    return merged(who, day, amount, name.astype(object), end=20458 + 363)


@pytest.mark.parametrize("fewest", [2, 10, 20])
def test_every_weekly_figure_rests_on_enough_customers(fewest: int, tmp_path: Path) -> None:
    """Counted again row by row, from the file that was written."""
    orders = busy()
    spec = spec_of(tmp_path, min_weekly=fewest)
    path = save_weekly(weekly(orders, spec), tmp_path / "repeat.csv")
    with path.open(encoding="utf-8", newline="") as file:
        table = {row["date"]: row for row in csv.DictReader(file)}
    new, buyers, revenue = defaultdict(set), defaultdict(set), defaultdict(float)
    for row, first in enumerate(orders.first):
        day, who = orders.day[row], orders.customer[row]
        monday = str(date_of(day - (day - 4) % 7))  # 1970-01-05 was a Monday
        for group in ("", f"_{orders.segment[who]}"):
            if first:
                new[monday, group].add(who)
            else:
                buyers[monday, group].add(who)
                revenue[monday, group] += orders.amount[row]
    groups = {name.removeprefix("new_customers") for name in next(iter(table.values()))
              if name.startswith("new_customers")}  # fmt: skip
    assert groups >= {""}
    assert ("_tv" in groups) == (fewest == 2)
    for week, row in table.items():
        for group in groups:
            assert int(row[f"new_customers{group}"]) == len(new[week, group])
            assert float(row[f"repeat_revenue{group}"]) == pytest.approx(
                revenue[week, group], abs=0.006
            )
            for people in (new[week, group], buyers[week, group]):
                assert len(people) == 0 or len(people) >= fewest


def test_the_weekly_table_has_whole_weeks_without_a_gap(tmp_path: Path) -> None:
    table = weekly(busy(), spec_of(tmp_path, min_weekly=10))
    days = np.array(table.weeks, dtype="datetime64[D]")
    assert set(np.diff(days).astype(int)) == {7}
    assert table.weeks[-1] == "2026-12-28"
    assert table.left_out > 0, "in the first weeks nobody can come back"
    later = weekly(busy(), spec_of(tmp_path, min_weekly=10, new_since="2026-06-01"))
    assert later.weeks[0] == "2026-06-01"
    short = weekly(busy(), spec_of(tmp_path, min_weekly=10, new_since="2026-06-02"))
    assert short.weeks[0] == "2026-06-08"


def test_too_few_a_week_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"weeks with fewer than 500 new or returning customers"):
        weekly(busy(), spec_of(tmp_path, min_weekly=500))
