"""The form of a scenario: a workbook to fill in, with lists to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from allocator.form.flow import flow
from allocator.form.layout import (
    ASSUMED,
    BODY,
    FORMS,
    HEAD,
    KINDS,
    RULE_COLUMNS,
    SPARE,
    VARIED,
    Row,
    rows,
)
from allocator.form.sheet import Sheet, new_workbook
from allocator.scenario import LoadedScenario, written_form

HOW = (
    "Fill in what is tinted; leave empty what is not meant: it then has its default.",
    "Write values as in a scenario file: 240k, 2.0M, 35%, -30%, 2027-W01, 60s.",
    "Several values stand in brackets: [tv, search/brand]; keys in braces: {max: 40k, per: week}.",
    "Rules: one row each. form is each (every line by itself), together (their sum) or audience; "
    "kind is what is limited; low and high are changes, such as -30% and +30%; what has no column "
    "of its own stands in yaml, such as {spend: {new_lines: exempt}}.",
    "Formulas are refused: a scenario says what is asked, and nothing else does.",
    "allocator from-excel FORM.xlsx --out scenario.yaml writes the scenario, or says which cells "
    "it does not understand. Put it where this one stands: its paths start there.",
)


def form(
    loaded: LoadedScenario,
    variants: Mapping[str, Mapping[str, Any]],
    known: Mapping[str, tuple[str, ...]],
    notes: Sequence[str],
) -> bytes:
    """The form as an .xlsx file.

    variants: axis -> option -> what it lays over the file, plain values. known: names that the
    curves have, under ``line``, ``channel`` and ``kpi``; empty where there are none. notes: where
    it comes from, a sentence each. The same arguments give the same bytes.
    """
    output = BytesIO()
    book = new_workbook(output)
    data = written_form(loaded.scenario)
    sheets = {name: Sheet(book, name) for name in ("Scenario", "Rules", "Assumptions")}
    if variants:
        sheets["Variants"] = Sheet(book, "Variants")
    sheets |= {name: Sheet(book, name) for name in ("Lines", "Notes")}
    _scenario(sheets["Scenario"], data, known)
    _rules(sheets["Rules"], data.get("constraints", []), known)
    _assumptions(sheets["Assumptions"], data.get("assumptions", []))
    if variants:
        _variants(sheets["Variants"], variants)
    _lines(sheets["Lines"], known)
    _notes(sheets["Notes"], (*notes, *HOW))
    book.close()
    return output.getvalue()


def _scenario(sheet: Sheet, data: Mapping[str, Any], known: Mapping[str, tuple[str, ...]]) -> None:
    currency = str(data["currency"])
    sheet.lead("The scenario", f"What is asked. Every amount is in {currency}.")
    sheet.heads(("Value of", "Value", "Unit", "Such as", "Needed", "What it means"))
    own = rows()
    at = HEAD
    for row in _with_unlisted(own, data):
        at += 1
        sheet.words(at, (row.dotted,))
        sheet.value(at, 1, _shown(_at(data, row.path), text=row.is_text))
        choices = row.choices
        if row.path == ("objective", "maximise") and known.get("kpi"):
            choices = (*known["kpi"], "profit", "value")
        if choices:
            sheet.choose(at, at, 1, choices, strict=row.path[-1] != "maximise")
        such = row.examples or ", ".join(choices)
        needed = "yes" if row.required else ""
        sheet.words(at, (row.unit(currency), such, needed, row.words), first=2)
    sheet.finish((30, 34, 9, 26, 9, 88))


def _with_unlisted(own: tuple[Row, ...], data: Mapping[str, Any]) -> list[Row]:
    """The rows, and a map written as a word (``until_start: zero``) in one row of its own."""
    heads = {row.path[0] for row in own}
    words = {key for key in heads if not isinstance(data.get(key, {}), dict)}
    single = {row.path[0] for row in own if len(row.path) == 1}
    made = [row for row in own if row.path[0] in single or row.path[0] not in words]
    made += [Row((key,), "as one value") for key in sorted(words - single)]
    return made


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(data, Mapping) or key not in data:
            return None
        data = data[key]
    return data


def _shown(value: Any, *, text: bool = False) -> str | float | None:
    """What stands in a cell: numbers as numbers, text as text, the rest in one line of YAML."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, str) and text:
        return value
    return flow(value)


