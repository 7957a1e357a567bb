"""A row that must hold in a share of the draws, and a target to be reached in as many as can be.

Neither is a concave reading of the draws, so each has two that are: a safe one inside (CVaR of
the row, ``risk.Blend``) and a valid one outside, which every allowed plan satisfies.

Outside. Let D_s = R_s − l_s ≥ 0 be the row's uncertain part above the least it can be, and let
the row hold in draw s when D_s ≥ τ_s. If it holds in all but m draws, then for any weights w ≥ 0

    Σ_s w_s D_s / τ_s ≥ Σ_s w_s − (the m largest w),

because the draws in which it holds count for at least that. With equal weights on all draws this
is Markov's inequality, E[D/τ] ≥ share; the draws that fail by most make it sharper.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocator.constraints._base import Weight
from allocator.engine.risk.drawn import Judged
from allocator.engine.risk.judge import Cut, Draws, Stake
from allocator.engine.risk.tail import soft_tail_weights, tail_weights

NARROW = 1e-9  # relative: a range this narrow is one number
ROUNDING = 1e-9  # of a draw: 80 % of 1,000 draws are 800


def may_fail(draws: int, share: float) -> int:
    """The largest number of draws in which a row may be broken that holds in ``share`` of them."""
    return draws - math.ceil(share * draws - ROUNDING)


@dataclass(frozen=True, eq=False)
class Worst:
    """CVaR_share of the row among some of the draws, plus ``shift``: at 0 or more, and a share of
    1 − p, the row holds in p of those draws.

    among: numbers of the draws that are looked at
    shift: in the row's units; above 0 the form is relaxed, below 0 tightened
    """

    share: float
    shift: float
    among: np.ndarray

    def cut(self, z: np.ndarray, certain: float = 0.0) -> Cut:
        """The worst of those draws."""
        return self._cut(tail_weights(z[self.among], self.share), len(z))

    def soft(self, z: np.ndarray, width: float) -> tuple[Cut, float]:
        """The worst draws, fading out."""
        q, value = soft_tail_weights(z[self.among], self.share, width)
        return self._cut(q, len(z)), value + self.shift

    def spread(self, z: np.ndarray) -> float:
        """Of the row's slack."""
        return float(np.std(z[self.among]))

    def _cut(self, some: np.ndarray, draws: int) -> Cut:
        q = np.zeros(draws)
        q[self.among] = some
        return Cut(0.0, q, self.shift)


@dataclass(frozen=True, eq=False)
class Held:
    """Every plan that keeps the row in ``share`` of the draws satisfies ρ(row) ≥ 0.

    least:   (draw,) l_s, the least that the row's uncertain part can be in the problem
    certain: (lowest, highest) that its certain part can be
    """

    share: float
    least: np.ndarray
    certain: tuple[float, float]

    def cut(self, z: np.ndarray, certain: float) -> Cut | None:
        """The weights that say most at z; None where no weights say anything."""
        low, high = self.certain
        fixed = high - low <= NARROW * max(abs(low), abs(high))
        needed = -certain - self.least  # τ: what the uncertain part must exceed its least by
        few = may_fail(len(z), self.share)
        open_ = np.flatnonzero(needed > NARROW * max(abs(certain), 1e-300))
        if len(open_) <= few:
            return None
        part = (z - certain - self.least)[open_] / needed[open_]
        order = np.argsort(part, kind="stable")
        sums, count = np.cumsum(part[order]), np.arange(1, len(order) + 1)
        ratio = np.where(count > few, sums / np.maximum(count - few, 1), np.inf)
        chosen = open_[order[: int(np.argmin(ratio)) + 1]]
        q = np.zeros(len(z))
        q[chosen] = 1 / needed[chosen]
        base = -float(q @ self.least)
        if fixed:
            return Cut(0.0, q, base - (len(chosen) - few), 0.0)
        slope, at_low = self._chord(q, chosen, few)
        # Σ q D ≥ at_low + slope·(N − N_low), N = −certain part of the plan
        return Cut(0.0, q, base - at_low - slope * high, slope)

    def _chord(self, q: np.ndarray, chosen: np.ndarray, few: int) -> tuple[float, float]:
        """Slope and start over N (−high to −low) of a chord below the concave min Σ q (N − l)."""
        start, end = -self.certain[1], -self.certain[0]

        def least(needed: float) -> float:
            counted = np.sort(q[chosen] * (needed - self.least[chosen]))
            return float(counted[: len(counted) - few].sum())

        one, other = least(start), least(end)
        return (other - one) / (end - start), one

    def soft(self, z: np.ndarray, width: float) -> tuple[Cut, float]:
        """As it is: no search climbs it, a proof takes its cuts."""
        cut = self.cut(z, (self.certain[0] + self.certain[1]) / 2)
        nothing = Cut(0.0, np.zeros(len(z)), 0.0)
        return cut or nothing, (cut or nothing).at(z)

    def spread(self, z: np.ndarray) -> float:
        """Nothing to smooth."""
        return 0.0


