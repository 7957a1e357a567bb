"""The plot of cost against size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, ScalarFormatter

STABLE = {"svg.hashsalt": "allocator", "svg.fonttype": "none"}  # the same bytes for the same points


def plot(curves: Mapping[str, Sequence[tuple[float, float]]], to: Path) -> None:
    """One panel for each thing that grows, CPU seconds upwards, both in logarithms."""
    with mpl.rc_context(STABLE):
        figure = Figure(figsize=(9, 3), layout="constrained")
        panels = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
        for panel, (what, points) in zip(panels, curves.items(), strict=True):
            size, cpu = zip(*points, strict=True)
            panel.loglog(size, cpu, marker="o", color="#1f5f8b")
            panel.set_xlabel(what)
            panel.set_xticks(size)
            panel.xaxis.set_major_formatter(ScalarFormatter())
            panel.xaxis.set_minor_formatter(NullFormatter())
            panel.grid(visible=True, which="both", alpha=0.2)
            panel.spines[["top", "right"]].set_visible(False)
        panels[0].set_ylabel("CPU seconds")
        figure.savefig(to, metadata={"Date": None})
