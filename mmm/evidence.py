"""What one KPI's model sees: numbers, forms and priors, laid out for the formulas. No PyMC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mmm import adstock, saturation
from mmm.baseline import Baseline
from mmm.marginal import Marginal
from mmm.spec import BetaPrior, LogNormalPrior

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""


@dataclass(frozen=True, eq=False)
class Family:
    """Lines that share adstock, window and saturation, and so one formula.

    rows: (n,) their positions among all lines; lagged: (n, T, window) exposure over scale,
    from each week backwards.
    """

    adstock: str
    saturation: str
    rows: np.ndarray
    lagged: np.ndarray


@dataclass(frozen=True, eq=False)
class Parameter:
    """One parameter of adstock or saturation and the lines that have it.

    name: as in the curves, ``adstock_retention``; rows: positions among all lines; priors: one each
    """

    name: str
    rows: np.ndarray
    priors: tuple[BetaPrior | LogNormalPrior, ...]


@dataclass(frozen=True, eq=False)
class Evidence:
    """One KPI and everything that may explain it.

    weeks:      (T,) first days; the first ``observed`` of them are in the likelihood
    kpi_values: (T,) in the KPI's unit
    spend:      (n, T) currency; exposure: (n, T) what the lines run on; scale: (n,) its unit
    effect_mu, effect_sigma: (n,) LogNormal prior of a line's average weekly contribution over
                the observed weeks, KPI units
    """

    kpi: str
    lines: tuple[str, ...]
    weeks: np.ndarray
    observed: int
    kpi_values: np.ndarray
    spend: np.ndarray
    exposure: np.ndarray
    scale: np.ndarray
    families: tuple[Family, ...]
    parameters: tuple[Parameter, ...]
    effect_mu: np.ndarray
    effect_sigma: np.ndarray
    baseline: Baseline

    @cached_property
    def centre(self) -> float:
        """Mean of the observed KPI, KPI units."""
        return float(self.kpi_values[: self.observed].mean())

    @cached_property
    def unit(self) -> float:
        """Standard deviation of the observed KPI, KPI units; the model's unit."""
        return float(self.kpi_values[: self.observed].std())

    @cached_property
    def standard(self) -> np.ndarray:
        """(T,) (KPI − centre) / unit."""
        standard: np.ndarray = (self.kpi_values - self.centre) / self.unit
        return standard

    @cached_property
    def marginal(self) -> Marginal:
        """The baseline's part of the likelihood, decomposed."""
        return Marginal.of(self.baseline, self.observed)

    def shapes(self, family: Family, values: Mapping[str, Array], *, xp: Any = np) -> Array:
        """g(adstocked exposure / scale) of a family's lines: (…, n, T).

        values: parameter name -> (…, lines that have it). Where nothing reaches a week the value
        is 0 and the formula is evaluated elsewhere: at 0 its gradient may be infinite or NaN.
        """
        carry, curve = adstock.by_name(family.adstock), saturation.by_name(family.saturation)
        weights = carry.weights(
            family.lagged.shape[-1], xp=xp, **self._of(family, values, "adstock", carry.parameters)
        )
        level = xp.matmul(family.lagged, weights[..., None])[..., 0]
        reached = level > 0
        own = self._of(family, values, "saturation", curve.parameters)
        wide = {name: value[..., None] for name, value in own.items()}
        return xp.where(reached, curve.value(xp.where(reached, level, 1.0), xp=xp, **wide), 0.0)

    def media(self, values: Mapping[str, Array], *, xp: Any = np) -> Array:
        """All media together, in the model's unit: (…, T).

        A line contributes average · g_t / mean g, so ``average``, (…, n), is what it brings per
        observed week; at full saturation it brings average / mean g.
        """
        total = 0.0
        for family in self.families:
            shape = self.shapes(family, values, xp=xp)
            mean = shape[..., : self.observed].mean(axis=-1)
            every = len(family.rows) == len(self.lines)  # picking all would cost compile time
            average = values["average"] if every else values["average"][..., family.rows]
            effect = average / mean
            total = total + xp.matmul(effect[..., None, :], shape)[..., 0, :]
        return total

    def _of(
        self, family: Family, values: Mapping[str, Array], kind: str, names: tuple[str, ...]
    ) -> dict[str, Array]:
        """The family's own values of its parameters: name -> (…, n)."""
        own = {}
        for name in names:
            parameter = next(p for p in self.parameters if p.name == f"{kind}_{name}")
            place = np.searchsorted(parameter.rows, family.rows)
            whole = len(place) == len(parameter.rows)
            value = values[parameter.name]
            own[name] = value if whole else value[..., place]
        return own
