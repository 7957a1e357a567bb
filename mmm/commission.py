"""What pay-per-performance media bring, by contract and belief. NumPy and PyTensor alike.

    contribution_t = incremental · spend_t / price

with ``price`` the commission on a unit of the KPI: a rate where the KPI is money, a fee where it is
a count. Nothing is carried over and nothing flattens: the next sale costs what the last one did.
The series has no say in ``incremental``: spend moves with sales because it is a part of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mmm.spec.commission import CommissionSpec
from mmm.spec.priors import FractionPrior

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""


def price(commission: CommissionSpec, unit: str) -> float:
    """Spend per tracked unit of a KPI whose unit is ``currency`` or ``count``.

    Raises ValueError where model.yaml states none; ``contradictions`` finds that earlier.
    """
    stated = commission.rate if unit == "currency" else commission.fee
    if stated is None:
        raise ValueError(f"no {'rate' if unit == 'currency' else 'fee'} for a KPI in {unit}")
    return stated


def contribution(spend: Array, price: float, incremental: Array) -> Array:
    """incremental · spend / price: what tracked sales would not have been, KPI units, (…, T).

    spend: (…, T) currency; incremental: broadcasts against it, 0 to 1
    """
    return incremental * spend / price


def return_on_spend(price: float, incremental: Array) -> Array:
    """KPI units per unit of spend, average and marginal alike: incremental / price."""
    return incremental / price


def incremental_of(belief: FractionPrior, normal: Array, *, xp: Any = np) -> Array:
    """The fraction whose log-odds lie ``normal`` standard deviations from their mean: (…)."""
    return 1 / (1 + xp.exp(-(belief.mu + belief.sigma * normal)))


def expected_incremental(belief: FractionPrior) -> float:
    """Mean of the fraction, by Gauss–Hermite quadrature."""
    places, weights = np.polynomial.hermite_e.hermegauss(40)
    return float(incremental_of(belief, places) @ weights / weights.sum())
