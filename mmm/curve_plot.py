"""Response curves as small multiples, on file as PNG or SVG. The only module with matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from mmm.curve_points import CurvePoints
from mmm.curve_text import trimmed
from mmm.errors import Fault, InputError
from mmm.files import refuse_existing, write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, GREY, INK, FAINT = "#0072b2", "#8a8f98", "#22252a", "#e7e9ec"
KINDS = (".png", ".svg")
COLUMNS = 3
PANEL = (3.6, 2.5)  # inches
HEAD = 1.05  # inches above the panels for the sentence and its subtitle


def draw_curves(
    curves: Sequence[CurvePoints], path: Path, *, title: str, subtitle: str, force: bool = False
) -> Path:
    """Draw one panel per curve, headed by ``title``, the sentence that states the finding.

    Each panel has axes of its own, since the budgets of channels differ by orders of magnitude.
    Raises InputError for a file that is neither .png nor .svg, OutputExists without ``force``.
    """
    if path.suffix.lower() not in KINDS:
        found = repr(path.suffix) if path.suffix else "no file ending"
        raise InputError([Fault(str(path), 0, 0, "--plot", found, " or ".join(KINDS))])
    refuse_existing([path], force=force)
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    columns = min(COLUMNS, len(curves))
    rows = -(-len(curves) // columns)
    width, height = max(columns, 2) * PANEL[0], rows * PANEL[1] + HEAD
    style: Any = {"svg.hashsalt": "curves", "font.size": 9, "font.family": "sans-serif",
             "svg.fonttype": "none", "text.color": INK}  # fmt: skip
    with rc_context(style):
        room = ConstrainedLayoutEngine(
            w_pad=0.1, h_pad=0.08, wspace=0.04, rect=(0, 0, 1, 1 - HEAD / height)
        )
        figure = Figure(figsize=(width, height), layout=room)
        FigureCanvasAgg(figure)
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        for panel, points in zip(panels, curves, strict=False):
            _panel(panel, points)
        for panel in panels[len(curves) :]:
            panel.set_visible(False)
        wide = int(width * 9.5)  # characters of the sentence that fit on a line
        left, top = 0.12 / width, 1 - 0.12 / height
        figure.text(left, top, fill(title, wide), fontsize=12.5, weight="bold", va="top")
        below = 1 - 0.62 / height
        figure.text(left, below, fill(subtitle, int(width * 14)), color="#555b63", va="top")
        path.parent.mkdir(parents=True, exist_ok=True)
        metadata = {"Date": None, "Title": title} if path.suffix.lower() == ".svg" else None
        kind = path.suffix[1:].lower()
        write_whole(
            path, lambda part: figure.savefig(part, format=kind, dpi=144, metadata=metadata)
        )
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
        axis.set_tick_params(length=0, labelcolor="#555b63")
    axes.locator_params(nbins=5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set(color=GREY, lw=0.6)
