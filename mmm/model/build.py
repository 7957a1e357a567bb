"""The PyMC model of one KPI.

    KPI_gt = baseline_gt + Σ_i media_igt + ε_gt
    media_igt = average_i · factor_ig · g_i(adstock_i(exposure_ig)_t / scale_i) / mean g_i(…)

per head of geo g, in units of the standardised KPI; a national model has one geo. A line's effect
is written as its average weekly contribution because that is what a ROAS, a CAC or a share of the
KPI is a belief about, and what data inform best (Jin et al. 2017, section 7, on the ridge between
effect size and saturation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from mmm.model import synergy
from mmm.model.beliefs import variable
from mmm.model.evidence import Evidence
from mmm.model.lifts import Lift, log_lifts
from mmm.model.likelihood import LIKELIHOODS
from mmm.model.panel import Panel, log_prior
from mmm.model.pooling import SPREADS

NOISE_SCALE = 1.0  # σ is at most about the KPI's own standard deviation, the model's unit


def build(evidence: Evidence, tests: Sequence[Lift] = (), *, plain: bool = False) -> pm.Model:
    """The model of one KPI, with the baseline integrated out where noise is normal.

    tests: experiments on it, each a likelihood of its own.

    ``plain`` samples the baseline's coefficients as ``b`` and ``own`` instead: the same posterior,
    slower. It is what the tests compare with, and what other noise needs.
    """
    sampled = plain or evidence.likelihood != "normal"
    with pm.Model() as model:
        raw = _raw(evidence)
        evidence, marginal = _as_data(evidence)
        sigma = pm.HalfNormal("sigma", NOISE_SCALE)
        values = evidence.resolved(raw, xp=pt)
        known = evidence.media(values, xp=pt) + evidence.columns.total(raw, xp=pt)
        known = known + evidence.synergy.total(evidence, values, raw, xp=pt)
        known = known[..., : evidence.observed]
        if tests:
            pm.Potential("experiments", log_lifts(evidence, tests, values, xp=pt))
        if sampled:
            _sampled_baseline(evidence, known, sigma)
        else:
            # as data, so that `mmm qa sbc` compiles once for all of its data sets
            standard = _data("standard", evidence.standard[:, : evidence.observed])
            residual = standard - known
            pm.Potential("likelihood", marginal.log_likelihood(residual, sigma, xp=pt))
    return model


def _raw(evidence: Evidence) -> dict[str, Any]:
    """Everything that is sampled, besides noise and baseline: name -> variable."""
    pooling, columns = evidence.pooling, evidence.columns
    raw = {own.name: variable(own.name, own.priors) for own in evidence.parameters}
    raw["channel_return"] = _standard("channel_return", (len(pooling.channels),))
    if len(pooling.siblings):
        raw["campaign_spread"] = _spread("campaign_spread")
        alike = pooling.log_channel(evidence.log_average, evidence.effect_sigma, raw)
        raw["campaign_return"] = pm.Normal(
            "campaign_return",
            pooling.by_campaign * alike[..., pooling.siblings],
            raw["campaign_spread"] ** pooling.by_campaign,
            shape=len(pooling.siblings),
        )
    for parameter in evidence.parameters:
        if own := len(pooling.spread(parameter)):
            name = f"campaign_{parameter.name}"
            raw[name] = _standard(name, (own,))
            if "saturation_spread" not in raw:
                raw["saturation_spread"] = _spread("saturation_spread")
    if pooling.geos > 1 and (local := int(pooling.local.sum())):
        middle = pooling.log_average(evidence.log_average, evidence.effect_sigma, raw, xp=pt)
        raw["geo_spread"] = _spread("geo_spread")
        raw["geo_return"] = pm.Normal(
            "geo_return",
            pooling.by_geo * pooling.middle(middle),
            raw["geo_spread"] ** pooling.by_geo,
            shape=(local, pooling.geos),
        )
    if columns.names:
        raw["column"] = _standard("column", (len(columns.names),))
    if columns.priors:
        raw["column_retention"] = variable("column_retention", columns.priors)
    if evidence.synergy.pairs:
        raw["synergy"] = _standard("synergy", (len(evidence.synergy.pairs),))
        raw["synergy_spread"] = pm.HalfNormal("synergy_spread", synergy.SPREAD)
    return raw


def _as_data(evidence: Evidence) -> tuple[Evidence, Panel]:
    """The same evidence with its large arrays as data of the model.

    As constants they would be compiled into the machine code, which takes minutes.
    """
    families = tuple(
        replace(family, **{name: _data(f"{name}_{place}", values) for name, values in own.items()})
        for place, family in enumerate(evidence.families)
        if (own := {k: v for k in SEEN if (v := getattr(family, k)) is not None})
    )
    panel = evidence.marginal
    parts = {
        part: replace(own, **{name: _data(f"{part}_{name}", getattr(own, name)) for name in LARGE})
        for part in ("first", "rest")
        if (own := getattr(panel, part)) is not None
    }
    return replace(evidence, families=families), replace(panel, **parts)


SEEN = ("lagged", "frequency")
LARGE = ("basis", "turn", "power")


def _data(name: str, values: np.ndarray) -> Any:
    return pm.Data(name, values, shape=values.shape)


def _sampled_baseline(evidence: Evidence, known: Any, sigma: Any) -> None:
    baseline, own, seen = evidence.baseline, evidence.own, slice(evidence.observed)
    b = pm.Flat("b", shape=len(baseline.columns))
    level = known + pt.dot(baseline.design[seen], b)
    c = None
    if own.columns:
        c = pm.Flat("own", shape=(len(evidence.geos), len(own.columns)))
        level = level + pt.dot(c, own.design[seen].T)
    pm.Potential("b_prior", log_prior(b, c, baseline, own, xp=pt))
    LIKELIHOODS[evidence.likelihood].add(evidence, level, sigma)


def _spread(name: str) -> Any:
    belief = SPREADS[name]
    return pm.LogNormal(name, np.log(belief.median), belief.width)


def _standard(name: str, shape: tuple[int, ...]) -> Any:
    return pm.Normal(name, 0, 1, shape=shape)
