"""Scenarios as spreadsheets: a form that reads back to the same scenario, or names the cell."""

from __future__ import annotations

import datetime as dt
import io
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import scenario_case

from allocator.cli import app
from allocator.cli.to_excel import _variants
from allocator.constraints import RULES
from allocator.form import form, scenario_text
from allocator.form.flow import flow, value_of
from allocator.form.layout import KINDS, RULE_COLUMNS, rows
from allocator.scenario import cells, load
from allocator.scenario.files.tree import Unset
from mmm.errors import InputError
from mmm.terminal import run

BUNDLED = Path(__file__).parents[2] / "scenarios"
ODD = """title: "=1+1, a quarter: #1"
economics: {margin: 35%, value_of: {new_customers: 180}}
audiences: {adults: {people: 12M, lines: [tv], reach: {family: nbd, shape: 0.8}, cost_per_thousand: {tv: 14}}}
objective: {maximise: revenue, caution: {cvar: 20%, weight: 30%}}
flighting: {form: steady, dark: {tv: [2027-W02]}}
assumptions:
  - {id: air, lines: [tv], cost_per_unit: +6%, source: "=HYPERLINK(1)"}
  - {id: basket, revenue_per_conversion: {revenue: +2%}, source: "list: 2027"}
constraints:
  - {id: a, each: ["a, b", "x]y", "it's"], spend: {max: 10k}, reason: "=cmd|x", owner: "@me"}
  - {id: b, together: [tv, search/brand], roas: {kpi: revenue, min: 3.0, probability: 80%}, soft: {price: 2}}
  - {id: c, together: all, kpi: {new_customers: {max: 1200, per: week}}}
  - {id: d, audience: adults, frequency: {max: 6, per: week}}
  - {id: e, each: all, round_to: {step: 100}}
  - {id: f, each: all, spend: {from: reference, between: [-30%, +30%], max: 2M, new_lines: exempt}}
variants:
  money: {base: {}, low: {budget: {exactly: 1.8M}}}
  rules: {base: {}, fewer: {constraints: [!unset {id: a}, {id: b, roas: {min: 2.5}}]}}
"""  # noqa: E501 - a scenario, in lines as people write them


def made(path: Path) -> bytes:
    """The form of a scenario file, without curves."""
    return form(load(path), _variants(path), {}, ("made for a test",))


def back(data: bytes, folder: Path) -> str:
    """The scenario that a form asks, read where it is to stand."""
    file = folder / "form.xlsx"
    file.write_bytes(data)

    def loads(text: str) -> None:
        (folder / "tried.yaml").write_text(text, encoding="utf-8")
        load(folder / "tried.yaml")

    return scenario_text(file, loads)


@pytest.mark.parametrize("name", sorted(path.name for path in BUNDLED.glob("20*.yaml")))
def test_every_bundled_scenario_comes_back(name: str, tmp_path: Path) -> None:
    folder = scenario_case.project(tmp_path)
    shutil.copytree(BUNDLED, folder, dirs_exist_ok=True)
    text = back(made(folder / name), folder)
    (folder / "back.yaml").write_text(text, encoding="utf-8")
    digests = [cell.loaded.digest for cell in cells(folder / name)]
    assert [cell.loaded.digest for cell in cells(folder / "back.yaml")] == digests


def test_odd_names_and_every_way_of_writing_come_back(tmp_path: Path) -> None:
    path = scenario_case.write_scenario(tmp_path, ODD)
    data = made(path)
    assert made(path) == data
    text = back(data, path.parent)
    (path.parent / "back.yaml").write_text(text, encoding="utf-8")
    digests = [cell.loaded.digest for cell in cells(path)]
    assert len(digests) == 4
    assert [cell.loaded.digest for cell in cells(path.parent / "back.yaml")] == digests
    sheets = openpyxl.load_workbook(io.BytesIO(data))
    formulas = [
        c.coordinate for s in sheets for r in s.iter_rows() for c in r if c.data_type == "f"
    ]
    assert formulas == []


