"""Before a geo test: how small an effect each length and share of geos would show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mmm.errors import Fault, InputError
from mmm.experiments.geo_lift import LEAST_BEFORE, GeoTest, detectable
from mmm.experiments.geo_panel import GeoPanel
from mmm.experiments.weights import METHODS

GROUPS = 15  # groups drawn per share: their median moves by a tenth of itself with other draws


@dataclass(frozen=True)
class Design:
    """One length and share of geos.

    length:     periods; count: geos to treat
    detectable: smallest effect seen with 80 % chance, over the treated geos' usual outcome; the
                median over groups of geos drawn at random
    low, high:  the same for the luckiest and the unluckiest group drawn
    geos:       a group drawn at random, to be treated
    """

    length: int
    share: float
    count: int
    detectable: float
    low: float
    high: float
    geos: tuple[str, ...]


def designs(
    panel: GeoPanel,
    *,
    lengths: Sequence[int],
    shares: Sequence[float],
    seed: int,
    method: str = "synthetic",
    advance: Callable[[float], None] = lambda steps: None,
) -> tuple[Design, ...]:
    """Every length with every share, from a table without a test in it.

    lengths: periods; shares: of the geos, 0 to 1. Groups are drawn from ``seed``; a share draws
    the same groups for every length. Raises InputError where the table is too short or has too
    few geos.
    """
    _possible(panel, lengths, shares)
    made = []
    for share in shares:
        count = max(1, round(share * len(panel.geos)))
        random = np.random.default_rng([seed, count])
        groups = [
            np.sort(random.choice(len(panel.geos), count, replace=False)) for _ in range(GROUPS)
        ]
        for length in lengths:
            found = [_relative(panel, group, length, method) for group in groups]
            names = tuple(panel.geos[place] for place in groups[0])
            middle = float(np.median(found))
            made.append(Design(length, share, count, middle, min(found), max(found), names))
            advance(1)
    return tuple(made)


def _relative(panel: GeoPanel, group: np.ndarray, length: int, method: str) -> float:
    treated = np.isin(np.arange(len(panel.geos)), group)
    mean = panel.outcome[treated].mean(axis=0)
    history = GeoTest(mean, panel.outcome[~treated], len(group), length)
    return detectable(history, METHODS[method]) / float(mean.mean())


def _possible(panel: GeoPanel, lengths: Sequence[int], shares: Sequence[float]) -> None:
    faults: list[Fault] = []
    for length in lengths:
        most = min(len(panel.dates) // 2, len(panel.dates) - LEAST_BEFORE)
        if not 1 <= length <= most:
            expected = f"1 to {most}, half of the dates of the table"
            faults.append(panel.fault("--lengths", str(length), expected))
    for share in shares:
        count = max(1, round(share * len(panel.geos)))
        if not 0 < share < 1 or len(panel.geos) - count < 2:
            expected = f"above 0 %, and 2 of the {len(panel.geos)} geos left to compare with"
            faults.append(panel.fault("--shares", f"{share:.0%}", expected))
    if (panel.outcome.mean(axis=1) <= 0).any():
        geo = panel.geos[int(panel.outcome.mean(axis=1).argmin())]
        expected = "an outcome above 0 on average"
        faults.append(panel.fault("outcome", f"none in {geo}", expected, "leave the geo out"))
    if faults:
        raise InputError(faults)
