"""experiments.csv: read, checked against the model's data, and extended by a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from mmm.errors import Fault, InputError, nearest
from mmm.experiments.against_data import check
from mmm.experiments.cells import Row, read_rows
from mmm.experiments.experiment import KINDS, Experiment, Kind
from mmm.experiments.known import Known, Written
from mmm.experiments.values import Reader
from mmm.files import write_whole

NEEDED = (
    "kpi", "lines", "geo", "start", "end", "spend_change", "incremental_outcome",
    "standard_error", "kind",
)  # fmt: skip
OPTIONAL = ("measured_until", "name")
TOGETHER = "+"
"""Separates several lines, or several geos, in one cell."""


def read_experiments(path: Path | str, known: Known | None = None) -> tuple[Experiment, ...]:
    """Every experiment of a table, in its order.

    known: what to check names, dates and spend against; None checks each row in itself only.
    Columns: kpi, lines (``search``, ``search/brand``, ``all``, several joined by ``+``), geo (a
    geo, several joined by ``+``, or ``all``), start, end, spend_change, incremental_outcome,
    standard_error, kind, and if wanted measured_until and name. Raises InputError with every
    fault at its line and column.
    """
    path = Path(path)
    reader = Reader(str(path))
    rows = read_rows(path, NEEDED, (*NEEDED, *OPTIONAL))
    written = [read for row in rows if (read := _read(row, reader)) is not None]
    _doubled(written, reader)
    if known is not None:
        check(written, known, reader)
    if reader.faults:
        raise InputError(reader.shortened())
    return tuple(one.experiment for one in written)


def append(path: Path | str, experiment: Experiment) -> None:
    """Add one row; a table that is not there is begun. What is there stays byte for byte.

    Raises InputError when the table there is not a table of experiments, holds this row already,
    or lacks a column that the row needs.
    """
    path = Path(path)
    before, ending = b"", "\n"
    header: tuple[str, ...] = (*NEEDED, *OPTIONAL)
    if path.exists():
        if experiment in read_experiments(path):
            found = f"the row of {experiment.name or experiment.start} already"
            raise InputError([Fault(str(path), 0, 0, "", found, "each experiment once")])
        before = path.read_bytes()
        ending = "\r\n" if b"\r\n" in before else "\n"
        first = next(line for line in before.decode("utf-8-sig").splitlines() if line.strip())
        header = tuple(name.strip().strip('"') for name in first.split(","))
        _refuse_loss(path, header, experiment)
        if not before.endswith(b"\n"):
            before += ending.encode()
    else:
        before = (",".join(header) + ending).encode()
    values = _as_written(experiment)
    line = ",".join(values[name] for name in header) + ending
    write_whole(path, partial(_put, before + line.encode()))


def _put(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _refuse_loss(path: Path, header: Sequence[str], experiment: Experiment) -> None:
    """A tail that was measured must not be lost for want of a column."""
    if experiment.measured_until != experiment.end and "measured_until" not in header:
        found, fix = "no such column", "add it to the header, and a comma to every row"
        expected = "it, for an outcome counted after the end"
        raise InputError([Fault(str(path), 1, 1, "measured_until", found, expected, fix)])


def _as_written(one: Experiment) -> dict[str, str]:
    cells = {
        "kpi": one.kpi,
        "lines": TOGETHER.join(one.lines),
        "geo": TOGETHER.join(one.geos),
        "start": str(one.start),
        "end": str(one.end),
        "spend_change": f"{one.spend_change:.10g}",
        "incremental_outcome": f"{one.incremental_outcome:.10g}",
        "standard_error": f"{one.standard_error:.10g}",
        "kind": one.kind,
        "measured_until": str(one.measured_until),
        "name": one.name,
    }
    return {name: _quoted(text) for name, text in cells.items()}


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def _read(row: Row, reader: Reader) -> Written | None:
    """One row in itself; None when a cell cannot be read, with the reason in ``reader``."""
    before = len(reader.faults)
    kpi, lines, geos = (reader.text(row, column) for column in ("kpi", "lines", "geo"))
    start, end = reader.date(row, "start"), reader.date(row, "end")
    until = _until(row, reader, end)
    change = reader.number(row, "spend_change")
    outcome = reader.number(row, "incremental_outcome")
    error = reader.number(row, "standard_error")
    kind = _kind(row, reader)
    name = row["name"].text if "name" in row else ""
    if error is not None and error <= 0:
        fix = "an experiment without an error says nothing; take it from its interval, width / 3.29"
        reader.wrong(row["standard_error"], "standard_error", f"{error:g}", "above 0", fix)
    _sign(row, reader, change, kind)
    if start and end and end < start:
        found, expected = str(end), f"a day after the start, {start}"
        reader.wrong(row["end"], "end", found, expected, "swap start and end")
    elif end and until and until < end:
        cell = row["measured_until"]
        reader.wrong(cell, "measured_until", str(until), f"the end, {end}, or later")
    if len(reader.faults) > before or not (kpi and lines and geos and start and end):
        return None
    if until is None or kind is None or change is None or outcome is None or error is None:
        return None  # each of them left a fault
    parts = (_parts(lines), _parts(geos))
    return Written(
        Experiment(kpi, *parts, start, end, change, outcome, error, kind, until, name), row
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(TOGETHER))


def _until(row: Row, reader: Reader, end: dt.date | None) -> dt.date | None:
    if "measured_until" in row and row["measured_until"].text:
        return reader.date(row, "measured_until")
    return end


def _kind(row: Row, reader: Reader) -> Kind | None:
    text = reader.text(row, "kind")
    for kind in KINDS:
        if text == kind:
            return kind
    if text is not None:
        expected = f"one of {', '.join(KINDS)}"
        close = nearest(text, KINDS)
        reader.wrong(row["kind"], "kind", repr(text), expected, close if "mean" in close else "")
    return None


def _sign(row: Row, reader: Reader, change: float | None, kind: Kind | None) -> None:
    """A holdout cuts, a scale-up raises; a geo lift may do either."""
    if change is None:
        return
    found, cell = f"{change:g}", row["spend_change"]
    if change == 0:
        fix = "an experiment that changed no spend says nothing about media; delete the row"
        reader.wrong(cell, "spend_change", found, "a change", fix)
    elif kind == "holdout" and change > 0:
        fix = f"write -{found}: the change is what was spent less what would have been"
        reader.wrong(cell, "spend_change", found, "below 0 for a holdout", fix)
    elif kind == "scale_up" and change < 0:
        fix = "write `holdout` as its kind if spend was cut"
        reader.wrong(cell, "spend_change", found, "above 0 for a scale_up", fix)


def _doubled(written: list[Written], reader: Reader) -> None:
    """Two rows of one KPI, lines, geos and start would count one experiment twice."""
    first: dict[tuple[object, ...], int] = {}
    for one in written:
        it, cell = one.experiment, one.row["kpi"]
        key = (it.kpi, frozenset(it.lines), frozenset(it.geos), it.start, it.end)
        at = first.setdefault(key, cell.line)
        if at != cell.line:
            found = f"the experiment of line {at} again"
            reader.wrong(cell, "", found, "each experiment once", "delete one of the rows")
