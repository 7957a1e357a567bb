"""The steps of ``mmm experiment``: options read, table analysed, result shown and written."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mmm.console import console
from mmm.errors import Fault, InputError, nearest
from mmm.experiments.analysis import (
    Analysis,
    Labels,
    analyse_geos,
    analyse_groups,
    as_experiment,
    is_geo,
)
from mmm.experiments.cells import read_rows
from mmm.experiments.designs import designs
from mmm.experiments.experiment import KINDS, Kind
from mmm.experiments.geo_panel import read_panel
from mmm.experiments.lift import Columns
from mmm.experiments.table import append
from mmm.experiments.weights import METHODS
from mmm.experiments.words import lift_report, plan_report, plan_sentence, sentence
from mmm.terminal import progress


@dataclass(frozen=True)
class Asked:
    """What every form of the command needs."""

    table: Path
    columns: Columns
    treated: tuple[str, ...]
    method: str
    quiet: bool
    as_json: bool

    def fault(self, option: str, found: str, expected: str, fix: str = "") -> Fault:
        """A fault of an option."""
        return Fault(str(self.table), 0, 0, option, found, expected, fix)


def analysed(
    asked: Asked,
    dates: Sequence[str | None],
    row: Mapping[str, str | None],
    *,
    spend_change: float | None,
    write: Path | None,
) -> None:
    """Analyse the table and show what was found; with ``write`` append its row.

    dates: start, end, measured_until as written; row: what else a row of experiments.csv says.
    Raises InputError with what is wrong with options or table.
    """
    faults: list[Fault] = []
    start, end, until = _dates(asked, dates, faults)
    kind = _kind(asked, row["kind"], faults)
    _known_method(asked, faults)
    if not asked.treated:
        expected = "the geos or groups whose spend was changed"
        faults.append(asked.fault("--treated", "nothing", expected))
    geo = is_geo(asked.table, list(read_rows(asked.table, ())[0]), asked.columns)
    if geo:
        for option, day in (("--start", dates[0]), ("--end", dates[1])):
            if day is None:
                faults.append(asked.fault(option, "nothing", "a day of the test"))
    if faults:
        raise InputError(faults)
    with progress("Analysing the test", None, asked.quiet or asked.as_json):
        found = _analysis(asked, start, end, until) if geo else _groups(asked)
    change = found.spend_change if spend_change is None else spend_change
    written = None
    if write is not None:
        labels = Labels(
            row["kpi"], row["lines"], row["geo"], start, end, until, spend_change, kind,
            row["name"] or "",
        )  # fmt: skip
        written = as_experiment(asked.table, found, labels)
        append(write, written)
    said = sentence(
        found.lifts[0], outcome=row["kpi"] or asked.columns.outcome, spend_change=change
    )
    if asked.as_json:
        body = {
            "sentence": said,
            "spend_change": change,
            "lifts": [asdict(lift) for lift in found.lifts],
            "row": asdict(written) if written else None,
        }
        print(json.dumps(body, indent=2, ensure_ascii=False, default=str))
    elif not asked.quiet:
        console().print(lift_report(found.lifts, said, _note(found)))
        if write is not None:
            console().print(f"Written: a row of {write}")


def planned(asked: Asked, *, lengths: str, shares: str, lift: float | None, seed: int) -> None:
    """Show what tests of these lengths and shares would see. Raises InputError."""
    faults: list[Fault] = []
    _known_method(asked, faults)
    wanted = [int(number) for number in _numbers(asked, "--lengths", lengths, faults)]
    parts = [number / 100 for number in _numbers(asked, "--shares", shares, faults)]
    if faults:
        raise InputError(faults)
    panel = read_panel(asked.table, asked.columns)
    total = len(wanted) * len(parts)
    with progress("Tests that did not take place", total, asked.quiet or asked.as_json) as advance:
        made = designs(
            panel, lengths=wanted, shares=parts, seed=seed, method=asked.method, advance=advance
        )
    unit = {1: "days", 7: "weeks"}.get((panel.dates[1] - panel.dates[0]).days, "dates")
    said = plan_sentence(made, None if lift is None else lift / 100, unit)
    if asked.as_json:
        body = {"sentence": said, "seed": seed, "designs": [asdict(one) for one in made]}
        print(json.dumps(body, indent=2, ensure_ascii=False))
    elif not asked.quiet:
        console().print(plan_report(made, said, unit))


def _groups(asked: Asked) -> Analysis:
    return analyse_groups(asked.table, asked.treated, asked.columns)


def _analysis(
    asked: Asked, start: dt.date | None, end: dt.date | None, until: dt.date | None
) -> Analysis:
    assert start is not None
    assert end is not None  # both are asked for of a geo test
    return analyse_geos(
        asked.table, asked.treated, asked.columns,
        start=start, end=end, measured_until=until, method=asked.method,
    )  # fmt: skip


def _note(found: Analysis) -> str:
    if not found.geo:
        return "p: of no difference, two-sided."
    return "p: of no effect, by shifting the test through time. The first row is what is written."


def _dates(
    asked: Asked, texts: Sequence[str | None], faults: list[Fault]
) -> tuple[dt.date | None, dt.date | None, dt.date | None]:
    read: list[dt.date | None] = []
    for option, text in zip(("--start", "--end", "--measured-until"), texts, strict=True):
        try:
            read.append(None if text is None else dt.date.fromisoformat(text))
        except ValueError:
            read.append(None)
            faults.append(asked.fault(option, repr(text), "a date as YYYY-MM-DD"))
    start, end, until = read
    if end and until and until < end:
        faults.append(asked.fault("--measured-until", str(until), f"the end, {end}, or later"))
    return start, end, until


def _kind(asked: Asked, text: str | None, faults: list[Fault]) -> Kind | None:
    for kind in KINDS:
        if text == kind:
            return kind
    if text is not None:
        expected = f"one of {', '.join(KINDS)}"
        faults.append(asked.fault("--kind", repr(text), expected, nearest(text, KINDS)))
    return None


def _known_method(asked: Asked, faults: list[Fault]) -> None:
    if asked.method not in METHODS:
        fix, expected = nearest(asked.method, METHODS), f"one of {', '.join(METHODS)}"
        faults.append(asked.fault("--method", repr(asked.method), expected, fix))


def _numbers(asked: Asked, option: str, text: str, faults: list[Fault]) -> list[float]:
    """Numbers separated by commas; a percent sign may stand behind them."""
    found = []
    for part in text.split(","):
        try:
            found.append(float(part.strip().removesuffix("%")))
        except ValueError:
            fix = "separate several with commas"
            faults.append(asked.fault(option, repr(part.strip()), "a number", fix))
    return found
