"""Which part of every line's weeks is decided already: by a commitment, or as weeks that are spent.

A floor of a commitment that several lines or weeks share is theirs in proportion to what they
spend. Of several claims on the same week the largest counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allocator.constraints.commitment import CommitmentRule
from allocator.prepare.source import Source
from allocator.scenario import BoundRule


def committed(source: Source) -> dict[str, np.ndarray]:
    """line -> (week,) share of its amount that is decided: 0 to 1."""
    labels = source.setting.weeks.labels
    shares = {line: np.zeros(len(labels)) for line in source.setting.curves.lines}
    flighting = source.setting.scenario.flighting
    if flighting.locked is not None:
        spent = [place for place, label in enumerate(labels) if label <= flighting.locked.until]
        for own in shares.values():
            own[spent] = 1.0
    for bound in source.setting.rules:
        if isinstance(bound.rule, CommitmentRule):
            for lines, places, least in _floors(bound, bound.rule, labels):
                whole = sum(float(source.chosen.weekly(line)[places].sum()) for line in lines)
                share = min(1.0, least / whole) if whole > 0 else 0.0
                for line in lines:
                    shares[line][places] = np.maximum(shares[line][places], share)
    return shares


def _floors(
    bound: BoundRule, rule: CommitmentRule, labels: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], list[int], float]]:
    """(lines, weeks, the least they spend) of every part of a commitment that has a floor."""
    least = dict(rule.sides).get("min")
    if least is None:
        return
    chosen = bound.selection
    for lines in [chosen.lines] if chosen.together else [(line,) for line in chosen.lines]:
        places = [labels.index(week) for week in rule.weeks]
        for stretch in [[place] for place in places] if rule.per == "week" else [places]:
            yield tuple(lines), stretch, least
