"""The calibration as text."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from mmm.console import table
from mmm.sbc.report import LIMIT, Calibration


def calibration_report(result: Calibration) -> RenderableType:
    """What ``mmm qa sbc`` shows."""
    verdict = "are uniform" if result.uniform else "are NOT uniform"
    rows = (
        (f"{row.quantity} of {row.line}", f"{row.p.chi_square:.3f}", f"{row.p.envelope:.3f}")
        for row in result.rows
    )
    return Group(
        Text(f"Ranks over {result.datasets} data sets {verdict}.", style="bold"),
        Text(""),
        table("p-values of uniform ranks", ("quantity", "chi-square", "envelope"), rows),
        Text(
            f"The least p-value times the number of tests is {result.smallest:.2f}; below {LIMIT} "
            "the posterior is not as wide as it says."
        ),
        Text(f"Digest of case and settings: {result.digest}"),
    )
