"""Beta-binomial exposures: chances that people take with probabilities of their own."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from mmm.reach.families._base import Array, ReachFamily, first_where


class BetaBinomial(ReachFamily):
    """share = 1 − Π_{j<n} ((1−p)(1−ρ) + jρ) / ((1−ρ) + jρ), p = x/n, n = chances, ρ = overlap.

    A person's probability of seeing one of the n chances is Beta(α, β) over people (Metheringham
    1964) with mean p and 1/(α + β + 1) = ρ. overlap 0 is the binomial; at overlap 1 the same
    people see everything: share = p, average frequency n. Held fixed while impressions grow: ρ.
    """

    name: ClassVar[str] = "beta_binomial"
    parameters: ClassVar[tuple[str, ...]] = ("overlap",)
    needs_chances: ClassVar[bool] = True

    def share(self, heads: Array, **parameters: Array) -> Array:
        """One less the product, in logarithms: no digits are lost near 0. 1 from x = n on."""
        chances, overlap = int(parameters["chances"]), parameters["overlap"]
        probability = np.minimum(heads / chances, 1.0)
        with np.errstate(divide="ignore"):
            logs = sum(np.log1p(-probability * tilt) for tilt in _tilts(chances, overlap))
        return -np.expm1(logs)

    def slope(self, heads: Array, **parameters: Array) -> Array:
        """By the product rule; 0 from x = n on."""
        inside = np.asarray(heads) < parameters["chances"]
        return np.where(inside, -_missed(heads, **parameters)[0] / parameters["chances"], 0.0)

    def bend(self, heads: Array, **parameters: Array) -> Array:
        """By the product rule twice; 0 from x = n on."""
        inside = np.asarray(heads) < parameters["chances"]
        second = _missed(heads, **parameters)[1] / parameters["chances"] ** 2
        return np.where(inside, -second, 0.0)

    def inverse(self, share: Array, **parameters: Array) -> Array:
        """By bisection between 0 and n; infinite above 1."""
        heads = first_where(
            lambda x: self.share(x, **parameters),
            np.minimum(share, 1.0) + 0 * np.asarray(parameters["overlap"], dtype=float),
            parameters["chances"],
        )
        return np.where(np.asarray(share) > 1, np.inf, heads)

    def most(self, **parameters: Array) -> Array:
        """n."""
        return parameters["chances"]


def _tilts(chances: int, overlap: Array) -> list[Array]:
    """The factor of chance j is 1 − p · tilt_j with tilt_j = (1−ρ)/((1−ρ) + jρ).

    That of j = 0 is 1 whatever ρ is, so that nothing is 0/0 at ρ = 1.
    """
    rest = 1 - np.asarray(overlap, dtype=float)
    return [np.ones_like(rest), *(rest / (rest + j * overlap) for j in range(1, chances))]


def _missed(heads: Array, **parameters: Array) -> tuple[Array, Array]:
    """First and second derivative, by p, of the probability of no exposure."""
    chances, overlap = int(parameters["chances"]), parameters["overlap"]
    probability = np.minimum(np.asarray(heads, dtype=float) / chances, 1.0)
    value, first, second = np.ones_like(probability), 0.0, 0.0
    for tilt in _tilts(chances, overlap):
        factor = 1 - probability * tilt
        second = second * factor - 2 * first * tilt
        first = first * factor - value * tilt
        value = value * factor
    return first, second
