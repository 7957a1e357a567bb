"""Whether other curves speak of the same lines, KPIs, money and time as a scenario's own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from allocator.complaint import Complaint
from allocator.scenario import LoadedScenario
from mmm.curves import ResponseCurves
from mmm.errors import Fault


def alternative_faults(
    loaded: LoadedScenario, curves: ResponseCurves, others: tuple[ResponseCurves, ...]
) -> list[Fault]:
    """Everything in which the other curves do not fit, with the place of their path.

    A plan can be judged on several models only where all of them know what it spends on, what it
    brings, and the same weeks of the past.
    """
    named = loaded.scenario.alternatives or ()
    if len(named) != len(others):
        complaint = Complaint(
            f"{len(others)} other curves, where the scenario names {len(named)}",
            "one for each path",
        )
        return [loaded.fault(("alternatives",), complaint)]
    return [
        loaded.fault(("alternatives", place), complaint)
        for place, other in enumerate(others)
        for complaint in _complaints(curves, other)
    ]


def risk_faults(loaded: LoadedScenario) -> list[Fault]:
    """What cannot be asked together with draws that do not count alike."""
    faults = []
    for place, entry in enumerate(loaded.scenario.constraints):
        if entry.soft is not None and entry.has_probability:
            complaint = Complaint(
                "a price beside a probability", "a rule that is hard, or one for the mean"
            )
            faults.append(loaded.fault(("constraints", place, "soft"), complaint))
    return faults


def _complaints(curves: ResponseCurves, other: ResponseCurves) -> Iterator[Complaint]:
    fix = "fit or import them on the same data, with the same names"
    lacking = sorted(set(curves.lines) ^ set(other.lines))
    if lacking:
        found = f"curves that differ in {', '.join(lacking)}"
        yield Complaint(found, "the same lines as `curves`", fix)
    elif other.lines != curves.lines:
        yield Complaint("the same lines in another order", "the order of `curves`", fix)
    if other.units != curves.units:
        found = f"KPIs {_said(other.units)}"
        yield Complaint(found, f"those of `curves`: {_said(curves.units)}", fix)
    if other.currency and curves.currency and other.currency != curves.currency:
        yield Complaint(f"curves in {other.currency}", f"the {curves.currency} of `curves`")
    if other.week_start != curves.week_start:
        found = f"weeks that begin on {other.week_start}"
        yield Complaint(found, f"on {curves.week_start}, as in `curves`")
    mine, theirs = curves.history, other.history
    if (mine is None) != (theirs is None):
        yield Complaint("curves of another kind", "all fitted, or all imported", fix)
    elif mine is not None and theirs is not None and _last(mine) != _last(theirs):
        yield Complaint("data that end in another week", "the last week of `curves`", fix)

    if mine is None and other.data.attrs.get("weeks") != curves.data.attrs.get("weeks"):
        yield Complaint("curves of another number of weeks", "as many weeks as in `curves`", fix)


def _last(history: xr.DataArray) -> np.datetime64:
    last: np.datetime64 = history["week"].to_numpy()[-1]
    return last


def _said(units: dict[str, str]) -> str:
    return ", ".join(f"{kpi} ({unit})" for kpi, unit in units.items())
