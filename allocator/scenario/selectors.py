"""Which lines a selector means: ``all``, ``channel``, ``channel/campaign``."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.complaint import Complaint
from mmm.errors import nearest

ALL = "all"


def chosen(selector: str, lines: Sequence[str]) -> tuple[str, ...]:
    """The lines one selector means, in their own order; empty when it means none."""
    if selector == ALL:
        return tuple(lines)
    return tuple(line for line in lines if line == selector or line.startswith(f"{selector}/"))


def unknown(selectors: Sequence[str], lines: Sequence[str]) -> dict[int, Complaint]:
    """Position of every selector that means no line -> what is wrong with it."""
    complaints: dict[int, Complaint] = {}
    for place, selector in enumerate(selectors):
        if chosen(selector, lines):
            continue
        if ":" in selector:
            complaints[place] = Complaint(
                f"the label {selector!r}", "channels or campaigns", "these curves carry no labels"
            )
            continue
        channels = {line.partition("/")[0] for line in lines}
        complaints[place] = Complaint(
            f"the line {selector!r}",
            "a channel, a channel/campaign of the curves, or all",
            nearest(selector, {*lines, *channels}),
        )
    return complaints


def select(selectors: Sequence[str], lines: Sequence[str]) -> tuple[str, ...]:
    """All lines the selectors mean, each once, in the order of ``lines``.

    Raises ValueError when one of them means no line; ``unknown`` says which and why.
    """
    wrong = unknown(selectors, lines)
    if wrong:
        first = next(iter(wrong.values()))
        raise ValueError(f"found {first.found}, expected {first.expected}; {first.fix}")
    picked = {line for selector in selectors for line in chosen(selector, lines)}
    return tuple(line for line in lines if line in picked)


def as_written(selectors: Sequence[str]) -> str:
    """The selectors in words: ``search + social``."""
    return " + ".join(selectors)
