"""Plain tags beside the line they concern."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.plan import LinePlan
from allocator.reports._base.order import Group

BEYOND, PRIOR = "beyond observed range", "prior-driven"


def line_tags(line: LinePlan) -> tuple[str, ...]:
    """What to doubt about a line."""
    return tuple(
        tag for tag, said in ((BEYOND, line.beyond_observed), (PRIOR, line.prior_driven)) if said
    )


def group_tags(group: Group) -> tuple[str, ...]:
    """The same of a channel: of how many of its lines."""
    return tuple(_share(tag, group.lines) for tag in (BEYOND, PRIOR) if _count(tag, group.lines))


def _count(tag: str, lines: Sequence[LinePlan]) -> int:
    return sum(tag in line_tags(line) for line in lines)


def _share(tag: str, lines: Sequence[LinePlan]) -> str:
    found = _count(tag, lines)
    return tag if found == len(lines) else f"{found} of {len(lines)} {tag}"


def label(line: LinePlan) -> str:
    """A line beneath its channel: the campaign."""
    return line.campaign if line.campaign is not None else line.line
