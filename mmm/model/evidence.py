"""What one KPI's model sees: numbers, forms and priors, laid out for the formulas. No PyMC.

Everything is per head of a geo's population; a national model has one geo of population 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from mmm import adstock, saturation
from mmm.baseline import Baseline
from mmm.model.columns import SampledColumns
from mmm.model.panel import Own, Panel, own_terms
from mmm.model.pooling import SPREADS, Parameter, Pooling
from mmm.model.reach_lines import ReachLines
from mmm.model.synergy import Synergy
from mmm.reach import effective_reach

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""


FREQUENCY = ("half", "slope")
"""Parameters of the effect of average frequency."""


@dataclass(frozen=True, eq=False)
class Family:
    """Lines that share adstock, window, saturation and their order, and so one formula.

    rows: (n,) their positions among all lines
    lagged: (n, G·T, window) exposure per head over scale, from each week of each geo backwards
    saturation_first: whether each week is flattened before it is carried over
    frequency: of lines on reach, (n, G·T, window) average frequency, laid out like ``lagged``
    """

    adstock: str
    saturation: str
    rows: np.ndarray
    lagged: np.ndarray
    saturation_first: bool = False
    frequency: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Evidence:
    """One KPI and everything that may explain it.

    geos:       (G,) names; population: (G,) heads, 1 where there is one geo
    weeks:      (T,) first days; the first ``observed`` of them are in the likelihood
    kpi_values: (G, T) in the KPI's unit
    spend:      (n, G, T) currency; exposure: (n, G, T) what the lines run on
    scale:      (n,) exposure per head that counts as 1
    effect_mu, effect_sigma: (n,) LogNormal prior of a line's average weekly contribution over the
                observed weeks, all geos together, KPI units
    pooling:    what campaigns of a channel and geos of a line have in common
    columns:    terms outside media whose coefficients are sampled
    synergy:    pairs of media that act together, where asked for
    likelihood: ``normal``, ``student_t`` or ``negative_binomial``
    reach:      lines whose exposure is the people they reach, where there are any
    given:      (G, T) what media paid by result are taken to bring, KPI units; None without any
    """

    kpi: str
    lines: tuple[str, ...]
    geos: tuple[str, ...]
    population: np.ndarray
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
    pooling: Pooling
    columns: SampledColumns = field(default_factory=SampledColumns)
    synergy: Synergy = field(default_factory=Synergy)
    likelihood: str = "normal"
    reach: ReachLines | None = None
    given: np.ndarray | None = None

    @cached_property
    def per_head(self) -> np.ndarray:
        """(G, T) KPI units per head."""
        values: np.ndarray = self.kpi_values / self.population[:, None]
        return values

    @cached_property
    def share(self) -> np.ndarray:
        """(G,) every geo's part of the population."""
        part: np.ndarray = self.population / self.population.sum()
        return part

    @cached_property
    def centre(self) -> float:
        """Mean of the observed KPI per head, KPI units."""
        return float(self.share @ self.per_head[:, : self.observed].mean(axis=1))

    @cached_property
    def unit(self) -> float:
        """Standard deviation of the observed KPI per head around its geo's mean: the model's unit,
        KPI units."""
        seen = self.per_head[:, : self.observed]
        return float((seen - seen.mean(axis=1, keepdims=True)).std())

    @cached_property
    def standard(self) -> np.ndarray:
        """(G, T) (KPI per head − centre) / unit."""
        standard: np.ndarray = (self.per_head - self.centre) / self.unit
        return standard

    @cached_property
    def own(self) -> Own:
        """The baseline terms in which geos differ."""
        levels = self.standard[:, : self.observed].mean(axis=1)
        return own_terms(self.baseline, len(self.geos), level=max(1.0, float(levels.std())))

    @cached_property
    def marginal(self) -> Panel:
        """The baseline's part of the likelihood, decomposed."""
        return Panel.of(self.baseline, self.own, len(self.geos), self.observed)

    @property
    def log_average(self) -> np.ndarray:
        """(n,) prior mean of ln(average weekly contribution per head), in the model's unit."""
        return self.effect_mu - np.log(self.unit * self.population.sum())

    @property
    def prior_width(self) -> np.ndarray:
        """(n,) prior standard deviation of ln(average weekly contribution), campaigns' included."""
        square = np.zeros(len(self.lines))
        square[self.pooling.siblings] = SPREADS["campaign_spread"].square
        width: np.ndarray = np.sqrt(self.effect_sigma**2 + square)
        return width

    def resolved(self, raw: Mapping[str, Array], *, xp: Any = np) -> dict[str, Array]:
        """From what is sampled to what the formulas need, line by line.

        Every parameter, (…, lines that have it); ``average`` weekly contribution per head in the
        model's unit, (…, n); ``geo``, (…, n, G) factors on it where there are several geos.
        """
        values = {
            parameter.name: self.pooling.parameter(parameter, raw, xp=xp)
            for parameter in self.parameters
        }
        log_average = self.pooling.log_average(self.log_average, self.effect_sigma, raw, xp=xp)
        values["average"] = xp.exp(log_average)
        if len(self.geos) > 1:
            values["geo"] = xp.exp(self.pooling.log_geo(log_average, raw, xp=xp))
        return values

    def free(self, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """``values`` without what is fixed, of which no convergence can be told.

        A line known only for the country has the factor 1 in every geo. name -> (…).
        """
        local = self.pooling.local
        if "geo" not in values:
            return dict(values)
        rest = {name: own for name, own in values.items() if name != "geo"}
        return {**rest, "geo": values["geo"][..., local, :]} if local.any() else rest

    def shapes(self, family: Family, values: Mapping[str, Array], *, xp: Any = np) -> Array:
        """What a family's lines bring over what they bring at full saturation: (…, n, G·T).

        g(Σ_l w_l x_{t−l}), or Σ_l w_l g(x_{t−l}) where saturation comes first. On reach x is
        reach · hill(frequency). values: parameter name -> (…, lines that have it). Where nothing
        reaches a week the value is 0 and the formula is evaluated elsewhere: at 0 its gradient may
        be infinite or NaN.
        """
        carry, curve = adstock.by_name(family.adstock), saturation.by_name(family.saturation)
        weights = carry.weights(
            family.lagged.shape[-1], xp=xp, **self._of(family, values, "adstock", carry.parameters)
        )
        own = self._of(family, values, "saturation", curve.parameters)
        seen = family.lagged
        if family.frequency is not None:
            often = self._of(family, values, "frequency", FREQUENCY)
            half, slope = (often[name][..., None, None] for name in FREQUENCY)
            seen = effective_reach(seen, family.frequency, half, slope, xp=xp)
        if family.saturation_first:
            wide = {name: value[..., None, None] for name, value in own.items()}
            each = _flattened(curve, seen, wide, xp=xp)
            return xp.matmul(each, weights[..., None])[..., 0]
        level = xp.matmul(seen, weights[..., None])[..., 0]
        return _flattened(curve, level, {k: v[..., None] for k, v in own.items()}, xp=xp)

    def mean_shape(self, shape: Array, *, xp: Any = np) -> Array:
        """Mean over the observed weeks, geos weighted by population: (…, n) of (…, n, G·T)."""
        if len(self.geos) == 1:
            return shape[..., : self.observed].mean(axis=-1)
        over_weeks = self.by_geo(shape)[..., : self.observed].mean(axis=-1)
        return xp.dot(over_weeks, self.share)

    def by_geo(self, values: Array) -> Array:
        """(…, G·T) as (…, G, T)."""
        before = tuple(values.shape[i] for i in range(values.ndim - 1))
        return values.reshape((*before, len(self.geos), len(self.weeks)))

    def contribution(
        self, family: Family, shape: Array, values: Mapping[str, Array], *, xp: Any = np
    ) -> Array:
        """What a family's lines bring in each geo and week, in the model's unit: (…, n, G, T)."""
        effect = self.effects(family, shape, values, xp=xp)
        return effect[..., None] * self.by_geo(shape)

    def effects(
        self, family: Family, shape: Array, values: Mapping[str, Array], *, xp: Any = np
    ) -> Array:
        """What a family's lines bring at full saturation, in the model's unit: (…, n, G).

        A line contributes average · g_t / mean g per head and week, so ``average`` is what it
        brings per observed week.
        """
        every = len(family.rows) == len(self.lines)  # picking all would cost compile time
        average = values["average"] if every else values["average"][..., family.rows]
        effect = (average / self.mean_shape(shape, xp=xp))[..., None]
        if "geo" not in values:
            return effect
        return effect * (values["geo"] if every else values["geo"][..., family.rows, :])

    def media(self, values: Mapping[str, Array], *, xp: Any = np) -> Array:
        """All media together, in the model's unit: (…, G, T)."""
        total: Array = 0.0
        if self.given is not None:
            total = self.given / (self.unit * self.population[:, None])
        for family in self.families:
            shape = self.shapes(family, values, xp=xp)
            if len(self.geos) == 1:
                effect = self.effects(family, shape, values, xp=xp)[..., 0]
                total = total + xp.matmul(effect[..., None, :], shape)
            else:
                total = total + self.contribution(family, shape, values, xp=xp).sum(axis=-3)
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


def _flattened(curve: Any, level: Array, parameters: Mapping[str, Array], *, xp: Any) -> Array:
    """g(level), 0 where level is 0."""
    reached = level > 0
    return xp.where(reached, curve.value(xp.where(reached, level, 1.0), xp=xp, **parameters), 0.0)
