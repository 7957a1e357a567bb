"""Points of response curves for drawing: expected course and its spread, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmm.curve_tables.basis import Basis, basis_of
from mmm.curve_tables.table import lines_by
from mmm.curves import ResponseCurves

POINTS = 41
BEYOND = 1.25  # the picture ends a quarter beyond what was ever observed


@dataclass(frozen=True, eq=False)
class CurvePoints:
    """One curve: the response of a line, or of several in their present proportions.

    total:    (n,) spend over the window, currency
    p10, median, p90: (n,) over draws, KPI units
    current:  spend at the basis and the median response there; None for imported curves
    observed: the largest weekly spend seen, over as many weeks; None where there is no history
    """

    name: str
    total: np.ndarray
    p10: np.ndarray
    median: np.ndarray
    p90: np.ndarray
    current: tuple[float, float] | None
    observed: float | None


def curve_points(
    curves: ResponseCurves,
    kpi: str,
    *,
    weeks: int | None = None,
    keys: Sequence[str] = ("channel",),
) -> tuple[CurvePoints, ...]:
    """One curve of ``kpi`` per channel, or per whatever ``keys`` say; the largest spend first.

    keys: ``("channel",)``, ``("channel", "campaign")``, ``("geo",)``, or all three for every line

    Lines that spend nothing at the basis are drawn over one and a quarter times their largest
    weekly spend; a channel without spend has no proportions and is left out.
    """
    basis = basis_of(curves, weeks)
    groups = {
        lines[0] if len(lines) == 1 else name: lines
        for name, lines in lines_by(curves, *keys).items()
    }
    made = [
        points
        for name, lines in groups.items()
        if (points := _points(curves, kpi, name, lines, basis)) is not None
    ]
    order = {name: basis.spend[_places(curves, lines)].sum() for name, lines in groups.items()}
    return tuple(sorted(made, key=lambda points: -order[points.name]))


def _points(
    curves: ResponseCurves, kpi: str, name: str, lines: tuple[str, ...], basis: Basis
) -> CurvePoints | None:
    spends = basis.spend[_places(curves, lines)]
    spend = float(spends.sum())
    seen = None
    if basis.observed is not None:
        weekly = basis.observed.sel(line=list(lines)).sum("line").to_numpy()
        seen = float(weekly.max()) * basis.weeks
    top = spend if seen is None else max(BEYOND * seen, 1.1 * spend)
    if top == 0 or (spend == 0 and len(lines) > 1):
        return None
    mix = spends / spend if spend > 0 else np.ones(1)
    total = np.union1d(np.linspace(0, top, POINTS), [spend])
    flat = np.full(basis.weeks, 1 / basis.weeks)
    draws = np.zeros((curves.draws, len(total)))
    for line, share in zip(lines, mix, strict=True):
        draws += curves.steady(kpi, line, flat, basis.window).value(share * total)
    p10, median, p90 = np.quantile(draws, [0.1, 0.5, 0.9], axis=0)
    at = int(np.searchsorted(total, spend))
    current = None if basis.observed is None else (spend, float(median[at]))
    return CurvePoints(name, total, p10, median, p90, current, seen)


def _places(curves: ResponseCurves, lines: tuple[str, ...]) -> list[int]:
    return [curves.lines.index(line) for line in lines]
