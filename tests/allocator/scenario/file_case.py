"""Files of a small project of scenarios, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import scenario_case

from allocator.scenario import load
from mmm.errors import InputError

BASE = """\
schema_version: 1
curves: curves.nc
period: {start: 2027-W01, weeks: 13}
currency: EUR
reference: {actuals: {start: 2026-W01, weeks: 13}}
budget: {exactly: 2.0M}
objective: {maximise: revenue}
constraints:
  - {id: floor, each: [tv], spend: {min: 240k}, reason: contract}
  - {id: cap, together: [search, social], share: {max: 70%}}
"""
OWN = "id: q1\ntitle: Q1\nextends: [base.yaml]\n"


def write(tmp_path: Path, files: Mapping[str, str]) -> Path:
    """The files in ``scenarios`` of a project of their own; the path of ``q1.yaml``."""
    folder = scenario_case.project(tmp_path)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "q1.yaml"


def refused(path: Path, **asked: object) -> list[str]:
    """The faults of a scenario, its folder left out."""
    with pytest.raises(InputError) as caught:
        load(path, **asked)  # type: ignore[arg-type]
    return [str(fault).replace(f"{path.parent}/", "") for fault in caught.value.faults]
