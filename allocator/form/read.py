"""A form read back: the scenario as YAML, or every cell that is not understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allocator.form.cells import MOST_ROWS, Said, open_book, said
from allocator.form.flow import flow, value_of
from allocator.form.layout import (
    ASSUMED,
    BODY,
    FORMS,
    HEAD,
    KINDS,
    RULE_COLUMNS,
    VARIED,
    Row,
    rows,
)
from mmm.errors import Fault, InputError, nearest
from mmm.yamlfile import to_text

_LINE = re.compile(r" \(first on line [0-9]+\)")

FIRST = HEAD + 2
"""The first row that is filled in, from 1."""
Loads = Callable[[str], None]
"""Reads a text as a scenario where it is to stand; raises InputError."""


@dataclass
class _Form:
    """What has been read of a form so far."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    variants: dict[str, dict[str, str]] = field(default_factory=dict)
    places: dict[tuple[str | int, ...], str] = field(default_factory=dict)
    """path in the scenario -> the cell it stands in"""
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, at: str, found: str, expected: str, fix: str = "") -> None:
        """Remember that a cell is not understood."""
        self.faults.append(Fault(self.file, 0, 0, at, found, expected, fix))

    def value(self, cell: Said, *, text: bool = False) -> Any:
        """What a cell means; None where it is empty or not understood."""
        if cell.wrong:
            self.refuse(cell.at, cell.wrong, cell.expected)
            return None
        if text or not cell.text.strip():
            return cell.text if cell.text.strip() else None
        try:
            return value_of(cell.text.strip())
        except ValueError as error:
            self.refuse(cell.at, repr(cell.text), str(error))
            return None


def scenario_text(path: Path, loads: Loads) -> str:
    """The scenario that the form asks, as YAML.

    loads: reads a text as a scenario where it is to stand. Raises InputError with every cell that
    is not understood, each by its address, ``Rules!F7``.
    """
    book = open_book(path)
    form = _Form(str(path))
    missing = [name for name in ("Scenario", "Rules") if name not in book.sheetnames]
    if missing:
        found = f"no sheet {' and no sheet '.join(missing)}"
        raise InputError([Fault(str(path), 0, 0, "", found, "a form of `allocator to-excel`")])
    form.data["schema_version"] = 1
    _scenario(form, book["Scenario"])
    _rules(form, book["Rules"])
    if "Assumptions" in book.sheetnames:
        _assumptions(form, book["Assumptions"])
    if "Variants" in book.sheetnames:
        _variants(form, book["Variants"])
    text = _text(form)
    try:
        loads(text)
    except InputError as error:
        known = {fault.path for fault in form.faults}
        for fault in error.faults:
            cell = _cell(form, fault.path)
            if cell not in known and not (form.faults and _about(form, fault.path, known)):
                found = _LINE.sub("", fault.found)  # lines of a file that nobody sees
                form.refuse(cell or "Scenario", found, fault.expected, fault.fix)
    if form.faults:
        raise InputError(dict.fromkeys(form.faults))
    return text


def _text(form: _Form) -> str:
    """The YAML; parts of variants stand as they were written."""
    text = to_text(form.data)
    if not form.variants:
        return text
    lines = ["variants:"]
    for axis, options in form.variants.items():
        lines.append(f"  {flow(axis)}:")
        lines += [f"    {flow(option)}: {part}" for option, part in options.items()]
    return text + "\n".join(lines) + "\n"


def _cell(form: _Form, dotted: str) -> str:
    """The cell of a path, or of what stands nearest around it; empty where there is none."""
    path = tuple(int(part) if part.isdigit() else part for part in dotted.split("."))
    for size in range(len(path), 0, -1):
        if path[:size] in form.places:
            return form.places[path[:size]]
    inner = [at for key, at in form.places.items() if key[: len(path)] == path]
    return inner[0] if inner else ""


def _about(form: _Form, dotted: str, known: set[str]) -> bool:
    """The fault is about something around a cell that is refused already."""
    path = tuple(int(part) if part.isdigit() else part for part in dotted.split("."))
    return any(at in known for key, at in form.places.items() if key[: len(path)] == path)


def _scenario(form: _Form, sheet: Any) -> None:
    known: dict[str, Row] = {row.dotted: row for row in rows()}
    known |= {head: Row((head,), "") for head in {row.path[0] for row in known.values()}}
    for at in range(FIRST, min(sheet.max_row, MOST_ROWS) + 1):
        name, cell = said(sheet, at, 1), said(sheet, at, 2)
        if not name.text and not cell.text and not cell.wrong:
            continue
        row = known.get(name.text)
        if row is None:
            found = repr(name.text) if name.text else "a value without a name"
            form.refuse(name.at, found, "a value of a scenario", nearest(name.text, known))
            continue
        form.places[row.path] = cell.at
        value = form.value(cell, text=row.is_text)
        if value is not None:
            _put(form, row.path, value, cell.at)


def _put(form: _Form, path: tuple[str, ...], value: Any, at: str) -> None:
    here = form.data
    for key in path[:-1]:
        here = here.setdefault(key, {})
        if not isinstance(here, dict):
            form.refuse(at, f"{'.'.join(path)} beside one value for {key}", "one of the two")
            return
    if path[-1] in here:
        form.refuse(at, f"{'.'.join(path)} again", "each value once")
        return
    here[path[-1]] = value


def _table(sheet: Any, columns: tuple[str, ...]) -> Iterator[dict[str, Said]]:
    """The rows in which something stands, by column."""
    for at in range(FIRST, min(sheet.max_row, MOST_ROWS) + 1):
        row = {name: said(sheet, at, place) for place, name in enumerate(columns, 1)}
        if any(cell.text.strip() or cell.wrong for cell in row.values()):
            yield row