def _rules(
    sheet: Sheet, rules: Sequence[Mapping[str, Any]], known: Mapping[str, tuple[str, ...]]
) -> None:
    sheet.lead("The rules", "One row each. What has no column of its own stands in yaml.")
    sheet.heads(RULE_COLUMNS)
    for at, rule in enumerate(rules, HEAD + 1):
        for place, value in enumerate(_rule(rule)):
            sheet.value(at, place, value)
    last = HEAD + len(rules) + SPARE
    for at in range(HEAD + 1 + len(rules), last + 1):
        for place in range(len(RULE_COLUMNS)):
            sheet.value(at, place, None)
    sheet.choose(HEAD + 1, last, RULE_COLUMNS.index("form"), FORMS)
    sheet.choose(HEAD + 1, last, RULE_COLUMNS.index("kind"), KINDS)
    if known.get("kpi"):
        sheet.choose(HEAD + 1, last, RULE_COLUMNS.index("kpi"), known["kpi"])
    sheet.finish((20, 10, 28, 14, 12, 9, 9, 12, 12, 15, 9, 11, 40, 10, 44, 14))


def _rule(rule: Mapping[str, Any]) -> tuple[str | float | None, ...]:
    """A rule as the values of its columns."""
    left = dict(rule)
    cells: dict[str, Any] = {"id": left.pop("id")}
    shape = next(one for one in FORMS if one in left)
    cells["form"], selected = shape, left.pop(shape)
    cells["lines"] = selected if isinstance(selected, str) else _selected(selected)
    kind = next(one for one in KINDS if one in left)
    cells["kind"] = kind
    body = left.pop(kind)
    if isinstance(body, dict):
        body = dict(body)
        for key in BODY:
            if isinstance(body.get(key), str | int | float):
                cells[key] = body.pop(key)
        if len(body.get("between", ())) == 2:
            cells["low"], cells["high"] = body.pop("between")
    if body:
        left[kind] = body
    if set(left.get("soft", {})) == {"price"}:
        cells["soft price"] = left.pop("soft")["price"]
    for key in ("reason", "owner"):
        cells[key] = left.pop(key, None)
    cells["yaml"] = flow(left) if left else None
    return tuple(cells.get(column) for column in RULE_COLUMNS)


def _selected(names: Sequence[str]) -> str:
    """``all``, or a list in brackets."""
    return "all" if list(names) == ["all"] else flow(list(names))


def _assumptions(sheet: Sheet, assumed: Sequence[Mapping[str, Any]]) -> None:
    sheet.lead(
        "The assumptions",
        "What is expected to be otherwise than the model saw it: +6% or x1.06, each with a source.",
    )
    sheet.heads(ASSUMED)
    for at in range(HEAD + 1, HEAD + 1 + len(assumed) + SPARE):
        one = assumed[at - HEAD - 1] if at - HEAD - 1 < len(assumed) else {}
        for place, key in enumerate(ASSUMED):
            value = one.get(key)
            said = _selected(value) if key == "lines" and value else None
            sheet.value(at, place, said or _shown(value, text=key in ("id", "source")))
    sheet.finish((20, 28, 15, 15, 26, 10, 50))


def _variants(sheet: Sheet, variants: Mapping[str, Mapping[str, Any]]) -> None:
    sheet.lead("The variants", "Each option of an axis lays this over the scenario.")
    sheet.heads(VARIED)
    at = HEAD
    for axis, options in variants.items():
        for option, part in options.items():
            at += 1
            for place, value in enumerate((axis, option, flow({} if part is None else part))):
                sheet.value(at, place, value)
    for row in range(at + 1, at + 1 + SPARE):
        for place in range(len(VARIED)):
            sheet.value(row, place, None)
    sheet.finish((20, 20, 110))


def _lines(sheet: Sheet, known: Mapping[str, tuple[str, ...]]) -> None:
    found = bool(known.get("line"))
    sheet.lead(
        "Names that may be written" if found else "No names: the curves were not found",
        "Lines, channels and KPIs of the curves; also `all`, and `label:value`.",
    )
    columns = ("line", "channel", "kpi")
    sheet.heads(columns)
    for place, column in enumerate(columns):
        for at, name in enumerate(known.get(column, ()), HEAD + 1):
            sheet.words(at, (name,), first=place)
    sheet.finish((40, 28, 28))


def _notes(sheet: Sheet, notes: Sequence[str]) -> None:
    sheet.lead("How this form is used", "Sheets Lines and Notes are not read back.")
    for at, note in enumerate(notes, HEAD):
        sheet.words(at, (note,))
    sheet.finish((120,))