@dataclass(frozen=True, eq=False)
class Reach:
    """E[min(1, (z − l)/(target − l))], at least the probability that z reaches the target.

    least: (draw,) l_s, the least that z can be in the problem
    """

    target: float
    least: np.ndarray

    def cut(self, z: np.ndarray, certain: float = 0.0) -> Cut:
        """Draws that miss the target count by how near they are, the others fully."""
        missed = (z < self.target) & (self.least < self.target)
        room = np.where(missed, self.target - self.least, 1.0)
        q = missed / room / len(z)
        return Cut(0.0, q, float((~missed).mean() - q @ np.where(missed, self.least, 0.0)))

    def soft(self, z: np.ndarray, width: float) -> tuple[Cut, float]:
        """As it is."""
        cut = self.cut(z)
        return cut, cut.at(z)

    def spread(self, z: np.ndarray) -> float:
        """It is followed as it is."""
        return 0.0


@dataclass(frozen=True, eq=False)
class Share:
    """The share of the draws in which z ≥ target less ``asked``: no concave reading, only climbed.

    Smooth: each draw counts Φ = 1/(1 + exp(−(z − target)/width)).
    """

    target: float
    asked: float = 0.0

    def cut(self, z: np.ndarray, certain: float = 0.0) -> Cut:
        """The share itself, as a constant."""
        return Cut(0.0, np.zeros(len(z)), float((z >= self.target).mean()) - self.asked)

    def soft(self, z: np.ndarray, width: float) -> tuple[Cut, float]:
        """Smooth share, and its slope in every draw as weights."""
        level = 1 / (1 + np.exp(-np.clip((z - self.target) / width, -500, 500)))
        q = level * (1 - level) / width / len(z)
        return Cut(0.0, q, 0.0), float(level.mean()) - self.asked

    def spread(self, z: np.ndarray) -> float:
        """Of the quantity."""
        return float(np.std(z))


def least_of(problem: Judged, draws: Draws, stake: Stake) -> np.ndarray:
    """(draw,) the least that the uncertain part of a stake can be within the lines' bounds."""
    total = np.zeros(1) if stake.given is None else stake.given
    for cell, weight in stake.earned.items():
        total = total + (weight * draws.curves[cell].between(*problem.ends(cell[1]))).min(axis=1)
    return total


def certain_range(problem: Judged, stake: Stake) -> tuple[float, float]:
    """(least, most) of a stake's certain part within bounds and budget."""
    on = list((stake.on or {}).values())
    low = -_most(problem, {line: -weight for line, weight in stake.paid.items()})
    high = _most(problem, stake.paid)
    return (
        low + stake.base + sum(w for w in on if w < 0),
        high + stake.base + sum(w for w in on if w > 0),
    )


def _most(problem: Judged, weights: Mapping[str, Weight]) -> float:
    """max Σ w x within bounds and budget: money goes where it weighs most."""
    ends = [problem.ends(line) for line in problem.lines]
    low, high = (np.concatenate([np.atleast_1d(end[side]) for end in ends]) for side in (0, 1))
    each = zip(problem.lines, ends, strict=True)
    w = np.concatenate([np.zeros(np.size(end[0])) + weights.get(line, 0.0) for line, end in each])
    spend, (budget, exact) = low.astype(float), problem.money
    left = budget - spend.sum()
    for place in np.argsort(-w, kind="stable"):
        if w[place] < 0 and not exact:
            break
        more = min(max(left, 0.0), high[place] - spend[place])
        spend[place] += more
        left -= more
    return float(w @ spend)
