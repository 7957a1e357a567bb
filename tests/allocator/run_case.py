"""A small quarter to be planned, and the ways in which tests ask for it."""

from __future__ import annotations

from pathlib import Path

import curve_case
import numpy as np
import pytest

from allocator import run
from allocator.plan import Plan, Status
from allocator.scenario import LoadedScenario
from allocator.verify import verify
from mmm.curves import ResponseCurves, TabulatedCurves
from mmm.errors import InputError

QUARTER = (
    "period: {start: 2027-W01, weeks: 6}\n"
    "reference: {actuals: {start: 2026-W01, weeks: 6}}\n"
    "until_start: zero\n"
    "budget: {exactly: 250k}\n"
)
FLAT = "reference: {flat: true}\nbudget: {exactly: 90k}\n"


def go(loaded: LoadedScenario, curves: ResponseCurves, **options: str) -> Plan:
    answer = run.plan(loaded, curves, folder=loaded.curves_file.parent, **options)
    assert answer.plan is not None
    return answer.plan


def planned(tmp_path: Path, curves: ResponseCurves, changes: str) -> Plan:
    return go(curve_case.project(tmp_path, curves, changes), curves)


def checked(tmp_path: Path, curves: ResponseCurves, changes: str) -> Plan:
    """A plan that is proven, keeps every limit, and says nothing that verify does not say."""
    plan = planned(tmp_path, curves, changes)
    path = tmp_path / "scenarios" / "plan.json"
    path.write_text(plan.to_json(), encoding="utf-8")
    assert verify(path).differences == ()
    assert plan.certificate.status is Status.PROVEN
    return plan


def alike(lines: int = 3, end: float = 400_000.0, *, points: int = 21) -> TabulatedCurves:
    """The same concave table for every line: an even split is best."""
    at = end * np.linspace(0, 1, points) ** 2
    names = [f"l{place}" for place in range(lines)]
    return curve_case.tabulated(
        dict.fromkeys(names, at.tolist()),
        {"revenue": dict.fromkeys(names, 300 * np.sqrt(at)[None])},
    )


def faults_of(tmp_path: Path, curves: ResponseCurves, changes: str) -> list[str]:
    loaded = curve_case.project(tmp_path, curves, changes)
    with pytest.raises(InputError) as caught:
        run.plan(loaded, curves, folder=tmp_path)
    for fault in caught.value.faults:
        assert Path(fault.file).is_file()
        assert fault.line >= 1
        assert fault.found
        assert fault.expected
    return [str(fault).partition("yaml:")[2] for fault in caught.value.faults]