def test_rules_stand_as_in_a_spreadsheet(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(made(scenario_case.write_scenario(tmp_path, ODD))))[
        "Rules"
    ]
    found = [dict(zip(RULE_COLUMNS, row, strict=True)) for row in
             sheet.iter_rows(min_row=5, max_row=10, values_only=True)]  # fmt: skip
    assert found[1] == dict.fromkeys(RULE_COLUMNS) | {
        "id": "b", "form": "together", "lines": "[tv, search/brand]", "kind": "roas",
        "kpi": "revenue", "min": 3, "probability": "80%", "soft price": 2,
    }  # fmt: skip
    assert (found[5]["low"], found[5]["high"], found[5]["max"]) == ("-30%", "+30%", 2_000_000)
    assert found[5]["yaml"] == "{spend: {new_lines: exempt}}"
    lists = {str(rule.sqref).partition(":")[0]: rule.formula1 for rule in
             sheet.data_validations.dataValidation}  # fmt: skip
    assert lists["B5"] == '"each,together,audience"'
    assert lists["D5"] == '"' + ",".join(KINDS) + '"'
    assert tuple(rule.key for rule in RULES) == KINDS


@cache
def good() -> bytes:
    return made(BUNDLED / "2027-q1-rules.yaml")


Change = Callable[[Any], None]


def cell_of(book: Any, name: str) -> Any:
    """The value of a row of sheet Scenario."""
    sheet = book["Scenario"]
    return next(row[1] for row in sheet.iter_rows(min_row=5) if row[0].value == name)


def put(sheet: str, at: str, value: Any) -> Change:
    def change(book: Any) -> None:
        book[sheet][at] = value

    return change


def scenario(name: str, value: Any, look: str = "General") -> Change:
    def change(book: Any) -> None:
        cell = cell_of(book, name)
        cell.value, cell.number_format = value, look

    return change


WRONG: tuple[tuple[Change, str], ...] = (
    (scenario("budget.at_most", "2,0M"), "Scenario!B: found '2,0M', expected an amount without"),
    (scenario("period.weeks", "=6+7"), "Scenario!B: found the formula =6+7, expected a value"),
    (scenario("carry_out", "refrence"), "Scenario!B: found 'refrence', expected 'reference'"),
    (scenario("run.gap", 0.01), "Scenario!B: found 0.01, expected a percentage with its sign %"),
    (scenario("run.seed", "{a"), "Scenario!B: found '{a', expected one value"),
    (
        scenario("run.seed", dt.datetime(2027, 1, 4, 5), "yyyy-mm-dd"),
        "found 2027-01-04 05:00:00, expected a day",
    ),
    (scenario("currency", None), "expected the key currency"),
    (put("Scenario", "A6", "titel"), "Scenario!A6: found 'titel', expected a value of a scenario"),
    (put("Rules", "D5", "spnd"), "Rules!D5: found 'spnd', expected one of spend"),
    (put("Rules", "B6", "all"), "Rules!B6: found 'all', expected one of each, together, audience"),
    (put("Rules", "H7", "abc"), "Rules!H7: found 'abc', expected a plain number"),
    (put("Rules", "F5", None), "Rules!F5: found nothing, expected low and high together"),
    (put("Rules", "M6", "{oops"), "Rules!M6: found '{oops', expected one value"),
    (put("Rules", "M6", "text"), "Rules!M6: found 'text', expected keys of the rule"),
    (put("Rules", "M6", "{share: {min: 30%}}"), "Rules!M6: found min again"),
    (put("Rules", "M6", "{shre: 1}"), "Rules!M6: found unknown key 'shre'"),
    (put("Rules", "A6", "moves"), "Rules!A6: found the rule 'moves' again, expected each id once"),
    (put("Rules", "C4", "line"), "Rules!C4: found 'line', expected the head lines"),
)


