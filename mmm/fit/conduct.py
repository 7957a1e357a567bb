"""Fit every KPI of a model file, and keep the result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr

from mmm import posterior
from mmm.card import HealthCard
from mmm.curves import ParametricCurves
from mmm.curves import save as save_curves
from mmm.data import MediaData
from mmm.errors import Fault, InputError
from mmm.experiments import Experiment
from mmm.files import write_whole
from mmm.fit.folder import FILES, outputs, replace_whole
from mmm.fit.groups import constants_group, posterior_group, stats_group
from mmm.fit.sampled import Sampled, flat
from mmm.fit.sampling import Piece, sample
from mmm.fit.source import source_of
from mmm.fit.warm_start import Start, start_group, thinned
from mmm.fitted_curves import CURVE_DRAWS, curves_of
from mmm.health import health_card
from mmm.judge import Bench, Trials, beside_placebo, untested
from mmm.model.derived import derive
from mmm.model.evidence import Evidence
from mmm.model.gather import gather
from mmm.model.lifts import Lift, experiments_of, lifts_of
from mmm.posterior import diagnose
from mmm.runner import Report, Watch, available_cores, run, shares
from mmm.spec import ModelSpec, SamplingSpec
from mmm.unlearnt import Unlearnt, unlearnt

__all__ = [
    "FILES",
    "Fit",
    "Prepared",
    "fit",
    "fit_piece",
    "load",
    "outputs",
    "prepare",
    "save",
    "to_curves",
    "write",
]


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
    source:    digests, seed, versions; ``fit_digest`` names the fit
    start:     a few draws of all that was sampled, for the next fit to begin with
    """

    posterior: xr.Dataset
    stats: xr.Dataset
    constants: xr.Dataset
    source: Mapping[str, object]
    card: HealthCard
    start: xr.Dataset = field(default_factory=xr.Dataset)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A model whose fit can begin: what each of its pieces sees.

    evidence: of every KPI; seen: the same and that of the trials, by piece; tests: the experiments
    on every KPI; apart: lines of which nothing is learnt; starts: KPI -> draws to start from
    """

    spec: ModelSpec
    data: MediaData
    sampling: SamplingSpec
    trials: Trials
    evidence: Mapping[str, Evidence]
    seen: Mapping[str, Evidence]
    tests: Mapping[str, tuple[Lift, ...]]
    apart: Unlearnt
    experiments: tuple[Experiment, ...] = ()
    starts: Mapping[str, Start] = field(default_factory=dict)

    @property
    def source(self) -> dict[str, object]:
        """What the fit will say it comes from; ``fit_digest`` names it."""
        source = source_of(self.spec, self.data, self.sampling, self.trials, self.experiments)
        return {**source, "started_from": "an earlier fit"} if self.starts else source

    def pieces(self, threads: int) -> dict[str, Piece]:
        """What is to be sampled, each on ``threads`` chains at a time."""
        todo = {name: (own, self._tests(own)) for name, own in self.seen.items()}
        # series alone: what do they say of a tested line, or of one that did nothing?
        todo |= {untested(kpi): (self.evidence[kpi], ()) for kpi, its in self.tests.items() if its}
        beside = [name for name in map(beside_placebo, self.evidence) if name in self.seen]
        todo |= {name: (self.seen[name], ()) for name in beside}
        return {
            name: Piece(own, self.sampling, threads, its, self._start(own))
            for name, (own, its) in todo.items()
        }

    def fit(self, sampled: Mapping[str, Sampled]) -> Fit:
        """The fit, from what sampling the pieces brought."""
        bench, evidence, apart = Bench(self.trials, self.seen, sampled), self.evidence, self.apart
        facts = [
            bench.facts(kpi, self.tests[kpi], money=self.spec.kpis[kpi].unit == "currency")
            for kpi in evidence
        ]
        draws = {kpi: sampled[kpi].draws for kpi in evidence}
        derived = {kpi: sampled[kpi].derived for kpi in evidence}
        groups = (
            posterior_group(evidence, draws, derived),
            constants_group(self.spec, apart.learnt, evidence, derived),
        )
        posterior, constants = apart.joined(groups, evidence, draws, seed=self.sampling.seed)
        return Fit(
            posterior=posterior,
            stats=stats_group({kpi: sampled[kpi].stats for kpi in evidence}),
            constants=constants,
            source=self.source,
            card=HealthCard((*health_card(facts).checks, *apart.checks())),
            start=start_group({kpi: sampled[kpi].start for kpi in evidence}, evidence),
        )

    def _tests(self, own: Evidence) -> tuple[Lift, ...]:
        return lifts_of(own, self.apart.experiments)

    def _start(self, own: Evidence) -> Start | None:
        start = self.starts.get(own.kpi)
        return start if start is not None and start.fits(own) else None


def prepare(
    spec: ModelSpec,
    data: MediaData,
    *,
    sampling: SamplingSpec | None = None,
    trials: Trials | None = None,
    starts: Mapping[str, Start] | None = None,
) -> Prepared:
    """All that comes before sampling. Raises InputError for data that cannot be fitted.

    sampling: by default that of the model file. starts: KPI -> draws of an earlier fit; used where
    the model has the same parameters.
    """
    sampling = sampling or spec.sampling
    trials = trials or Trials(seed=sampling.seed)
    experiments = experiments_of(spec, data)
    apart = unlearnt(spec, data, experiments)
    given = {kpi: apart.given(kpi) for kpi in data.kpi_names}
    evidence = {kpi: gather(spec, apart.learnt, kpi, given=given[kpi]) for kpi in data.kpi_names}
    seen = dict(evidence)
    for kpi in evidence:
        seen |= trials.of(spec, apart.learnt, kpi, given=given[kpi])
    tests = {kpi: lifts_of(own, apart.experiments) for kpi, own in evidence.items()}
    return Prepared(
        spec=spec,
        data=data,
        sampling=sampling,
        trials=trials,
        evidence=evidence,
        seen=seen,
        tests=tests,
        apart=apart,
        experiments=experiments,
        starts=starts or {},
    )


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
    trials = Trials(holdout, backtest, placebo, seed=sampling.seed)
    prepared = prepare(spec, data, sampling=sampling, trials=trials)
    workers, threads = shares(cores, len(prepared.pieces(1)))
    return prepared.fit(run(fit_piece, prepared.pieces(threads), workers=workers, watch=watch))


def save(fit: Fit, folder: Path | str, *, force: bool = False, draws: int = CURVE_DRAWS) -> Path:
    """Write fit.nc, curves.nc (``draws`` of the draws) and health.json into ``folder``.

    They take the place of an earlier fit as a whole, which is kept in ``folder/earlier``. Raises
    OutputExists, before anything is written, when one is there and ``force`` is not given.
    """
    folder = Path(folder)
    replace_whole(folder, partial(write, fit, draws=draws), force=force)
    return folder


def write(fit: Fit, folder: Path, *, draws: int = CURVE_DRAWS) -> None:
    """Write the files of a fit into a folder that has none."""
    groups = {"posterior": fit.posterior, "sample_stats": fit.stats, "constant_data": fit.constants}
    if fit.start.data_vars:
        groups[posterior.START] = fit.start
    attrs = {"source": json.dumps(fit.source, sort_keys=True), "health": fit.card.to_json()}
    write_whole(folder / "fit.nc", partial(posterior.save, groups=groups, attrs=attrs))
    save_curves(to_curves(fit, draws=draws), folder / "curves.nc")
    card = fit.card.to_json() + "\n"
    write_whole(folder / "health.json", lambda path: path.write_text(card, encoding="utf-8"))


def load(folder: Path | str) -> Fit:
    """Read what ``save`` wrote. Raises InputError for a file it does not understand."""
    path = Path(folder) / "fit.nc"
    groups, attrs = posterior.load(path)
    _known(path, groups, attrs)
    return Fit(
        posterior=groups["posterior"],
        stats=groups["sample_stats"],
        constants=groups["constant_data"],
        source=json.loads(attrs["source"]),
        card=HealthCard.from_json(attrs["health"]),
        start=groups.get(posterior.START, xr.Dataset()),
    )


NEEDED = {
    "posterior": ("effect", "average", "sigma", "b", "own"),
    "constant_data": ("spend", "exposure", "scale", "population", "local", "cost_per_unit",
                      "organic", "prior_driven", "order", "kpi_values", "unit", "likelihood",
                      "centre", "standard_deviation", "design", "own_design"),
}  # fmt: skip
"""What every fit has, group by group; an older one, or the file of another tool, lacks some."""


def _known(path: Path, groups: Mapping[str, xr.Dataset], attrs: Mapping[str, str]) -> None:
    """Raises InputError for a file that was not written by ``save`` as it is today."""
    lacking = [
        *(name for group, names in NEEDED.items() for name in names if name not in groups[group]),
        *(name for name in ("source", "health") if name not in attrs),
    ]
    if lacking:
        more = f" and {len(lacking) - 1} more" if lacking[1:] else ""
        found = f"a file without {lacking[0]}{more}"
        fix = "fit again with `mmm fit MODEL.yaml --out DIR --force`"
        raise InputError([Fault(str(path), 0, 0, "", found, "a fit of this version", fix)])


def fit_piece(piece: Piece, report: Report) -> Sampled:
    """Sample one piece, and all that follows from its draws; in whatever process."""
    raw, stats = sample(piece, report)
    rng = np.random.default_rng(piece.seed.spawn(1)[0])
    derived = derive(piece.evidence, flat(raw), rng)
    judged = {**raw, **piece.evidence.resolved(raw)}
    convergence = diagnose(piece.evidence.free(judged), stats)
    return Sampled(judged, stats, derived, convergence, piece.evidence.observed, thinned(raw))


def to_curves(fit: Fit, *, draws: int = CURVE_DRAWS) -> ParametricCurves:
    """The fit's response curves, with at most ``draws`` draws."""
    return curves_of(fit.posterior, fit.constants, card=fit.card, source=fit.source, draws=draws)
