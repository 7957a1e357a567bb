"""Pairs of media that work better, or worse, together than each alone. Only where asked for.

    media_gt += γ_ab · (s_a,gt − 1) · (s_b,gt − 1),    s = contribution per head / its usual one

A pair is two channels or lines. s is what a side's lines bring together over their mean in the
observed weeks, so that it is 1 as usual. Both factors are centred: what a channel brings, and its
curve, then hold where the other one is as usual, and a plan that leaves synergy out is right around
the present mix. γ ~ N(0, spread²) with spread ~ HalfNormal(0.1) of the model's unit, the KPI's
standard deviation: without evidence there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mmm.errors import nearest

if TYPE_CHECKING:
    from mmm.model.evidence import Evidence
    from mmm.spec import ModelSpec

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""

SPREAD = 0.1
"""Scale of the spread of γ: two weeks in three, a pair moves the KPI by less than a tenth of its
standard deviation where both sides are at twice their usual."""


@dataclass(frozen=True, eq=False)
class Synergy:
    """The pairs of one model; none by default, at no cost.

    pairs: P names as written; sides: P times the positions of the lines of either side
    """

    pairs: tuple[tuple[str, str], ...] = ()
    sides: tuple[tuple[np.ndarray, np.ndarray], ...] = ()

    @classmethod
    def of(
        cls, pairs: Sequence[tuple[str, str]], lines: Sequence[str], channels: Sequence[str]
    ) -> Synergy:
        """The pairs over ``lines`` and their ``channels``. Raises KeyError for a name that is
        neither."""
        sides = tuple((members(a, lines, channels), members(b, lines, channels)) for a, b in pairs)
        return cls(tuple(pairs), sides)

    @property
    def names(self) -> tuple[str, ...]:
        """``tv × search``, as tables show it."""
        return tuple(f"{a} × {b}" for a, b in self.pairs)

    def total(
        self,
        evidence: Evidence,
        values: Mapping[str, Array],
        raw: Mapping[str, Array],
        *,
        xp: Any = np,
    ) -> Array:
        """All pairs together in the model's unit: (…, G, T), 0.0 where there are none.

        values: what is resolved; raw: ``synergy`` (…, P) and ``synergy_spread`` (…).
        """
        total: Array = 0.0
        for place, (a, b) in enumerate(self.sides):
            strength = coefficient(raw, xp=xp)[..., place, None, None]
            one = relative(_brought(evidence, a, values, xp=xp), evidence.share, evidence.observed)
            two = relative(_brought(evidence, b, values, xp=xp), evidence.share, evidence.observed)
            total = total + interaction(strength, one, two)
        return total


def interaction(strength: Array, one: Array, two: Array) -> Array:
    """γ · (s_a − 1) · (s_b − 1)."""
    return strength * (one - 1) * (two - 1)


def coefficient(raw: Mapping[str, Array], *, xp: Any = np) -> Array:
    """γ in the model's unit: (…, P)."""
    return raw["synergy"] * raw["synergy_spread"][..., None]


def relative(brought: Array, share: np.ndarray, observed: int) -> Array:
    """What a side brings per head over its usual: (…, G, T) of (…, G, T).

    The usual is the mean over the observed weeks, geos weighted by ``share``, their part of the
    population.
    """
    weekly = (brought * share[:, None]).sum(axis=-2)
    return brought / weekly[..., :observed].mean(axis=-1)[..., None, None]


def members(name: str, lines: Sequence[str], channels: Sequence[str]) -> np.ndarray:
    """Positions of a line, or of all lines of a channel. Raises KeyError for neither."""
    found = [
        row
        for row, (line, channel) in enumerate(zip(lines, channels, strict=True))
        if name in (line, channel)
    ]
    if not found:
        raise KeyError(name)
    return np.array(found)


def unknown_pairs(
    spec: ModelSpec, lines: Sequence[str], channels: Sequence[str]
) -> list[tuple[tuple[str | int, ...], str, str]]:
    """(place in model.yaml, name, fix) of every side that is no line of the data."""
    known = [*dict.fromkeys(channels), *lines]
    return [
        (("synergy", place, side), name, nearest(name, known))
        for place, pair in enumerate(spec.synergy)
        for side, name in enumerate(pair)
        if name not in known
    ]


def _brought(
    evidence: Evidence, rows: np.ndarray, values: Mapping[str, Array], *, xp: Any
) -> Array:
    """What the lines at ``rows`` bring together per head: (…, G, T)."""
    total: Array = 0.0
    for family in evidence.families:
        own = np.flatnonzero(np.isin(family.rows, rows))
        if not len(own):
            continue
        shape = evidence.shapes(family, values, xp=xp)
        each = evidence.contribution(family, shape, values, xp=xp)
        total = total + each[..., own, :, :].sum(axis=-3)
    return total
