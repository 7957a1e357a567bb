"""Reach of an audience as a function of the impressions that all its lines pool, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmm.reach.families import ReachFamily, first_where


@dataclass(frozen=True, eq=False)
class ReachCurve:
    """A reach family with draws of its parameters and of the audience's size.

    audience: (draw,) people; parameters: name -> (draw,); chances: of families that need them.
    Impressions and people are counts within the audience's window. Methods take (n,) or
    (draw, n) and give (draw, n); concave throughout (``ReachFamily``). Raises ValueError for an
    audience or parameters that do not fit.
    """

    family: ReachFamily
    audience: np.ndarray
    parameters: dict[str, np.ndarray]
    chances: int | None = None

    def __post_init__(self) -> None:
        if set(self.parameters) != set(self.family.parameters):
            raise ValueError(f"{self.family.name} has the parameters {self.family.parameters}")
        if (self.chances is not None) != self.family.needs_chances:
            raise ValueError(f"{self.family.name}: chances {self.chances}")
        shapes = {np.shape(self.audience), *(np.shape(d) for d in self.parameters.values())}
        if len(shapes) != 1 or not np.all(self.audience > 0):
            raise ValueError("audience and parameters: one positive number per draw")

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self.audience)

    def value(self, impressions: np.ndarray) -> np.ndarray:
        """People reached at least once, (draw, n)."""
        return self._size * self.family.share(self._heads(impressions), **self._columns)

    def slope(self, impressions: np.ndarray) -> np.ndarray:
        """People reached by the next impression, (draw, n), at most 1."""
        return self.family.slope(self._heads(impressions), **self._columns)

    def bend(self, impressions: np.ndarray) -> np.ndarray:
        """Second derivative of the reach, (draw, n), zero or less."""
        return self.family.bend(self._heads(impressions), **self._columns) / self._size

    def inverse(self, reach: np.ndarray) -> np.ndarray:
        """Impressions that reach so many people, (draw, n); infinite where no number does."""
        return self._size * self.family.inverse(self._heads(reach), **self._columns)

    def frequency(self, impressions: np.ndarray) -> np.ndarray:
        """Average frequency, impressions / reach, (draw, n); the family's limit at zero."""
        heads = self._heads(impressions)
        share = self.family.share(heads, **self._columns)
        first = np.broadcast_to(self.family.first_frequency(**self._columns), share.shape)
        return np.divide(
            np.broadcast_to(heads, share.shape), share, out=first.copy(), where=share > 0
        )

    def impressions_at(self, frequency: np.ndarray) -> np.ndarray:
        """Impressions at which the average frequency is ``frequency``, (draw, n).

        A cap on frequency is this cap on impressions: frequency rises with impressions, as reach
        is concave. 0 where the frequency is below that of the first impression.
        """
        wanted = np.atleast_1d(np.asarray(frequency, dtype=float)) * np.ones((self.draws, 1))
        first = self.family.first_frequency(**self._columns)
        heads = first_where(  # share ≤ 1, so at frequency f there are at most f exposures a head
            lambda x: x - wanted * self.family.share(x, **self._columns),
            0.0,
            wanted,
        )
        return np.where(wanted <= first, 0.0, self._size * heads)

    @property
    def _size(self) -> np.ndarray:
        return np.asarray(self.audience, dtype=float)[:, None]

    @property
    def _columns(self) -> dict[str, np.ndarray]:
        columns = {name: draws[:, None] for name, draws in self.parameters.items()}
        return columns if self.chances is None else {**columns, "chances": np.array(self.chances)}

    def _heads(self, people: np.ndarray) -> np.ndarray:
        return np.atleast_1d(np.asarray(people, dtype=float)) / self._size
