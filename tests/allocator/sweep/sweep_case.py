"""A small project to be swept: variants and budgets on curves of which every answer is known."""

from __future__ import annotations

from pathlib import Path

import curve_case
import run_case
import scenario_case

from mmm.curves import save

QUARTER = """\
reference: {flat: true}
budget: {exactly: 90k}
constraints:
  - {id: cap, each: [l0], spend: {max: 60k}}
variants:
  cap:
    base: {}
    tight: {constraints: [{id: cap, spend: {max: 20k}}]}
    absent: {constraints: [{id: cap, spend: {max: 400k}}]}
"""


def written(folder: Path, changes: str = QUARTER, *, lines: int = 3) -> Path:
    """A scenario in a project of its own, beside its curves: the same table for every line."""
    path = scenario_case.write_scenario(folder, changes)
    save(run_case.alike(lines), path.parent / "curves.nc")
    return path


def market(path: Path, height: float) -> Path:
    """Curves of another market: straight lines of this height at 400k."""
    at = [0.0, 400_000.0]
    names = [f"l{place}" for place in range(3)]
    curves = curve_case.tabulated(
        dict.fromkeys(names, at), {"revenue": {name: [[0.0, height]] for name in names}}
    )
    path.parent.mkdir(exist_ok=True)
    save(curves, path)
    return path


def files(folder: Path) -> dict[str, bytes]:
    """Every file that a sweep leaves, by its place."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
