"""Frequency of the impressions that several lines pool. Loaded only where there are audiences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mmm.reach import ReachCurve
from mmm.reach.families import by_name

HALVINGS = 80  # of an interval of a few exposures a head: below the last digit of a double


@dataclass(frozen=True, eq=False)
class Pool:
    """Frequency of the impressions that an audience's lines pool, the mean over the draws.

    week: the curve of a week. A longer window has the same family and parameters, and as many
    more chances as it has weeks.
    """

    week: ReachCurve

    def frequency_at(self, impressions: float, weeks: int) -> float:
        """Average frequency in a window of so many weeks."""
        return float(self._over(weeks).frequency(np.array([impressions])).mean())

    def impressions_at(self, frequency: float, weeks: int) -> float:
        """The impressions at which it is so high; 0 where the first ones have it already.

        By bisection: frequency rises with impressions in every draw, as reach is concave, and
        with as many impressions a head as the frequency nobody can have been reached less often.
        """
        curve = self._over(weeks)
        low, high = 0.0, frequency * float(np.max(curve.audience))
        if float(curve.frequency(np.array([0.0])).mean()) >= frequency:
            return 0.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if float(curve.frequency(np.array([middle])).mean()) <= frequency:
                low = middle
            else:
                high = middle
        return low

    def _over(self, weeks: int) -> ReachCurve:
        one = self.week
        chances = None if one.chances is None else one.chances * weeks
        return ReachCurve(one.family, one.audience, one.parameters, chances)


def pool_of(
    family: str,
    people: np.ndarray,
    parameters: Mapping[str, np.ndarray],
    chances: int | None = None,
) -> Pool:
    """The pool of an audience. people, parameters: (draw,); chances: in a week."""
    return Pool(ReachCurve(by_name(family), people, dict(parameters), chances))
