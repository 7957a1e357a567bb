"""What judges of draws ask of a problem, whatever its flighting.

A plan is line -> its total, or, where weeks are free, line -> (week,) amounts; currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np

from allocator.constraints._base import Meter, Row, Weight
from allocator.objectives._base import Terms
from mmm.curves import SteadyResponse

Amounts = Mapping[str, Any]
"""line -> its total (float), or its (week,) amounts; currency."""


class Drawn(Protocol):
    """What a line brings in every draw, read by a meter."""

    def value(self, amount: Any) -> np.ndarray:
        """(draw,) of an amount."""

    def slope(self, amount: Any) -> np.ndarray:
        """(draw,) what the next unit adds."""

    def between(self, low: Any, high: Any) -> np.ndarray:
        """(draw, points): its values at the ends, and wherever it may turn between them."""


class Judged(Protocol):
    """A problem whose goal and rows can be weighted by draw."""

    @property
    def lines(self) -> tuple[str, ...]:
        """In order."""

    @property
    def terms(self) -> Terms:
        """The goal."""

    @property
    def money(self) -> tuple[float, bool]:
        """(the budget, whether exactly that is spent)."""

    @property
    def known(self) -> frozenset[str]:
        """Names of the meters it can read already."""

    def value(self, spend: Any) -> float:
        """The goal at a plan, less the price of soft rules broken."""

    def costs(self, terms: Terms) -> Mapping[str, Weight]:
        """line -> what a unit of its money adds to a goal, in some weeks more than in others."""

    def ends(self, line: str) -> tuple[Any, Any]:
        """The least and the most that a line may spend."""

    def drawn(self, meters: Mapping[str, Meter]) -> Mapping[tuple[str, str], Drawn]:
        """(name, line) -> what the meter reads, before it weighs draws."""

    def aimless(self) -> Self:
        """The same without a goal; soft rules keep their price."""

    def having(
        self,
        *,
        rows: Iterable[Row] = (),
        floors: Iterable[Terms] = (),
        meters: Mapping[str, Meter] | None = None,
    ) -> Self:
        """The same with more rows and floors; ``meters`` are those they are new to."""


@dataclass(frozen=True)
class OfTotal:
    """A line's curve along its profile."""

    curve: SteadyResponse

    def value(self, amount: float) -> np.ndarray:
        """(draw,) of a total."""
        found: np.ndarray = self.curve.value(np.array([amount]))[:, 0]
        return found

    def slope(self, amount: float) -> np.ndarray:
        """(draw,) at a total."""
        found: np.ndarray = self.curve.slope(np.array([amount]))[:, 0]
        return found

    def near(self, amount: float) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope, (draw,) each, to about one part in 10⁹ and many times as fast."""
        return self.curve.near(amount)

    def between(self, low: float, high: float) -> np.ndarray:
        """At both ends; a fitted curve rises or falls throughout, an imported one may turn at its
        points."""
        knots = self.curve.knots()
        inside = knots[(knots > low) & (knots < high)]
        return self.curve.value(np.concatenate([[low], inside, [max(high, low)]]))
