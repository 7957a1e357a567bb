"""What overlap between audiences is possible, and what reach it leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from scipy.optimize import linprog

from mmm.reach.exposure import ExposureDistribution

ROUNDING = 1e-9
MOST_VEHICLES = 12  # the programme has 2^n unknowns


def check_share(value: float, what: str) -> None:
    """Raises ValueError unless 0 ≤ value ≤ 1."""
    if not 0 <= value <= 1:
        raise ValueError(f"found {what} of {value:g}, expected a share from 0 to 1")


def check_duplication(one: float, other: float, both: float) -> None:
    """Fréchet bounds: max(0, a + b − 1) ≤ both ≤ min(a, b). Raises ValueError outside of them."""
    check_share(one, "an audience")
    check_share(other, "an audience")
    lowest, highest = max(0.0, one + other - 1), min(one, other)
    if not lowest - ROUNDING <= both <= highest + ROUNDING:
        raise ValueError(
            f"found a duplication of {both:g} between audiences of {one:g} and {other:g}, "
            f"expected {lowest:g} to {highest:g}: no population can have it"
        )


def two_vehicles(one: float, other: float, both: float) -> ExposureDistribution:
    """Exposures to two vehicles whose duplication was measured: reach = a + b − both.

    Raises ValueError outside the Fréchet bounds.
    """
    check_duplication(one, other, both)
    return ExposureDistribution(np.array([1 - one - other + both, one + other - 2 * both, both]))


def possible_reach(
    audiences: Sequence[float], duplications: dict[tuple[int, int], float]
) -> tuple[float, float]:
    """Lowest and highest net reach of vehicles with these audiences and pairwise duplications.

    duplications: (i, j) -> share that sees both; pairs left out are unknown. A linear programme
    over the 2^n groups of people by what they see, so it is exact, and it finds what pairs alone
    do not show (three audiences of one half cannot all be without overlap). Raises ValueError for
    duplications that no population can have, and for more than 12 vehicles.
    """
    if not 1 <= len(audiences) <= MOST_VEHICLES:
        raise ValueError(f"found {len(audiences)} vehicles, expected 1 to {MOST_VEHICLES}")
    for (i, j), both in duplications.items():
        check_duplication(audiences[i], audiences[j], both)
    known = {(min(pair), max(pair)): both for pair, both in duplications.items()}
    groups = np.array(list(product((0.0, 1.0), repeat=len(audiences))))  # who sees what
    rows = [np.ones(len(groups)), *groups.T, *(groups[:, i] * groups[:, j] for i, j in known)]
    shares = [1.0, *audiences, *known.values()]
    reached = (groups.sum(axis=1) > 0).astype(float)
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(sign * reached, A_eq=np.array(rows), b_eq=np.array(shares), bounds=(0, 1))
        if not found.success:
            raise ValueError(
                f"found audiences {list(audiences)} with duplications {duplications}, expected "
                "ones that some population can have: each pair is possible, all of them are not"
            )
        ends.append(float(sign * found.fun))
    return ends[0], ends[1]
