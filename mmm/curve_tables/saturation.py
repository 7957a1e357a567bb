"""How far along its curve a line stands, and the spend at which half of it is reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import brentq

from mmm import saturation
from mmm.curve_tables.basis import Basis
from mmm.curves import ParametricCurves, ResponseCurves
from mmm.saturation import Saturation


def saturation_reached(
    curves: ResponseCurves, kpi: str, lines: Sequence[str], basis: Basis
) -> tuple[float | None, float | None]:
    """(share of full saturation at the basis, total over the window at which half is reached).

    Several lines move together, in the proportions of the basis. Fitted curves: expected weekly
    contribution in the long run at that spend, over the expected contribution at full
    saturation. Imported curves have no full saturation: the share is None, and half means half
    of what the last point brings. None where it does not exist, as on a straight line.
    """
    mix = np.array([basis.spend[curves.lines.index(line)] for line in lines])
    if not mix.any():
        if len(lines) > 1:
            return None, None
        mix = np.ones(1)  # a line without spend still has a half-way point
        now = 0.0
    else:
        now = 1.0
    if isinstance(curves, ParametricCurves):
        if not all(_family(curves, line).bounded for line in lines):
            return None, None
        full = sum(float(_at(curves, "effect", kpi, line).mean()) for line in lines)
        level = _long_run(curves, kpi, lines, mix / basis.weeks)
        reached = level(now) / full if full > 0 else None
    else:
        level, reached = _in_table(curves, kpi, lines, mix, basis), None
        full = level(1.0)
    half = _solve(level, full / 2) if full > 0 else None
    return reached, None if half is None else half * float(mix.sum())


def _family(curves: ParametricCurves, line: str) -> Saturation:
    return saturation.by_name(str(curves.data["saturation"].sel(line=line).item()))


def _long_run(
    curves: ParametricCurves, kpi: str, lines: Sequence[str], weekly: np.ndarray
) -> Callable[[float], float]:
    """m ↦ expected weekly contribution when every week m times ``weekly`` is spent for good.

    Adstock weights sum to 1, so that a constant exposure is its own adstock.
    """
    parts = []
    for line, spend in zip(lines, weekly, strict=True):
        at = curves.data.sel(line=line)
        family = _family(curves, line)
        shape = {name: _at(curves, f"saturation_{name}", kpi, line) for name in family.parameters}
        unit = spend / (float(at["cost_per_unit"]) * float(at["scale"]))
        parts.append((_at(curves, "effect", kpi, line), family, unit, shape))

    def level(multiple: float) -> float:
        return sum(
            float((effect * family.value(np.float64(unit * multiple), **shape)).mean())
            for effect, family, unit, shape in parts
        )

    return level


def _in_table(
    curves: ResponseCurves, kpi: str, lines: Sequence[str], mix: np.ndarray, basis: Basis
) -> Callable[[float], float]:
    """m ↦ expected response of the lines at m times ``mix``."""
    flat = np.full(basis.weeks, 1 / basis.weeks)
    each = [curves.steady(kpi, line, flat, basis.window) for line in lines]

    def level(multiple: float) -> float:
        return sum(
            float(curve.value(np.array([multiple * total])).mean())
            for curve, total in zip(each, mix, strict=True)
        )

    return level


def _solve(level: Callable[[float], float], target: float) -> float | None:
    """The multiple at which a rising ``level`` reaches ``target``; None beyond 10¹⁵ times."""
    high = 1.0
    while level(high) < target:
        high *= 4
        if high > 1e15:
            return None
    root: float = brentq(lambda multiple: level(multiple) - target, 0.0, high, rtol=1e-10)
    return root


def _at(curves: ParametricCurves, name: str, kpi: str, line: str) -> np.ndarray:
    values: np.ndarray = curves.data[name].sel(kpi=kpi, line=line).to_numpy().astype(float)
    return values
