"""``context``: what prices, promotions and other controls will be, in tables."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue, SkipJsonSchema

from allocator.quantities import RESOLVED
from allocator.scenario.schema.constraint import Written
from allocator.scenario.schema.table import read_csv
from allocator.weeks import WeekOrDay, week_or_day
from mmm.errors import Fault, InputError

MOST = 1_000  # rows: nobody knows prices twenty years ahead


class ContextRow(Written):
    """What controls are in one week."""

    week: WeekOrDay
    """The week."""
    values: dict[str, Annotated[float, Field(allow_inf_nan=False)]]
    """Control -> its value, in the unit of the data that the model learnt from."""


class ContextTable(Written):
    """A CSV file with the column `week` and one for every control; its path alone says the same."""

    table: Annotated[str, Field(min_length=1)]
    """Path of the CSV file, from this file."""
    rows: SkipJsonSchema[tuple[ContextRow, ...] | None] = None
    """The table's rows, in a resolved scenario only."""

    @property
    def controls(self) -> tuple[str, ...]:
        """The controls it has, in the order of its columns."""
        return tuple(dict.fromkeys(name for row in self.rows or () for name in row.values))

    @model_validator(mode="after")
    def _as_written(self, info: ValidationInfo) -> Self:
        if self.rows is not None and info.context != RESOLVED:
            raise ValueError("a path, with the rows in that file")
        return self

    @model_serializer(mode="wrap")
    def _short(self, handler: SerializerFunctionWrapHandler) -> Any:
        """The path alone is the word for it."""
        return self.table if self.rows is None else handler(self)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: Any, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "minLength": 1}, handler(core_schema)]}


def _spelled_out(value: Any) -> Any:
    return {"table": value} if isinstance(value, str) else value


ContextChoice = Annotated[ContextTable, BeforeValidator(_spelled_out)]
"""A path of a table."""


def read_context(path: Path, name: str) -> tuple[tuple[ContextRow, ...], tuple[int, ...]]:
    """The rows and the line of the file each stands on. ``name`` is the file's name in messages.

    Raises InputError with every fault.
    """
    return read_csv(path, name, _rows)


def _rows(text: str, name: str) -> tuple[tuple[ContextRow, ...], tuple[int, ...]]:
    reader = csv.reader(text.splitlines(), strict=True)
    header = tuple(cell.strip() for cell in next(reader, []))
    _refuse_header(header, name)
    rows: list[ContextRow] = []
    places: list[int] = []
    faults: list[Fault] = []
    for cells in reader:
        here = reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            found, expected = f"{len(cells)} values", f"{len(header)}, one for each column"
            faults.append(Fault(name, here, 0, "", found, expected, "write 1.5 for one and a half"))
            continue
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        wrong = _wrong(row, name, here)
        faults += wrong
        if not wrong:
            week = row.pop("week")
            values = {control: float(text) for control, text in row.items()}
            rows.append(ContextRow(week=week, values=values))
            places.append(here)
    if len(rows) > MOST:
        faults.append(Fault(name, 1, 0, "", f"{len(rows):,} rows", f"at most {MOST:,}"))
    if not rows and not faults:
        faults.append(Fault(name, 1, 0, "", "no rows", "a row for every week"))
    if faults:
        raise InputError(faults)
    return tuple(rows), tuple(places)


def _refuse_header(header: tuple[str, ...], name: str) -> None:
    whole = "week" in header and len(header) > 1 and all(header)
    if whole and len(set(header)) == len(header):
        return
    found = f"the columns {', '.join(header)}" if any(header) else "no columns"
    fix = "separate columns with commas" if ";" in "".join(header) else ""
    expected = "the column week and one for every control, each once"
    raise InputError([Fault(name, 1, 0, "", found, expected, fix)])


def _wrong(row: dict[str, str], name: str, here: int) -> list[Fault]:
    faults: list[Fault] = []
    try:
        week_or_day(row["week"])
    except ValueError as error:
        faults.append(Fault(name, here, 0, "week", repr(row["week"]), str(error)))
    for control, text in row.items():
        if control != "week" and not _number(text):
            found, expected = repr(text) if text else "nothing", "a plain number such as 98.5"
            faults.append(Fault(name, here, 0, control, found, expected))
    return faults


def _number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False
