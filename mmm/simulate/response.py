"""What lines bring at multiples of their recent spend: the truth's answer, or a fit's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmm.curve_tables.basis import basis_of
from mmm.curves import ResponseCurves

WEEKS = 13
MULTIPLIERS = [round(0.05 * step, 2) for step in range(61)]
"""0 to 3: straight lines between them are within a thousandth of a Hill curve."""


@dataclass(frozen=True, eq=False)
class Response:
    """spend: of the last 13 weeks of history; outcome: incremental, at each multiple of it.

    The spend is repeated evenly over the 13 weeks that follow, and goes on at that rate after
    them (the basis of ``mmm curves``). outcome: mean over draws; each: (draw, multiplier).
    """

    spend: float
    multipliers: list[float]
    each: np.ndarray

    @property
    def outcome(self) -> np.ndarray:
        """(multiplier,) KPI units."""
        mean: np.ndarray = self.each.mean(axis=0)
        return mean


def responses(curves: ResponseCurves, kpi: str) -> dict[str, Response]:
    """Of every line that has spent in the last 13 weeks; one that has not has no multiples."""
    basis = basis_of(curves, WEEKS)
    flat = np.full(WEEKS, 1 / WEEKS)
    multiples = np.array(MULTIPLIERS)
    return {
        line: Response(
            float(total),
            MULTIPLIERS,
            curves.steady(kpi, line, flat, basis.window).value(total * multiples),
        )
        for line, total in zip(curves.lines, basis.spend, strict=True)
        if total > 0
    }
