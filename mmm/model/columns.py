"""Terms outside media whose coefficients have to be sampled.

A control that differs from geo to geo breaks the symmetry that integrates the baseline out, and
one with carry-over changes with its retention: both are sampled beside the media.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmm.baseline import carried, column_name, control_lags
from mmm.spec import ControlSpec

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""


@dataclass(frozen=True, eq=False)
class SampledColumns:
    """Σ_j coefficient_j · column_j, coefficient_j ~ N(0, 1) in the model's unit; plain come first.

    names:  (J,)
    plain:  (J − C) times (G, T) standardised columns
    lagged: C times (G, T, W): columns that carry over geometrically, from each week backwards
    priors: of the C retentions
    """

    names: tuple[str, ...] = ()
    plain: tuple[np.ndarray, ...] = ()
    lagged: tuple[np.ndarray, ...] = ()
    priors: tuple[Any, ...] = ()

    @classmethod
    def of(
        cls, controls: Sequence[ControlSpec], values: Mapping[str, np.ndarray]
    ) -> SampledColumns:
        """Of all ``controls`` those that are sampled; values: label -> (G, T), raw."""
        plain = [one for one in controls if one.adstock is None and _differs(values[one.label])]
        moved = [one for one in controls if one.adstock is not None]
        return cls(
            names=tuple(column_name(one) for one in (*plain, *moved)),
            plain=tuple(control_lags(one, values[one.label])[..., 0] for one in plain),
            lagged=tuple(control_lags(one, values[one.label]) for one in moved),
            priors=tuple(one.adstock.belief for one in moved if one.adstock),
        )

    def columns(self, raw: Mapping[str, Array], *, xp: Any = np) -> list[Array]:
        """Every column as the model sees it: J times (G, T), or (…, G, T) where it carries over.

        raw: ``column_retention`` (…, C) where some carry over.
        """
        found: list[Array] = list(self.plain)
        for c, lags in enumerate(self.lagged):
            found.append(carried(lags, raw["column_retention"][..., c, None], xp=xp))
        return found

    def total(self, raw: Mapping[str, Array], *, xp: Any = np) -> Array:
        """All of them together: (…, G, T), 0.0 where there is no column.

        raw: ``column`` (…, J) coefficients besides.
        """
        columns = self.columns(raw, xp=xp)
        return sum((raw["column"][..., j, None, None] * one for j, one in enumerate(columns)), 0.0)


def _differs(values: np.ndarray) -> bool:
    return bool((values != values[0]).any())
