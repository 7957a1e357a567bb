"""The finance workbook: formulas computed again, figures the engine's, no text a formula."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import dossier_case
import openpyxl
import pytest
from plan_cases import case_plan
from plans import Case, made, rule
from spreadsheet import Spreadsheet

from allocator.findings.dossier import Dossier, sealed_dossier
from allocator.plan import Plan
from allocator.reports.workbook import SHEETS, workbook

ATTACKS = (
    "cmd|' /C calc'!A0", "SUM(1+1)*cmd|'/C notepad'!A0", 'HYPERLINK("https://evil.example","x")',
    "1+1", "A1", "2-3", 'WEBSERVICE("https://evil.example")', 'IMPORTXML("https://e.example","//a")',
    "INDIRECT(A1)", 'DDE("cmd";"/C calc";"x")', "'C:\\x.xlsx'!A1", "{1,2}", "CALL(1)", "@SUM(1)",
    "#REF!", "NOW()",
)  # fmt: skip
BEGINNINGS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "'=", "=-")
PAYLOADS = tuple(f"{start}{attack}" for start in BEGINNINGS for attack in ATTACKS)
UNICODE = (
    "＝1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "=\u202e1+1",
    "−2+3",
    "电视/品牌",
    "📺 tv",
    "*",
    "?",
    ">0",
)
NAMES = (*PAYLOADS, *UNICODE)
HOSTILE = Case(
    rows=tuple(  # a channel and its campaign each
        (NAMES[place], NAMES[place + 1], 1_000.0, 1_000.0 + (-1) ** (place // 2), 2.0)
        for place in range(0, 168, 2)
    ),
    weeks=1, title="=1+1", units={"revenue": "currency"}, objective="revenue",
    budget=("exactly", 84_000.0),
    warnings=PAYLOADS[:5], accepted=PAYLOADS[0], verdict="FAIL",
    constraints=tuple(
        rule(text, text, "min", text, 9.0, 10.0, 1.0, reason=text, owner=text)
        for text in PAYLOADS[:40]
    ),
)  # fmt: skip


@cache
def hostile() -> tuple[Plan, Dossier, bytes]:
    plan, _ = made(HOSTILE)
    document = dossier_case.dossier_of(plan).model_dump(mode="json")
    document["phasing"] = [row for row in document["phasing"] if row["calendar"] == "month"]
    for place, account in enumerate(document["accounts"]):
        account["supplier"] = account["purchase_order"] = PAYLOADS[place % len(PAYLOADS)]
    for place, row in enumerate(document["assumptions"]):
        row["value"] = row["source"] = PAYLOADS[place]
    document["made_by"] = PAYLOADS[3]
    dossier = sealed_dossier(document)
    return plan, dossier, workbook(plan, dossier)


@cache
def book(name: str) -> tuple[Plan, Dossier, bytes]:
    plan, _ = case_plan(name)
    dossier = dossier_case.dossier_of(plan)
    return plan, dossier, workbook(plan, dossier)


@cache
def again_of(name: str) -> Spreadsheet:
    return Spreadsheet(book(name)[2])


def cached(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


def data_rows(data: bytes) -> list[tuple[Any, ...]]:
    """(row in Excel, table, …, value, engine, recomputed, agrees)"""
    sheet = cached(data)["Data"]
    rows = enumerate(sheet.iter_rows(min_row=5, max_col=12, values_only=True), 5)
    return [(at, *row) for at, row in rows]


@pytest.mark.parametrize("name", ["two", "on and off"])
def test_every_formula_gives_the_value_that_is_shown(name: str) -> None:
    _, _, data = book(name)
    again, shown = again_of(name), cached(data)
    assert len(again.formulas) > 500
    for title, column, row in again.formulas:
        mine, theirs = again.value((title, column, row)), shown[title].cell(row, column).value
        if isinstance(mine, bool | str):
            assert mine == theirs
        else:
            assert mine == pytest.approx(theirs, rel=1e-9, abs=1e-8), (title, row, column)
    assert again.named("all_checks") is True
    checks = [row[6].value for row in shown["Checks"].iter_rows(min_row=9)]
    assert checks
    assert set(checks) == {True}


def test_the_sheets_are_those_that_are_promised_and_bytes_repeat() -> None:
    plan, dossier, data = book("two")
    assert workbook(plan, dossier) == data
    assert tuple(cached(data).sheetnames) == SHEETS


def test_no_formula_has_a_constant() -> None:
    """Parameters are named cells: a number or a text in a formula would be one that nobody sees."""
    for text in again_of("two").formulas.values():
        bare = re.sub(r"'[^']+'!", "", text)
        bare = re.sub(r"\$?[A-Z]{1,3}\$?[0-9]+", "", bare)
        bare = re.sub(r"[a-z_]+[a-z0-9_]*", "", bare)
        assert not re.search(r"[0-9\"]", bare), text


def test_data_has_every_figure_of_the_plan_to_the_digit() -> None:
    plan, dossier, data = book("on and off")
    found = {tuple(row[n] or "" for n in (1, 3, 4, 5, 6, 7)): row[9] for row in data_rows(data)}
    totals = plan.totals
    assert found["total", "all lines", "spend", "plan", "", "amount"] == totals.plan.spend
    for of, side in (("plan", totals.plan), ("reference", totals.reference),
                     ("scaled", totals.reference_scaled)):  # fmt: skip
        for quantile in ("mean", "p05", "p10", "p50", "p90", "p95"):
            for kpi, value in side.kpis.items():
                key = ("total", "all lines", kpi, of, "", quantile)
                assert found[key] == getattr(value, quantile)
    for line in plan.lines:
        assert found["line", line.line, "spend", "plan", "", "amount"] == line.total
        for week, spend in zip(plan.period.weeks, line.spend, strict=True):
            assert found["week", line.line, "spend", "plan", week, "amount"] == spend
        for kpi, value in line.difference.items():
            assert found["line", line.line, kpi, "on scaled", "", "p10"] == value.p10
    for row in dossier.statements:
        if row.plan is not None:
            assert found["statement", row.name, row.name, "plan", "", "amount"] == row.plan
    for phased in dossier.phasing:
        key = ("phasing", phased.line, "cash", phased.calendar, phased.period, "amount")
        assert found[key] == phased.cash


def test_a_figure_that_is_changed_fails_the_checks() -> None:
    """One of every table and metric, by a cent or a thousandth."""
    data = book("two")[2]
    first: dict[tuple[Any, ...], int] = {}
    for row in data_rows(data):
        first.setdefault((row[1], row[4], row[5], row[7]), row[0])
    values = {row[0]: row[9] for row in data_rows(data)}
    assert len(first) > 100
    whole = again_of("two")
    for at in list(first.values())[::9]:
        changed = whole.changed("Data", f"I{at}", values[at] + max(0.01, abs(values[at]) / 1e3))
        assert changed.named("all_checks") is False, at


@pytest.mark.parametrize(
    ("metric", "named"), [("spend", "channels sum"), ("mix", "bridge of"), ("net", "phasing by")]
)
def test_the_check_that_fails_is_the_one_it_concerns(metric: str, named: str) -> None:
    data = book("two")[2]
    row = next(
        r for r in data_rows(data) if r[4] == metric and r[1] in ("channel", "bridge", "phasing")
    )
    changed = again_of("two").changed("Data", f"I{row[0]}", row[9] + 5.0)
    checks = changed.book["Checks"]
    failed = [
        checks.cell(at, 2).value
        for at in range(9, checks.max_row + 1)
        if changed.value(("Checks", 7, at)) is False
    ]
    assert any(str(name).startswith(named) for name in failed), failed
    assert changed.value(("Cover", 2, 14)) == "A check fails: see sheet Checks"


def test_no_name_becomes_a_formula_or_a_link() -> None:
    plan, _, data = hostile()
    assert len(plan.lines) == 84
    again = Spreadsheet(data)
    for text in again.formulas.values():
        assert not re.search(r"cmd|HYPERLINK|WEBSERVICE|IMPORTXML|DDE|INDIRECT|evil|CALL|NOW", text)
        assert re.fullmatch(r"[A-Za-z0-9_'&!:,()<=+*. \-]+", text), text
    read = again.book
    every = [cell for sheet in read for row in sheet.iter_rows() for cell in row]
    texts = {str(cell.value) for cell in every if cell.data_type == "s"}
    for payload in PAYLOADS:
        assert " ".join(payload.split()) in texts
    assert not any(sheet._hyperlinks for sheet in read)
    for cell in every:
        if cell.data_type == "s" and str(cell.value).startswith(("=", "+", "-", "@")):
            assert cell.quotePrefix, f"editing {cell.parent.title}!{cell.coordinate} would run it"


def test_a_dossier_without_parts_says_what_to_give() -> None:
    plan, _ = case_plan("two")
    full = dossier_case.dossier_of(plan).model_dump(mode="json")
    bare = {key: full[key] for key in ("schema_version", "plan", "made_on", "risk")}
    data = workbook(plan, sealed_dossier({**bare, "made_by": ""}))
    shown = cached(data)
    for title, words in (("Bridge", "No bridge"), ("P&L", "No profit and loss"),
                         ("Phasing", "No phasing"), ("Assumptions", "No assumptions")):  # fmt: skip
        assert str(shown[title]["A1"].value).startswith(words)
    assert Spreadsheet(data).named("all_checks") is True


def test_sheets_are_fit_for_print_and_screen() -> None:
    read = openpyxl.load_workbook(io.BytesIO(book("on and off")[2]))
    for sheet in read:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToWidth in (1, None)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_area
        assert sheet.freeze_panes
        assert not sheet.sheet_view.showGridLines
    compare = read["Compare"]
    levels = {compare.row_dimensions[row].outlineLevel for row in range(5, compare.max_row + 1)}
    assert levels == {0, 1}
    assert compare.conditional_formatting
    assert any("[$EUR]" in cell.number_format for cell in read["Summary"][5])
    edit = read["Assumptions"]["C5"]
    assert read["Assumptions"].protection.sheet
    assert not edit.protection.locked
    assert edit.number_format == "@"


def test_lists_to_be_filtered_are_not_printed() -> None:
    read = openpyxl.load_workbook(io.BytesIO(book("on and off")[2]))
    rows = {sheet.title: int(sheet.print_area.rpartition("$")[2]) for sheet in read}
    assert rows["Data"] < 50 < read["Data"].max_row
    assert rows["Compare"] == read["Compare"].max_row
    phasing = read["Phasing"]
    sections = {phasing.cell(row, 1).value: row for row in range(1, phasing.max_row + 1)}
    assert sections["Lines"] < rows["Phasing"] < sections["Postings"]


def test_columns_hold_their_figures() -> None:
    """No ####: the widest figure of a column has room."""
    data = workbook(*large())
    shown, read = cached(data), openpyxl.load_workbook(io.BytesIO(data))
    for title in ("Summary", "Compare", "P&L", "Phasing", "Bridge", "Risk"):
        for row in shown[title].iter_rows():
            for cell in row:
                if isinstance(cell.value, float) and "%" not in cell.number_format:
                    width = read[title].column_dimensions[cell.column_letter].width or 9
                    assert len(f"{cell.value:,.0f}") <= width, f"{title}!{cell.coordinate}"


def large() -> tuple[Plan, Dossier]:
    rows = tuple((f"c{n}", f"k{n}", 1e8 + n, 1e8 + n + (n - 1) * 1e6, 3.0) for n in range(3))
    plan, _ = made(Case(rows=rows, budget=("exactly", sum(row[3] for row in rows)), weeks=2))
    return plan, dossier_case.dossier_of(plan)
