"""From model files to folders of fits, one or many; what is there already is not made again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from mmm.card import HealthCard
from mmm.data import load as load_data
from mmm.errors import EngineError
from mmm.files import refuse_existing
from mmm.fit.conduct import Fit, Prepared, prepare, write
from mmm.fit.folder import being_fitted, digest_there, mended, outputs, replace_whole
from mmm.fit.many import fit_many
from mmm.fitted_curves import CURVE_DRAWS
from mmm.judge import Trials
from mmm.runner import Watch
from mmm.spec import ModelSpec, SamplingSpec, load_spec


@dataclass(frozen=True)
class Wish:
    """How to fit.

    stated: settings of the sampler that replace those of the model file; holdout, backtest,
    placebo: as in ``fit``; curve_draws: draws kept in curves.nc; force: fit what is fitted
    already, and put aside what is there; cores: as in ``fit``; cluster: the address of a Dask
    scheduler whose workers sample
    """

    stated: Mapping[str, int | None] = field(default_factory=dict)
    holdout: int = 0
    backtest: int = 0
    placebo: bool = False
    curve_draws: int = CURVE_DRAWS
    force: bool = False
    cores: int | None = None
    cluster: str | None = None

    def sampling(self, spec: ModelSpec) -> SamplingSpec:
        """That of the model file, with what is stated in its place."""
        given = {name: value for name, value in self.stated.items() if value is not None}
        return spec.sampling.model_copy(update=given)

    def trials(self, sampling: SamplingSpec) -> Trials:
        """What to try beside the fit itself."""
        return Trials(self.holdout, self.backtest, self.placebo, seed=sampling.seed)


@dataclass(frozen=True)
class Outcome:
    """What became of one model.

    digest: of its fit; already: it was there, and nothing was done; failure: what went wrong, and
    then there is no card
    """

    out: Path
    digest: str = ""
    already: bool = False
    card: HealthCard | None = None
    failure: Exception | None = None


def fit_files(
    models: Mapping[str, tuple[Path, Path]],
    wish: Wish,
    *,
    tell: Callable[[str], object],
    watch: Watch | None = None,
) -> dict[str, Outcome]:
    """Fit every model file into its folder: name -> (model.yaml, folder).

    A model that fails stops no other and leaves what was in its folder. ``tell`` is called with
    what an interrupted fit has left. Raises nothing but what stops everything (an interrupt).
    """
    outcomes: dict[str, Outcome] = {}
    todo: dict[str, Prepared] = {}
    marks: dict[str, ExitStack] = {}
    for name, (file, out) in models.items():
        try:
            found = _begun(file, out, wish, tell)
            if isinstance(found, Outcome):
                outcomes[name] = found
                continue
            marks[name] = ExitStack()
            marks[name].enter_context(being_fitted(out, str(found.source["fit_digest"])))
            todo[name] = found
        except EngineError as error:
            outcomes[name] = Outcome(out, failure=error)

    def done(name: str, result: Fit | Exception) -> None:
        with marks[name]:
            outcomes[name] = _kept(models[name][1], result, wish)

    with ExitStack() as all_marks:
        for mark in marks.values():
            all_marks.callback(mark.close)
        if todo:
            fit_many(todo, done, cores=wish.cores, cluster=wish.cluster, watch=watch)
    return {name: outcomes[name] for name in models}


def _begun(file: Path, out: Path, wish: Wish, tell: Callable[[str], object]) -> Prepared | Outcome:
    """What is to be fitted; an Outcome where it is fitted already."""
    refuse_existing(outputs(out), force=True)  # whether anything can be written is told first
    if left := mended(out):
        tell(left)
    spec = load_spec(file)
    sampling = wish.sampling(spec)
    prepared = prepare(spec, load_data(spec), sampling=sampling, trials=wish.trials(sampling))
    if not wish.force:
        digest = str(prepared.source["fit_digest"])
        if all(path.exists() for path in outputs(out)) and digest_there(out) == digest:
            text = (out / "health.json").read_text(encoding="utf-8")
            return Outcome(out, digest, already=True, card=HealthCard.from_json(text))
        refuse_existing(outputs(out), force=False)
    return prepared


def _kept(out: Path, result: Fit | Exception, wish: Wish) -> Outcome:
    outcome = Outcome(out)
    if isinstance(result, Exception):
        return replace(outcome, failure=result)
    try:
        replace_whole(out, partial(write, result, draws=wish.curve_draws), force=wish.force)
    except EngineError as error:
        return replace(outcome, failure=error)
    return replace(outcome, digest=str(result.source["fit_digest"]), card=result.card)
