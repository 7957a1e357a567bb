"""Fit every KPI of a model file, and keep the result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import numpy as np
import xarray as xr

from mmm import posterior
from mmm.card import HealthCard
from mmm.curves import ParametricCurves
from mmm.curves import save as save_curves
from mmm.data import MediaData
from mmm.derived import Derived, derive, explained
from mmm.evidence import Evidence
from mmm.files import refuse_existing, write_whole
from mmm.fit_groups import constants_group, posterior_group, stats_group
from mmm.fitted_curves import CURVE_DRAWS, curves_of
from mmm.gather import gather
from mmm.health import health_card
from mmm.health_facts import KpiFacts, facts_of
from mmm.lifts import experiments_of, lifts_of
from mmm.posterior import Diagnostics, diagnose
from mmm.runner import Report, Watch, available_cores, run
from mmm.sampling import Piece, sample
from mmm.spec import ModelSpec, SamplingSpec

FILES = ("fit.nc", "curves.nc", "health.json")
PACKAGES = ("pymc", "nutpie", "numpy", "numba", "budget-allocation-engine")


@dataclass(frozen=True, eq=False)
class Fit:
    """What was learnt, as plain labelled numbers.

    posterior: (kpi, chain, draw, …) adstock and saturation parameters by line; ``effect`` at full
               saturation and ``average`` weekly contribution by line and geo; ``sigma``; the
               baseline's ``b`` by column and ``own`` by geo and column. effect and average in KPI
               units, sigma in KPI units per head, b and own in standard deviations of the KPI.
               A national model has the one geo ``national``
    stats:     (kpi, chain, draw) diverging, energy, n_steps, step_size
    constants: what the draws were made from: spend, exposure, scale, forms, KPIs, design, priors
    source:    digests, seed, versions
    """

    posterior: xr.Dataset
    stats: xr.Dataset
    constants: xr.Dataset
    source: Mapping[str, object]
    card: HealthCard


@dataclass(frozen=True, eq=False)
class _Sampled:
    """What a worker brings back for one KPI."""

    draws: dict[str, np.ndarray]
    """what was sampled and what it resolves to, name -> (chain, draw, …)"""
    stats: dict[str, np.ndarray]
    derived: Derived
    diagnostics: Diagnostics
    observed: int


def fit(
    spec: ModelSpec,
    data: MediaData,
    *,
    sampling: SamplingSpec | None = None,
    cores: int | None = None,
    holdout: int = 0,
    watch: Watch | None = None,
) -> Fit:
    """Fit every KPI by itself, several at a time on the ``cores`` there are.

    sampling: by default that of the model file. cores: by default all this process may use; 0
    works in this process. holdout: also fit without the last weeks and score their prediction.
    ``watch`` is called with a KPI's name and its Progress. Raises InputError for data that cannot
    be fitted and runner.PieceError when a sampler breaks down.
    """
    sampling = sampling or spec.sampling
    cores = available_cores() if cores is None else cores
    experiments = experiments_of(spec, data)
    evidence = {kpi: gather(spec, data, kpi) for kpi in data.kpi_names}
    tests = {kpi: lifts_of(own, experiments) for kpi, own in evidence.items()}
    todo = {kpi: (own, tests[kpi]) for kpi, own in evidence.items()}
    todo |= {_untested(kpi): (own, ()) for kpi, own in evidence.items() if tests[kpi]}
    if holdout:
        for kpi in evidence:
            own = gather(spec, data, kpi, holdout=holdout)
            todo[_held_out(kpi)] = own, lifts_of(own, experiments)
    threads = max(1, cores // len(todo))
    pieces = {name: Piece(own, sampling, threads, its) for name, (own, its) in todo.items()}
    sampled = run(_fit_one, pieces, workers=min(cores, len(pieces)), watch=watch)
    facts = [
        _facts(
            own, sampled[kpi], sampled.get(_held_out(kpi)), money=spec.kpis[kpi].unit == "currency"
        )
        for kpi, own in evidence.items()
    ]
    draws = {kpi: sampled[kpi].draws for kpi in evidence}
    derived = {kpi: sampled[kpi].derived for kpi in evidence}
    return Fit(
        posterior=posterior_group(evidence, draws, derived),
        stats=stats_group({kpi: sampled[kpi].stats for kpi in evidence}),
        constants=constants_group(spec, data, evidence, derived),
        source=_source(spec, data, sampling),
        card=health_card(facts),
    )


def _held_out(kpi: str) -> str:
    return f"{kpi}, held out"


def _untested(kpi: str) -> str:
    return f"{kpi}, without experiments"


def _facts(evidence: Evidence, own: _Sampled, held: _Sampled | None, *, money: bool) -> KpiFacts:
    facts = facts_of(evidence, own.derived, own.diagnostics, money=money)
    if held is None:
        return facts
    tail = slice(held.observed, None)
    score = explained(evidence.kpi_values[:, tail], held.derived.expected[:, tail])
    return replace(facts, holdout=len(evidence.weeks) - held.observed, predicted=score)


def save(fit: Fit, folder: Path | str, *, force: bool = False, draws: int = CURVE_DRAWS) -> Path:
    """Write fit.nc, curves.nc (``draws`` of the draws) and health.json into ``folder``.

    Each appears under its name only when it is whole. Raises OutputExists, before anything is
    written, when one is there and ``force`` is not given.
    """
    folder = Path(folder)
    refuse_existing(outputs(folder), force=force)
    curves = to_curves(fit, draws=draws)
    groups = {"posterior": fit.posterior, "sample_stats": fit.stats, "constant_data": fit.constants}
    attrs = {"source": json.dumps(fit.source, sort_keys=True), "health": fit.card.to_json()}
    write_whole(folder / "fit.nc", partial(posterior.save, groups=groups, attrs=attrs))
    save_curves(curves, folder / "curves.nc", force=force)
    card = fit.card.to_json() + "\n"
    write_whole(folder / "health.json", lambda path: path.write_text(card, encoding="utf-8"))
    return folder


def outputs(folder: Path) -> list[Path]:
    """The files a fit is kept in."""
    return [folder / name for name in FILES]


def load(folder: Path | str) -> Fit:
    """Read what ``save`` wrote. Raises InputError for a file it does not understand."""
    groups, attrs = posterior.load(Path(folder) / "fit.nc")
    return Fit(
        posterior=groups["posterior"],
        stats=groups["sample_stats"],
        constants=groups["constant_data"],
        source=json.loads(attrs["source"]),
        card=HealthCard.from_json(attrs["health"]),
    )


def _fit_one(piece: Piece, report: Report) -> _Sampled:
    raw, stats = sample(piece, report)
    rng = np.random.default_rng(piece.seed.spawn(1)[0])
    derived = derive(piece.evidence, _flat(raw), rng)
    judged = {**raw, **piece.evidence.resolved(raw)}
    return _Sampled(judged, stats, derived, diagnose(judged, stats), piece.evidence.observed)


def _flat(draws: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """(chain, draw, …) as (chain · draw, …)."""
    return {name: values.reshape(-1, *values.shape[2:]) for name, values in draws.items()}


def to_curves(fit: Fit, *, draws: int = CURVE_DRAWS) -> ParametricCurves:
    """The fit's response curves, with at most ``draws`` draws."""
    return curves_of(fit.posterior, fit.constants, card=fit.card, source=fit.source, draws=draws)


def _source(spec: ModelSpec, data: MediaData, sampling: SamplingSpec) -> dict[str, object]:
    text = spec.model_dump_json()
    return {
        "data_digest": data.digest,
        "model_digest": hashlib.sha256(text.encode()).hexdigest(),
        "model": json.loads(text),
        "sampling": sampling.model_dump(),
        "pairing_seed": sampling.seed,
        "versions": {name: version(name) for name in PACKAGES} | {"python": python_version()},
    }