@pytest.mark.parametrize(("change", "words"), WRONG)
def test_a_cell_that_is_not_understood_is_named(change: Change, words: str, tmp_path: Path) -> None:
    folder = scenario_case.project(tmp_path)
    book = openpyxl.load_workbook(io.BytesIO(good()))
    change(book)
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(InputError) as caught:
        back(out.getvalue(), folder)
    said = str(caught.value)
    expected = words.replace("Scenario!B:", "")
    assert expected in said, said
    if words.startswith("Scenario!B:"):
        assert "Scenario!B" in said
    assert "Traceback" not in said


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    folder = scenario_case.project(tmp_path)
    book = openpyxl.load_workbook(io.BytesIO(good()))
    for place in (0, 1, 2, 3, 8, 10, 12):
        WRONG[place][0](book)
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(InputError) as caught:
        back(out.getvalue(), folder)
    assert len(caught.value.faults) == 7
    assert len({fault.path for fault in caught.value.faults}) == 7


@pytest.mark.parametrize(
    ("value", "look", "want"),
    [(0.02, "0%", 0.02), ("2%", "@", 0.02), ("2%", "General", 0.02)],
)
def test_a_percentage_may_be_typed_as_one(
    value: Any, look: str, want: float, tmp_path: Path
) -> None:
    folder = scenario_case.project(tmp_path)
    book = openpyxl.load_workbook(io.BytesIO(good()))
    scenario("run.gap", value, look)(book)
    scenario("period.start", dt.datetime(2027, 1, 4), "yyyy-mm-dd")(book)
    out = io.BytesIO()
    book.save(out)
    (folder / "back.yaml").write_text(back(out.getvalue(), folder), encoding="utf-8")
    found = load(folder / "back.yaml").scenario
    assert found.run.gap == want
    assert found.period.start == "2027-01-04"


@pytest.mark.parametrize("content", [b"", b"id: q1\n", b"PK\x03\x04 broken", None])
def test_what_is_no_workbook_is_refused(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = scenario_case.project(tmp_path)
    if content is not None:
        (folder / "form.xlsx").write_bytes(content)
    line = ["from-excel", str(folder / "form.xlsx"), "--out", str(folder / "back.yaml")]
    assert run(app, line) == 2
    assert "expected an .xlsx file" in capsys.readouterr().err
    assert not (folder / "back.yaml").exists()


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = scenario_case.write_scenario(tmp_path, "title: Another quarter")
    sheet, out = tmp_path / "form.xlsx", path.parent / "back.yaml"
    assert run(app, ["to-excel", str(path), "--out", str(sheet)]) == 0
    assert run(app, ["to-excel", str(path), "--out", str(sheet)]) == 2
    assert run(app, ["from-excel", str(sheet), "--out", str(out), "--quiet"]) == 0
    assert load(out).digest == load(path).digest
    before = out.read_bytes()
    book = openpyxl.load_workbook(sheet)
    book["Rules"]["A5"] = "x"
    book.save(sheet)
    capsys.readouterr()
    assert run(app, ["from-excel", str(sheet), "--out", str(out), "--force"]) == 2
    assert "form.xlsx: Rules!A5: found {id}" in capsys.readouterr().err
    assert out.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == ["back.yaml", "q1.yaml"]


def test_every_value_of_the_schema_has_a_row() -> None:
    names = {row.dotted for row in rows()}
    assert {"budget.exactly", "budget.least_for", "economics.margin", "run.gap"} <= names
    assert {"reference.actuals.start", "flighting", "until_start", "policy"} <= names
    assert not any("rows" in name or "found" in name for name in names)
    assert all(row.words for row in rows())


@pytest.mark.parametrize(
    "value",
    ["tv", "a, b", "it's", '"', "[", "- x", "true", "12", "+30%", "2027-01-04", "a: b", "#x", "",
     " x ", "电视", "\n", 3, 3.5, True, None, [], {}, {"a b": [1, {"c": "d, e"}]}],
)  # fmt: skip
def test_one_line_of_yaml_is_read_back(value: Any) -> None:
    assert "\n" not in flow(value)
    found = value_of(flow(value))
    assert found == value
    assert type(found) is type(value)


def test_unset_is_read_back() -> None:
    assert value_of(flow([Unset({"id": "x"}), {"a": Unset(None)}])) == [
        Unset({"id": "x"}),
        {"a": Unset(None)},
    ]
