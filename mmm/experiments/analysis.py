"""A test's table, whatever its design: analysed, and made into a row of experiments.csv."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmm.errors import Fault, InputError
from mmm.experiments.experiment import ALL, Experiment, Kind
from mmm.experiments.geo_lift import geo_lift, geo_test
from mmm.experiments.geo_panel import GeoPanel, periods, read_panel, treated_rows
from mmm.experiments.lift import Columns, Lift
from mmm.experiments.two_groups import read_groups, two_groups
from mmm.experiments.weights import METHODS


@dataclass(frozen=True)
class Analysis:
    """What was found.

    lifts: the estimate that counts, then others to compare with; geo: whether geos were compared;
    spend_change: of the treated over the test, from a column of spend; None where there is none
    """

    lifts: tuple[Lift, ...]
    geo: bool
    spend_change: float | None = None


@dataclass(frozen=True)
class Labels:
    """What a row of experiments.csv says besides the result; None is not yet said."""

    kpi: str | None
    lines: str | None
    geo: str | None
    start: dt.date | None
    end: dt.date | None
    measured_until: dt.date | None
    spend_change: float | None
    kind: Kind | None
    name: str


def is_geo(path: Path, header: Sequence[str], columns: Columns) -> bool:
    """Whether a table is of a geo test; its columns decide.

    Raises InputError when the columns are those of neither design, or of both.
    """
    geo, groups = columns.geo in header, columns.group in header
    if geo == groups:
        found = "columns of both designs" if geo else f"columns {', '.join(header)}"
        expected = (
            f"either {columns.date}, {columns.geo}, {columns.outcome} (a geo test) "
            f"or {columns.group}, {columns.outcome} (two groups)"
        )
        fix = "name yours with --geo-column or --group-column"
        raise InputError([Fault(str(path), 1, 1, "", found, expected, fix)])
    return geo


def analyse_groups(path: Path, treated: Sequence[str], columns: Columns) -> Analysis:
    """A test of two groups of users. Raises InputError with every fault of the table."""
    return Analysis((two_groups(*read_groups(path, treated, columns)),), geo=False)


def analyse_geos(
    path: Path,
    treated: Sequence[str],
    columns: Columns,
    *,
    start: dt.date,
    end: dt.date,
    measured_until: dt.date | None = None,
    method: str = "synthetic",
) -> Analysis:
    """A geo test: ``method`` counts, the other is shown beside it.

    The outcome is counted from ``start`` to ``measured_until``, ``end`` if unsaid. Raises
    InputError with every fault of the table or the options.
    """
    panel = read_panel(path, columns)
    mask = treated_rows(panel, treated)
    changed = periods(panel, start, end)
    test = geo_test(panel, mask, periods(panel, start, measured_until or end))
    names = sorted(METHODS, key=lambda name: name != method)
    change = _spend_change(panel, mask, changed)
    return Analysis(tuple(geo_lift(test, name) for name in names), geo=True, spend_change=change)


def as_experiment(path: Path, analysis: Analysis, labels: Labels) -> Experiment:
    """The row for experiments.csv.

    A change of spend that is not stated is taken from the table's column. Raises InputError
    naming every option that is missing.
    """
    change = labels.spend_change
    change = analysis.spend_change if change is None else change
    needed = {
        "--kpi": labels.kpi,
        "--lines": labels.lines,
        "--start": labels.start,
        "--end": labels.end,
        "--spend-change": change,
    }
    absent = [option for option, value in needed.items() if not value]
    if not (labels.kpi and labels.lines and labels.start and labels.end and change):
        why = "the row of experiments.csv says it"
        expected = "the option beside --write"
        raise InputError(
            [Fault(str(path), 0, 0, option, "nothing", expected, why) for option in absent]
        )
    best = analysis.lifts[0]
    raised: Kind = "geo_lift" if analysis.geo else "scale_up"
    return Experiment(
        kpi=labels.kpi,
        lines=tuple(part.strip() for part in labels.lines.split("+")),
        geos=tuple(part.strip() for part in (labels.geo or ALL).split("+")),
        start=labels.start,
        end=labels.end,
        spend_change=change,
        incremental_outcome=best.effect,
        standard_error=best.standard_error,
        kind=labels.kind or ("holdout" if change < 0 else raised),
        measured_until=labels.measured_until or labels.end,
        name=labels.name,
    )


def _spend_change(panel: GeoPanel, treated: np.ndarray, test: slice) -> float | None:
    """Treated spend in the test, less their spend before it moved as the controls' moved."""
    if panel.spend is None or test.start == 0:
        return None
    length = test.stop - test.start
    before, during = panel.spend[:, : test.start], panel.spend[:, test]
    usual, moved = before[~treated].mean(), during[~treated].mean()
    factor = moved / usual if usual > 0 else 1.0
    own = before[treated].sum(axis=0).mean() * length * factor
    return float(during[treated].sum() - own)
