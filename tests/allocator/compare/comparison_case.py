"""Small plans to be compared, as files on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import curve_case
import run_case

from allocator.evaluate import evaluated, of_rows
from allocator.scenario import TableRow
from mmm.curves import ParametricCurves
from mmm.curves import save as save_curves

GOOD = {"tv": 80e3, "search/brand": 70e3, "search/generic": 60e3, "social": 40e3}
MORE = {"tv": 90e3, "search/brand": 90e3, "search/generic": 20e3, "social": 100e3}
BASE = run_case.QUARTER + "objective: {maximise: profit}\neconomics: {margin: 40%}\n"


def written(
    folder: Path, rows: Mapping[str, float], curves: ParametricCurves, changes: str = BASE
) -> Path:
    """A plan of these amounts in a folder of its own, with its curves."""
    loaded = curve_case.project(folder, curves, changes)
    table = tuple(TableRow(line=line, spend=amount) for line, amount in rows.items())
    places = ("given.csv", tuple(range(2, len(table) + 2)))
    plan = evaluated(
        loaded,
        curves,
        lambda setting: of_rows(setting, table, places),
        folder=loaded.curves_file.parent,
    )
    path = loaded.curves_file.parent / "plan.json"
    path.write_text(plan.to_json(), encoding="utf-8")
    save_curves(curves, loaded.curves_file, force=True)
    return path


def other_lines(curves: ParametricCurves, names: dict[str, str]) -> ParametricCurves:
    """The same curves with some lines called otherwise."""
    lines = [names.get(line, line) for line in curves.lines]
    data = curves.data.assign_coords(
        line=lines, channel=("line", [line.partition("/")[0] for line in lines])
    )
    return replace(curves, data=data)
