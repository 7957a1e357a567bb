"""A refresh, from the model file and the folder of an earlier fit to the new fit in its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from mmm.card import HealthCard
from mmm.data import load as load_data
from mmm.errors import Fault, InputError
from mmm.fit import conduct as fitting
from mmm.fit.conduct import Fit, Prepared, fit_piece, prepare
from mmm.fit.files import Wish
from mmm.fit.folder import MOVED, being_fitted, digest_there, mended, replace_whole
from mmm.fit.source import CONTENT
from mmm.fit.warm_start import starts_of
from mmm.refresh.changes import changes
from mmm.refresh.moved import moved
from mmm.refresh.report import Refreshed
from mmm.runner import Watch, available_cores, run, shares
from mmm.spec import load_spec

TUNE = 0.4  # of the usual tuning where the sampler starts from an earlier fit; docs/refresh.md


@dataclass(frozen=True)
class Unchanged:
    """Nothing that moves a posterior has changed. digest, card: of the fit that is there"""

    digest: str
    card: HealthCard


def refresh(
    model: Path,
    out: Path,
    wish: Wish,
    *,
    tell: Callable[[str], object],
    watch: Watch | None = None,
    cold: bool = False,
) -> Refreshed | Unchanged:
    """Fit again what changed since the fit in ``out``, which is kept in ``out/earlier``.

    cold: start as if there had been no earlier fit. Does nothing where data, model, experiments
    and versions are those of the earlier fit, unless ``wish.force``. ``tell``: as in
    ``fit_files``. Raises InputError where ``out`` has no fit, and what ``fit`` raises.
    """
    if left := mended(out):
        tell(left)
    before = _earlier(out)
    prepared = _prepared(model, before, wish, cold=cold)
    digest = digest_there(out) or ""
    source = prepared.source
    if not wish.force and all(source[key] == before.source.get(key) for key in CONTENT):
        return Unchanged(digest, before.card)
    with being_fitted(out, str(source["fit_digest"])):
        cores = available_cores() if wish.cores is None else wish.cores
        workers, threads = shares(cores, len(prepared.pieces(1)))
        pieces = prepared.pieces(threads)
        after = prepared.fit(run(fit_piece, pieces, workers=workers, watch=watch))
        warm = tuple(kpi for kpi in prepared.evidence if pieces[kpi].start is not None)
        found = Refreshed(
            before=digest,
            after=str(source["fit_digest"]),
            verdicts=(before.card.verdict, after.card.verdict),
            warm=warm,
            cold=tuple(kpi for kpi in prepared.evidence if kpi not in warm),
            changes=changes(before.constants, before.source, prepared.spec, prepared.data, source),
            moved=moved(before, after),
        )
        replace_whole(out, lambda folder: _write(after, found, folder, wish), force=True)
    return found


def _earlier(out: Path) -> Fit:
    if not (out / "fit.nc").exists():
        fix = "make one first with `mmm fit MODEL.yaml --out DIR`"
        fault = Fault(str(out / "fit.nc"), 0, 0, "", "no such file", "an earlier fit", fix)
        raise InputError([fault])
    return fitting.load(out)


def _prepared(model: Path, before: Fit, wish: Wish, *, cold: bool) -> Prepared:
    spec = load_spec(model)
    sampling = wish.sampling(spec)
    starts = {} if cold else starts_of(before.start)
    data, trials = load_data(spec), wish.trials(sampling)
    prepared = prepare(spec, data, sampling=sampling, trials=trials, starts=starts)
    every = all(piece.start is not None for piece in prepared.pieces(1).values())
    if every and wish.stated.get("tune") is None:
        shorter = sampling.model_copy(update={"tune": max(1, round(TUNE * sampling.tune))})
        prepared = replace(prepared, sampling=shorter)
    return prepared


def _write(after: Fit, found: Refreshed, folder: Path, wish: Wish) -> None:
    fitting.write(after, folder, draws=wish.curve_draws)
    text = json.dumps(found.to_json(), indent=2, ensure_ascii=False) + "\n"
    (folder / MOVED).write_text(text, encoding="utf-8")
