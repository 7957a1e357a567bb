"""The PyMC model of one KPI.

    KPI_t = baseline_t + Σ_i media_it + ε_t,   ε_t ~ N(0, σ²)
    media_it = average_i · g_i(adstock_i(exposure_i)_t / scale_i) / mean_t g_i(…)

in units of the standardised KPI. A line's effect is written as its average weekly contribution
because that is what a ROAS, a CAC or a share of the KPI is a belief about, and what data inform
best (Jin et al. 2017, section 7, on the ridge between effect size and saturation).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from mmm.evidence import Evidence, Parameter
from mmm.marginal import Marginal, log_prior
from mmm.spec import BetaPrior, LogNormalPrior

NOISE_SCALE = 1.0  # σ is at most about the KPI's own standard deviation, the model's unit


def build(evidence: Evidence, *, plain: bool = False) -> pm.Model:
    """The model of one KPI, with the baseline integrated out.

    ``plain`` samples the baseline's coefficients as ``b`` instead: the same posterior, slower.
    It is what the tests compare with and the benchmark measures against.
    """
    with pm.Model(coords={"line": evidence.lines}) as model:
        values = {
            parameter.name: _variable(parameter, evidence) for parameter in evidence.parameters
        }
        evidence, marginal = _as_data(evidence)
        values["average"] = pm.LogNormal(
            "average",
            mu=evidence.effect_mu - np.log(evidence.unit),
            sigma=evidence.effect_sigma,
            dims="line",
        )
        sigma = pm.HalfNormal("sigma", NOISE_SCALE)
        media = evidence.media(values, xp=pt)[: evidence.observed]
        residual = evidence.standard[: evidence.observed] - media
        if plain:
            _sampled_baseline(evidence, residual, sigma)
        else:
            pm.Potential("likelihood", marginal.log_likelihood(residual, sigma, xp=pt))
    return model


def _as_data(evidence: Evidence) -> tuple[Evidence, Marginal]:
    """The same evidence with its large arrays as data of the model.

    As constants they would be compiled into the machine code, which takes minutes.
    """
    families = tuple(
        replace(family, lagged=_data(f"lagged_{place}", family.lagged))
        for place, family in enumerate(evidence.families)
    )
    marginal = evidence.marginal
    large = {name: _data(name, getattr(marginal, name)) for name in ("basis", "turn", "power")}
    return replace(evidence, families=families), replace(marginal, **large)


def _data(name: str, values: np.ndarray) -> Any:
    return pm.Data(name, values, shape=values.shape)


def _sampled_baseline(evidence: Evidence, residual: Any, sigma: Any) -> None:
    baseline = evidence.baseline
    b = pm.Flat("b", shape=len(baseline.columns))
    pm.Potential("b_prior", log_prior(b, baseline, xp=pt))
    off = residual - pt.dot(baseline.design[: evidence.observed], b)
    pm.Potential("likelihood", pm.logp(pm.Normal.dist(0, sigma), off).sum())


def _variable(parameter: Parameter, evidence: Evidence) -> Any:
    kinds = {type(prior) for prior in parameter.priors}
    if len(kinds) != 1:
        raise ValueError(f"{parameter.name}: priors of one kind, not {kinds}")
    dim = "line"
    if len(parameter.rows) != len(evidence.lines):
        dim = f"line_{parameter.name}"
        pm.modelcontext(None).add_coord(dim, [evidence.lines[row] for row in parameter.rows])
    return VARIABLES[kinds.pop()](parameter, dim)


def _beta(parameter: Parameter, dim: str) -> Any:
    alpha, beta = ([getattr(p, name) for p in parameter.priors] for name in ("alpha", "beta"))
    return pm.Beta(parameter.name, alpha=np.array(alpha), beta=np.array(beta), dims=dim)


def _log_normal(parameter: Parameter, dim: str) -> Any:
    mu, sigma = ([getattr(p, name) for p in parameter.priors] for name in ("mu", "sigma"))
    return pm.LogNormal(parameter.name, mu=np.array(mu), sigma=np.array(sigma), dims=dim)


VARIABLES: dict[type, Callable[[Parameter, str], Any]] = {
    BetaPrior: _beta,
    LogNormalPrior: _log_normal,
}
"""How a belief written in model.yaml becomes a random variable."""
