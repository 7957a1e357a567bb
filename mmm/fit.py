"""Fit every KPI of a model file, and keep the result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
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
from mmm.derived import derive
from mmm.files import refuse_existing, write_whole
from mmm.fit_groups import constants_group, posterior_group, stats_group
from mmm.fitted_curves import CURVE_DRAWS, curves_of
from mmm.gather import gather
from mmm.health import health_card
from mmm.judge import Bench, Trials, beside_placebo, untested
from mmm.lifts import experiments_of, lifts_of
from mmm.posterior import diagnose
from mmm.runner import Report, Watch, available_cores, run
from mmm.sampled import Sampled, flat
from mmm.sampling import Piece, sample
from mmm.spec import ModelSpec, SamplingSpec
from mmm.unlearnt import unlearnt

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


def fit(
    spec: ModelSpec,
    data: MediaData,
    *,
    sampling: SamplingSpec | None = None,
    cores: int | None = None,
    holdout: int = 0,
    backtest: int = 0,
    placebo: bool = False,
    watch: Watch | None = None,
) -> Fit:
    """Fit every KPI by itself, several at a time on the ``cores`` there are.

    sampling: by default that of the model file. cores: by default all this process may use; 0
    works in this process. holdout: also fit without the last weeks and score their prediction;
    backtest: the same from so many points in time, a quarter apart; placebo: also fit with a line
    that did nothing. ``watch`` is called with a KPI's name and its Progress. Raises InputError for
    data that cannot be fitted and runner.PieceError when a sampler breaks down.
    """
    sampling = sampling or spec.sampling
    cores = available_cores() if cores is None else cores
    apart = unlearnt(spec, data, experiments_of(spec, data))
    experiments, learnt = apart.experiments, apart.learnt
    given = {kpi: apart.given(kpi) for kpi in data.kpi_names}
    evidence = {kpi: gather(spec, learnt, kpi, given=given[kpi]) for kpi in data.kpi_names}
    tests = {kpi: lifts_of(own, experiments) for kpi, own in evidence.items()}
    trials = Trials(holdout, backtest, placebo, seed=sampling.seed)
    seen = dict(evidence)
    for kpi in evidence:
        seen |= trials.of(spec, learnt, kpi, given=given[kpi])
    todo = {name: (own, lifts_of(own, experiments)) for name, own in seen.items()}
    # series alone: what do they say of a tested line, or of one that did nothing?
    todo |= {untested(kpi): (own, ()) for kpi, own in evidence.items() if tests[kpi]}
    todo |= {name: (seen[name], ()) for kpi in evidence if (name := beside_placebo(kpi)) in seen}
    threads = max(1, cores // len(todo))
    pieces = {name: Piece(own, sampling, threads, its) for name, (own, its) in todo.items()}
    sampled = run(_fit_one, pieces, workers=min(cores, len(pieces)), watch=watch)
    bench = Bench(trials, seen, sampled)
    facts = [
        bench.facts(kpi, tests[kpi], money=spec.kpis[kpi].unit == "currency") for kpi in evidence
    ]
    draws = {kpi: sampled[kpi].draws for kpi in evidence}
    derived = {kpi: sampled[kpi].derived for kpi in evidence}
    groups = (
        posterior_group(evidence, draws, derived),
        constants_group(spec, learnt, evidence, derived),
    )
    posterior, constants = apart.joined(groups, evidence, draws, seed=sampling.seed)
    return Fit(
        posterior=posterior,
        stats=stats_group({kpi: sampled[kpi].stats for kpi in evidence}),
        constants=constants,
        source=_source(spec, data, sampling),
        card=HealthCard((*health_card(facts).checks, *apart.checks())),
    )


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


def _fit_one(piece: Piece, report: Report) -> Sampled:
    raw, stats = sample(piece, report)
    rng = np.random.default_rng(piece.seed.spawn(1)[0])
    derived = derive(piece.evidence, flat(raw), rng)
    judged = {**raw, **piece.evidence.resolved(raw)}
    return Sampled(judged, stats, derived, diagnose(judged, stats), piece.evidence.observed)


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