def _heads(form: _Form, sheet: Any, columns: tuple[str, ...]) -> bool:
    """The columns are where they belong."""
    wrong = False
    for place, name in enumerate(columns, 1):
        head = said(sheet, HEAD + 1, place)
        if head.text != name:
            form.refuse(head.at, repr(head.text), f"the head {name}", "columns stay in their order")
            wrong = True
    return not wrong


def _rules(form: _Form, sheet: Any) -> None:
    if not _heads(form, sheet, RULE_COLUMNS):
        return
    found: list[dict[str, Any]] = []
    for cells in _table(sheet, RULE_COLUMNS):
        place = len(found)
        found.append(_rule(form, cells, ("constraints", place)))
    form.data["constraints"] = found


def _rule(form: _Form, cells: Mapping[str, Said], path: tuple[str | int, ...]) -> dict[str, Any]:
    """One rule, with the cell of each of its values."""
    rule: dict[str, Any] = {}
    form.places[path] = cells["id"].at
    for key in ("id", "reason", "owner"):
        form.places[(*path, key)] = cells[key].at
        value = form.value(cells[key], text=True)
        if value is not None:
            rule[key] = value
    shape = _word(form, cells["form"], FORMS)
    if shape:
        form.places[(*path, shape)] = cells["lines"].at
        lines = form.value(cells["lines"], text=shape == "audience")
        if lines is not None:
            rule[shape] = lines
    form.places[(*path, "the kind")] = cells["kind"].at
    kind = _word(form, cells["kind"], KINDS)
    body = _body(form, cells, (*path, kind)) if kind else {}
    price = form.value(cells["soft price"])
    form.places[(*path, "soft")] = cells["soft price"].at
    if price is not None:
        rule["soft"] = {"price": price}
    return _with_rest(form, cells["yaml"], rule, (path, kind, body))


def _word(form: _Form, cell: Said, words: tuple[str, ...]) -> str:
    """One of the words; empty where the cell is empty or says another."""
    text = str(form.value(cell, text=True) or "")
    if text and text not in words:
        form.refuse(cell.at, repr(text), "one of " + ", ".join(words), nearest(text, words))
        return ""
    return text


def _body(form: _Form, cells: Mapping[str, Said], path: tuple[str | int, ...]) -> dict[str, Any]:
    """The limit, as far as it has columns."""
    body: dict[str, Any] = {}
    form.places[path] = cells["kind"].at
    for key in BODY:
        form.places[(*path, key)] = cells[key].at
        value = form.value(cells[key], text=key in ("from", "kpi", "per"))
        if value is not None:
            body[key] = value
    low, high = (form.value(cells[key]) for key in ("low", "high"))
    form.places[(*path, "between")] = cells["low"].at
    form.places[(*path, "between", 1)] = cells["high"].at
    if (low is None) != (high is None):
        empty = cells["low" if low is None else "high"]
        if not empty.wrong and not empty.text:
            form.refuse(empty.at, "nothing", "low and high together, such as -30% and +30%")
    elif low is not None:
        body["between"] = [low, high]
    return body


def _with_rest(
    form: _Form,
    cell: Said,
    rule: dict[str, Any],
    limit: tuple[tuple[str | int, ...], str, dict[str, Any]],
) -> dict[str, Any]:
    """The rule with its limit and what stands in column yaml."""
    path, kind, body = limit
    rest = form.value(cell)
    if rest is not None and not isinstance(rest, dict):
        form.refuse(cell.at, repr(cell.text), "keys of the rule: {spend: {new_lines: exempt}}")
        rest = None
    rest = dict(rest or {})
    inner = rest.pop(kind, None) if kind else None
    if isinstance(inner, dict):
        for key in inner:
            form.places[(*path, kind, key)] = cell.at
        if again := sorted(inner.keys() & body.keys()):
            form.refuse(cell.at, f"{again[0]} again", "each key once: a column has it")
        body = {**body, **inner}
    elif inner is not None and body:
        form.refuse(cell.at, repr(inner), f"keys of {kind}: columns have some already")
    elif inner is not None:
        rule[kind] = inner
    if kind and kind not in rule:
        rule[kind] = body
    for key, value in rest.items():
        form.places[(*path, key)] = cell.at
        if key in rule:
            form.refuse(cell.at, f"{key} again", "each key once: a column has it")
        rule[key] = value
    return rule


def _assumptions(form: _Form, sheet: Any) -> None:
    if not _heads(form, sheet, ASSUMED):
        return
    found: list[dict[str, Any]] = []
    for cells in _table(sheet, ASSUMED):
        one: dict[str, Any] = {}
        form.places["assumptions", len(found)] = cells["id"].at
        for key, cell in cells.items():
            form.places["assumptions", len(found), key] = cell.at
            value = form.value(cell, text=key in ("id", "source"))
            if value is not None:
                one[key] = value
        found.append(one)
    if found:
        form.data["assumptions"] = found


def _variants(form: _Form, sheet: Any) -> None:
    if not _heads(form, sheet, VARIED):
        return
    for cells in _table(sheet, VARIED):
        axis, option = (form.value(cells[key], text=True) for key in VARIED[:2])
        part = form.value(cells[VARIED[2]])
        for key, value in zip(VARIED, (axis, option, part), strict=True):
            if value is None and not cells[key].wrong and not cells[key].text:
                form.refuse(cells[key].at, "nothing", f"the {key} of a variant, {{}} for none")
        if axis is None or option is None or part is None:
            continue
        options = form.variants.setdefault(axis, {})
        form.places["variants", axis, option] = cells[VARIED[2]].at
        form.places.setdefault(("variants", axis), cells["axis"].at)
        if option in options:
            form.refuse(cells["option"].at, f"{option} again", "each option once")
        options[option] = flow(part)
