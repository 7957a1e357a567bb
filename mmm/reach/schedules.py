"""Exposure distributions of a schedule: which shares see 0, 1, … of its insertions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special, stats

from mmm.reach.duplication import check_share
from mmm.reach.exposure import ExposureDistribution

TAIL = 1e-13  # share of all exposures beyond the last k that is kept: below the sums' rounding
LONGEST = 1_000_000  # entries of a distribution; a longer tail is a shape of next to nothing


def independent(audiences: Sequence[float]) -> ExposureDistribution:
    """Vehicles seen independently of each other (Sainsbury): reach = 1 − Π (1 − a_i).

    audiences: share of the population that each vehicle reaches, 0 to 1. Raises ValueError
    outside of that, and where there is no audience at all.
    """
    shares = np.ones(1)
    for audience in audiences:
        check_share(audience, "an audience")
        shares = np.convolve(shares, [1 - audience, audience])
    return ExposureDistribution(shares)


def binomial(audience: float, insertions: int) -> ExposureDistribution:
    """``insertions`` vehicles of one audience, seen independently.

    p_k = C(n, k) a^k (1 − a)^(n − k). Raises ValueError for an audience outside 0 to 1.
    """
    check_share(audience, "an audience")
    _check_insertions(insertions)
    return ExposureDistribution(stats.binom.pmf(np.arange(insertions + 1), insertions, audience))


def beta_binomial(once: float, twice: float, insertions: int) -> ExposureDistribution:
    """Insertions in one vehicle whose readers differ in loyalty (Metheringham 1964).

    ``once`` and ``twice`` are R1 and R2, the reach of one and of two insertions. Probabilities of
    seeing an insertion are Beta(α, β) over people with α = R1(R2 − R1)/(2R1 − R1² − R2) and
    β = α(1 − R1)/R1. Written with ρ = 1/(α + β + 1) = (2R1 − R1² − R2)/(R1(1 − R1)) the formula
    has no 0/0 at its ends: ρ = 1 for R2 = R1, where the same people see everything, and ρ = 0
    for R2 = 2R1 − R1², the binomial. Raises ValueError for an R2 outside of them.
    """
    check_share(once, "R1")
    _check_insertions(insertions)
    rho = loyalty(once, twice)
    k = np.arange(insertions + 1)
    see = np.cumprod([1, 1, *(once * (1 - rho) + i * rho for i in range(1, insertions))])
    miss = np.cumprod([1, 1, *((1 - once) * (1 - rho) + i * rho for i in range(1, insertions))])
    every = np.prod([(1 - rho) + i * rho for i in range(1, insertions)])
    lead = np.full(insertions + 1, once * (1 - once) * (1 - rho))  # the factors of i = 0
    lead[0], lead[-1] = 1 - once, once
    ways = special.comb(insertions, k)
    return ExposureDistribution(ways * lead * see[k] * miss[insertions - k] / every)


def loyalty(once: float, twice: float) -> float:
    """ρ of a beta-binomial with the reach R1 of one and R2 of two insertions, 0 to 1.

    Raises ValueError where R2 is impossible (outside the Fréchet bounds R1 and min(1, 2·R1)), and
    where it is above 2R1 − R1²: that is less overlap than chance gives, which no mixture has.
    """
    ceiling = once * (2 - once)
    if not once <= twice <= min(1.0, 2 * once) + 1e-12:
        raise ValueError(
            f"found a reach of {twice:g} from two insertions of {once:g} each, expected "
            f"{once:g} to {min(1.0, 2 * once):g}: no audience can have such a duplication"
        )
    if twice > ceiling * (1 + 1e-12):
        raise ValueError(
            f"found a reach of {twice:g} from two insertions of {once:g} each, expected at most "
            f"{ceiling:g}, that of chance: with people who avoid the second one there is no "
            "beta-binomial"
        )
    spread = once * (1 - once)
    return float(np.clip((ceiling - twice) / spread, 0.0, 1.0)) if spread else 0.0


def negative_binomial(mean: float, size: float) -> ExposureDistribution:
    """NBD: p_k = Γ(k + r)/(k! Γ(r)) (r/(r + m))^r (m/(r + m))^k, m = mean, r = size.

    The first k whose tail holds less than 1e-13 of all exposures is the last: k·p_k is m times
    the NBD of size r + 1 at k − 1, so that the tail is known. Raises ValueError for a mean or a
    size that is not above 0, and for a tail of more than a million exposures.
    """
    if not (0 < mean < np.inf and 0 < size < np.inf):
        raise ValueError(f"found mean {mean:g} and size {size:g}, expected both above 0")
    stop = size / (size + mean)
    last = stats.nbinom.isf(TAIL, size + 1, stop) + 1
    if not last <= LONGEST:
        raise ValueError(f"found size {size:g} at mean {mean:g}, expected a larger size: too long")
    shares = stats.nbinom.pmf(np.arange(int(last) + 1), size, stop)
    return ExposureDistribution(shares / shares.sum())


def _check_insertions(insertions: int) -> None:
    if insertions < 1 or insertions != int(insertions):
        raise ValueError(f"found {insertions} insertions, expected a whole number from 1 on")
