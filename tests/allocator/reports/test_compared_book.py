"""The workbook of a comparison: formulas computed again, nothing filled in, no text a formula."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import openpyxl
import pytest
from hostile_pages import comparison_with
from spreadsheet import Spreadsheet
from test_workbook import PAYLOADS

from allocator.findings.comparison import Comparison, sealed_comparison
from allocator.reports.workbook.compared import SHEETS, compared_book

ON = "2026-11-22"
SOME = PAYLOADS[::3]
"""Every beginning, every attack."""
SPENT = {"tv": ((30.0, 20.0, 30.0), (40.0, 15.0, 40.0)), "search": ((50.0, 60.0, None),)}
"""Channel -> its lines, each with what the three plans spend; the last has no search."""


@cache
def compared() -> Comparison:
    """Three plans: revenue is five times what is spent on search, twice what is on tv."""
    document = comparison_with(("a", "b")).model_dump(mode="json")
    plan = document["plans"][0]
    money = [sum(s[n] or 0 for lines in SPENT.values() for s in lines) for n in range(3)]
    document["plans"] = [
        {**plan, "name": name, "spend": spend, "exchange": exchange}
        for name, spend, exchange in zip("abc", money, ("", "", "1 USD = 0.5 EUR"), strict=True)
    ]
    (bridge,) = document["bridges"]
    bridge["end"] = dict.fromkeys(bridge["end"], 6.0)  # from 1, by five steps of 1
    document["figures"] = [*_figures("spend", {}), *_figures("revenue", {"search": 5, "tv": 2})]
    return sealed_comparison(document)


def _figures(metric: str, times: dict[str, int]) -> list[dict[str, Any]]:
    found = []
    whole = [0.0] * 3
    for channel, lines in SPENT.items():
        factor = times.get(channel, 1)
        values = [[None if s is None else factor * s for s in line] for line in lines]
        sums = [
            None if all(v is None for v in own) else sum(v or 0 for v in own)
            for own in zip(*values, strict=True)
        ]
        whole = [a + (b or 0) for a, b in zip(whole, sums, strict=True)]
        found.append(_figure("channel", channel, channel, metric, sums))
        found += [
            _figure("line", f"{channel}/{place}", channel, metric, own)
            for place, own in enumerate(values)
        ]
    return [_figure("plan", "all", "all", metric, whole), *found]


def _figure(
    level: str, line: str, channel: str, metric: str, values: list[float | None]
) -> dict[str, Any]:
    first = values[0]
    sure = metric != "spend"

    def reading(value: float) -> dict[str, Any]:
        return {
            "mean": value,
            "p10": value - 3 if sure else None,
            "p90": value + 3 if sure else None,
        }

    def change(value: float) -> dict[str, Any]:
        less = value - float(first or 0)
        ends = {
            key: less + by if sure else None for key, by in (("p10", -1), ("p50", 0), ("p90", 1))
        }
        return {"mean": less, **ends, "above": 0.75 if sure else None}

    return {
        "model": "a", "level": level, "line": line, "channel": channel, "calendar": "all",
        "period": "all", "metric": metric, "unit": "currency",
        "values": [None if v is None else reading(v) for v in values],
        "changes": [None, *(None if v is None else change(v) for v in values[1:])],
    }  # fmt: skip


@cache
def book() -> bytes:
    return compared_book(compared(), made_on=ON)


def shown(data: bytes, title: str) -> list[tuple[Any, ...]]:
    read = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return [tuple(cell.value for cell in row) for row in read[title].iter_rows()]


def test_every_formula_gives_the_value_that_is_shown_and_all_checks_hold() -> None:
    again = Spreadsheet(book())
    read = openpyxl.load_workbook(io.BytesIO(book()), data_only=True)
    assert tuple(read.sheetnames) == SHEETS
    assert len(again.formulas) > 60
    for title, column, row in again.formulas:
        theirs = read[title].cell(row, column).value
        assert again.value((title, column, row)) == pytest.approx(theirs), (title, row, column)
    assert again.named("all_checks") is True
    assert compared_book(compared(), made_on=ON) == book()


def test_compare_has_sums_signs_and_nothing_filled_in() -> None:
    rows = {row[0]: row for row in shown(book(), "Compare")[3:]}
    heads = [" ".join(str(head).split()) for head in rows["Channel, line"]]
    at = {head: place for place, head in enumerate(heads) if head != "10 % below"}
    more = at["spend: b better/ (worse)"], at["revenue: b better/ (worse)"]
    # tv: 35 after 70 is less cost, and twice that less revenue; search: 60 after 50
    assert [rows["tv"][place] for place in more] == [35.0, -70.0]
    assert [rows["search"][place] for place in more] == [-10.0, 50.0]
    assert [rows["All channels"][place] for place in more] == [25.0, -20.0]
    assert rows["tv/0"][at["spend: c"]] == 30.0
    assert rows["search"][at["spend: c"]] is None
    assert rows["search/0"][at["revenue: c better/ (worse)"]] is None
    assert rows["All channels"][at["spend: c"]] == 70.0
    said = [str(cell) for row in shown(book(), "Cover") for cell in row]
    assert "EUR: 1 USD = 0.5 EUR" in said


def test_a_figure_that_is_changed_fails_the_checks() -> None:
    whole = Spreadsheet(book())
    values = [row for row in enumerate(shown(book(), "Data"), 1) if row[0] > 4]
    assert len(values) == 2 * (3 * 4 + 2 * 2)  # figures of three plans, of search of two
    for at, row in values:
        assert whole.changed("Data", f"I{at}", row[8] + 0.01).named("all_checks") is False, at


def test_no_name_becomes_a_formula_and_none_is_lost() -> None:
    again = Spreadsheet(compared_book(comparison_with(SOME), made_on=ON))
    for text in again.formulas.values():
        assert re.fullmatch(r"[A-Za-z0-9_'&!:,()<=+*. \-]+", text), text
        assert not re.search(r"cmd|HYPERLINK|WEBSERVICE|IMPORTXML|DDE|INDIRECT|evil|NOW", text)
    every = [cell for sheet in again.book for row in sheet.iter_rows() for cell in row]
    texts = [cell for cell in every if cell.data_type == "s"]
    known = {str(cell.value) for cell in texts}
    assert all(" ".join(payload.split()) in known for payload in SOME)
    assert not any(sheet._hyperlinks for sheet in again.book)
    for cell in texts:
        assert not str(cell.value).startswith(("=", "+", "-", "@")) or cell.quotePrefix
