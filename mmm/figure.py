"""A sheet to draw on, headed by the sentence that states the finding. The only way to matplotlib.

Written whole or not at all, as PNG or SVG, the same bytes from the same figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from mmm.errors import Fault, InputError
from mmm.files import refuse_existing, write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, GREY, INK, FAINT, SOFT = "#0072b2", "#8a8f98", "#22252a", "#e7e9ec", "#555b63"
KINDS = (".png", ".svg")
HEAD = 1.05  # inches above the drawing for the sentence and its subtitle


@contextmanager
def sheet(
    path: Path, size: tuple[float, float], *, title: str, subtitle: str, force: bool = False
) -> Iterator[Figure]:
    """A figure of (width, height) inches and a head above, saved to ``path`` at the end.

    Raises InputError for a file that is neither .png nor .svg, OutputExists without ``force``,
    both before anything is drawn.
    """
    if path.suffix.lower() not in KINDS:
        found = repr(path.suffix) if path.suffix else "no file ending"
        raise InputError([Fault(str(path), 0, 0, "--plot", found, " or ".join(KINDS))])
    refuse_existing([path], force=force)
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    width, height = size[0], size[1] + HEAD
    style: Any = {"svg.hashsalt": "curves", "font.size": 9, "font.family": "sans-serif",
             "svg.fonttype": "none", "text.color": INK}  # fmt: skip
    with rc_context(style):
        room = ConstrainedLayoutEngine(
            w_pad=0.1, h_pad=0.08, wspace=0.04, rect=(0, 0, 1, 1 - HEAD / height)
        )
        figure = Figure(figsize=(width, height), layout=room)
        FigureCanvasAgg(figure)
        yield figure
        wide = int(width * 9.5)  # characters of the sentence that fit on a line
        left, top = 0.12 / width, 1 - 0.12 / height
        figure.text(left, top, fill(title, wide), fontsize=12.5, weight="bold", va="top")
        below = 1 - 0.62 / height
        figure.text(left, below, fill(subtitle, int(width * 14)), color=SOFT, va="top")
        path.parent.mkdir(parents=True, exist_ok=True)
        kind = path.suffix[1:].lower()
        metadata = {"Date": None, "Title": title} if kind == "svg" else None
        write_whole(
            path, lambda part: figure.savefig(part, format=kind, dpi=144, metadata=metadata)
        )


def plain_axes(axes: Axes) -> None:
    """No frame but hairlines to the left and below, no tick marks."""
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_tick_params(length=0, labelcolor=SOFT)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set(color=GREY, lw=0.6)
