"""Plain tags beside the line they concern."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.plan import LinePlan

BEYOND, PRIOR = "beyond observed range", "prior-driven"


def line_tags(line: LinePlan) -> tuple[str, ...]:
    """What to doubt about a line."""
    return tuple(
        tag for tag, said in ((BEYOND, line.beyond_observed), (PRIOR, line.prior_driven)) if said
    )


def group_tags(lines: Sequence[LinePlan]) -> tuple[str, ...]:
    """The same of lines together: of how many of them."""
    return tuple(_share(tag, lines) for tag in (BEYOND, PRIOR) if _count(tag, lines))


def _count(tag: str, lines: Sequence[LinePlan]) -> int:
    return sum(tag in line_tags(line) for line in lines)


def _share(tag: str, lines: Sequence[LinePlan]) -> str:
    found = _count(tag, lines)
    return tag if found == len(lines) else f"{found} of {len(lines)} {tag}"


def label(line: LinePlan) -> str:
    """A line beneath its channel: its campaign, its region, or both."""
    return " · ".join(name for name in (line.campaign, line.geo) if name is not None) or line.line
