"""Simulation-based calibration: truth from the prior, data from the truth, ranks in the posterior.

Where a model and its sampler are right, the rank of the true value among L posterior draws is
uniform on 0 … L (Talts et al. 2018). The model is the product's own, compiled once; every data
set only swaps the KPI.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mmm.fit.sampling import TARGET_ACCEPT
from mmm.model.evidence import Evidence
from mmm.model.pooling import SPREADS

KEPT = 99
"""Posterior draws a rank is taken among, so ranks 0 … 99; spread evenly, nearly independent."""

QUANTITIES = {
    "roas": "average",
    "retention": "adstock_retention",
    "half_saturation": "saturation_half_saturation",
}
"""What is ranked -> the parameter, one a line. ROAS is average · weeks / spend: the same rank."""


@dataclass(frozen=True)
class Settings:
    """How every data set is made and fitted."""

    seed: int = 1
    draws: int = 500
    tune: int = 400
    chains: int = 2


@dataclass(frozen=True, eq=False)
class Truths:
    """Draws from the model's prior: raw (n, …) as sampled, standard (n, 1, T) the KPI they make."""

    raw: dict[str, np.ndarray]
    standard: np.ndarray


def digest(evidence: Evidence, settings: Settings) -> str:
    """Of the spend, the baseline's design, all beliefs and the settings: what ranks belong to."""
    sha = hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode())
    beliefs = [(one.name, one.owners, one.priors) for one in evidence.parameters]
    sha.update(repr((beliefs, sorted(SPREADS.items()))).encode())
    parts = (evidence.exposure, evidence.effect_mu, evidence.effect_sigma)
    for part in (*parts, evidence.baseline.design, evidence.baseline.scales):
        sha.update(np.ascontiguousarray(part, dtype="<f8").tobytes())
    return sha.hexdigest()


def truths(evidence: Evidence, model: Any, count: int, seed: int) -> Truths:
    """``count`` draws of everything the model has a prior for, and the data each brings about.

    Media from PyMC's own prior draws; the baseline b_j ~ N(0, scales_kj²) with k by weight; noise
    N(0, σ²). All in the model's unit.
    """
    import pymc as pm

    variables = [*model.free_RVs, *model.deterministics]
    drawn = pm.draw(variables, draws=count, random_seed=seed)
    raw = {variable.name: np.asarray(own) for variable, own in zip(variables, drawn, strict=True)}
    media = evidence.media(evidence.resolved(raw))
    others = [
        _other(evidence, sigma, np.random.default_rng([seed, place]))
        for place, sigma in enumerate(raw["sigma"])
    ]
    return Truths(raw, media + np.stack(others)[:, None])


def _other(evidence: Evidence, sigma: float, rng: np.random.Generator) -> np.ndarray:
    """Baseline and noise of one data set: (T,)."""
    baseline = evidence.baseline
    which = rng.choice(len(baseline.weight), p=baseline.weight)
    b = baseline.scales[which] * rng.standard_normal(len(baseline.columns))
    other: np.ndarray = baseline.design @ b + sigma * rng.standard_normal(len(baseline.design))
    return other


def ranks(
    evidence: Evidence, count: int, settings: Settings, *, done: int = 0
) -> Iterator[dict[str, list[int]]]:
    """The ranks of data sets ``done`` to ``count``, one by one: quantity -> one rank a line."""
    import nutpie

    from mmm.fit.compiled import compiled
    from mmm.model.build import build

    model = build(evidence)
    known = truths(evidence, model, count, settings.seed)
    names = [variable.name for variable in (*model.free_RVs, *model.deterministics)]
    ready = compiled(model)
    for place in range(done, count):
        trace = nutpie.sample(
            ready.with_data(standard=known.standard[place]),
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=1,
            seed=int(np.random.SeedSequence([settings.seed, place]).generate_state(1)[0]),
            target_accept=TARGET_ACCEPT,
            low_rank_modified_mass_matrix=True,
            progress_bar=False,
        )
        learnt = {name: _flat(trace.posterior[name].to_numpy()) for name in names}
        own = {name: values[place : place + 1] for name, values in known.raw.items()}
        yield ranks_of(evidence.resolved(learnt), evidence.resolved(own))


def ranks_of(learnt: dict[str, np.ndarray], true: dict[str, np.ndarray]) -> dict[str, list[int]]:
    """How many of KEPT evenly spread draws lie below the truth, line by line."""
    found = {}
    for quantity, name in QUANTITIES.items():
        draws = learnt[name]
        kept = draws[(np.arange(KEPT) * len(draws)) // KEPT]
        found[quantity] = (kept < true[name]).sum(axis=0).tolist()
    return found


def _flat(values: np.ndarray) -> np.ndarray:
    """(chain, draw, …) as (sample, …)."""
    flat: np.ndarray = values.reshape(-1, *values.shape[2:])
    return flat
