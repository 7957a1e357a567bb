"""The score as text: the sentence first, then a table of lines."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from mmm.console import table
from mmm.score import Quantity, Score


def score_report(scores: tuple[Score, ...]) -> RenderableType:
    """What ``mmm score`` shows."""
    return Group(*(part for one in scores for part in _parts(one)))


def _parts(one: Score) -> tuple[RenderableType, ...]:
    heads = ("line", "ROAS", "true", "90 % range", "in", "marginal", "true", "90 % range", "in")
    rows = ((line.line, *_cells(line.roas), *_cells(line.marginal_roas)) for line in one.lines)
    count = len(one.lines)
    return (
        Text(
            f"{one.kpi}: attribution accuracy {one.accuracy:.0%}; the 90 % intervals hold the "
            f"true ROAS of {one.covered} of {count} lines and the marginal one of "
            f"{one.marginal_covered}.",
            style="bold",
        ),
        Text(""),
        table("Return on spend against the truth", heads, rows),
        Text(f"Bias of ROAS {one.roas_bias:+.1%}, of marginal ROAS {one.marginal_bias:+.1%}."),
        Text(
            f"CRPS of ROAS {one.roas_crps:.3f}; of weekly media {one.weekly_crps:.1%} of their "
            "mean contribution."
        ),
    )


def _cells(quantity: Quantity) -> tuple[str, ...]:
    return (
        f"{quantity.mean:.2f}",
        f"{quantity.true:.2f}",
        f"{quantity.low:.2f} to {quantity.high:.2f}",
        "yes" if quantity.covered else "no",
    )
