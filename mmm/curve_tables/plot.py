"""Response curves as small multiples, on file as PNG or SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mmm.curve_tables.points import CurvePoints
from mmm.curve_tables.text import trimmed
from mmm.figure import BLUE, FAINT, GREY, plain_axes, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = 3
PANEL = (3.6, 2.5)  # inches


def draw_curves(
    curves: Sequence[CurvePoints], path: Path, *, title: str, subtitle: str, force: bool = False
) -> Path:
    """Draw one panel per curve, headed by ``title``, the sentence that states the finding.

    Each panel has axes of its own, since the budgets of channels differ by orders of magnitude.
    Raises InputError for a file that is neither .png nor .svg, OutputExists without ``force``.
    """
    columns = min(COLUMNS, len(curves))
    rows = -(-len(curves) // columns)
    size = max(columns, 2) * PANEL[0], rows * PANEL[1]
    with sheet(path, size, title=title, subtitle=subtitle, force=force) as figure:
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        for panel, points in zip(panels, curves, strict=False):
            _panel(panel, points)
        for panel in panels[len(curves) :]:
            panel.set_visible(False)
    return path


def _panel(axes: Axes, curve: CurvePoints) -> None:
    """Median, 80 % band, the current point, and what was observed; dashed beyond it."""
    seen = curve.total[-1] if curve.observed is None else curve.observed
    if curve.observed is not None:
        axes.axvspan(0, seen, color=FAINT, lw=0, zorder=0)
    axes.fill_between(curve.total, curve.p10, curve.p90, color=BLUE, alpha=0.2, lw=0)
    at_edge = np.interp(seen, curve.total, curve.median)
    inside, beyond = curve.total <= seen, curve.total >= seen
    known = (np.append(curve.total[inside], seen), np.append(curve.median[inside], at_edge))
    axes.plot(*known, color=BLUE, lw=1.8, solid_capstyle="butt")
    if beyond.any() and seen < curve.total[-1]:
        axes.plot(
            np.insert(curve.total[beyond], 0, seen), np.insert(curve.median[beyond], 0, at_edge),
            color=BLUE, lw=1.8, dashes=(3, 2),
        )  # fmt: skip
    if curve.current is not None:
        axes.plot(*curve.current, "o", color=GREY, ms=7, mec="white", mew=1.2, zorder=5)
    axes.set_title(curve.name, loc="left", fontsize=10, weight="bold")
    axes.set_xlim(0, curve.total[-1])
    axes.set_ylim(0, None)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: trimmed(float(value)))
    axes.locator_params(nbins=5)
    plain_axes(axes)
