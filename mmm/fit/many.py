"""Several models at a time: the pieces of all of them share the cores there are."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from functools import partial

from mmm.cluster import run_each as on_cluster
from mmm.errors import EngineError
from mmm.fit.conduct import Fit, Prepared, fit_piece
from mmm.fit.sampled import Sampled
from mmm.runner import PieceError, Watch, available_cores, run_each, shares

Done = Callable[[str, Fit | Exception], None]
"""What is called with a model's name and its fit, or what went wrong."""


def fit_many(
    models: Mapping[str, Prepared],
    done: Done,
    *,
    cores: int | None = None,
    cluster: str | None = None,
    watch: Watch | None = None,
) -> None:
    """Fit the models; ``done`` is called for each as soon as its last piece is there.

    A piece is a KPI of a model, or a trial of it. There are never more chains at work than
    ``cores`` (by default all this process may use; 0 works in this process). With the address of
    a Dask ``cluster`` the pieces go to its workers instead, ``cores`` to each. A model that fails
    stops no other; what ``done`` itself raises stops all. ``watch``: as in ``fit``, with names
    ``model: piece``.
    """
    each: Callable[..., None]
    if cluster is not None:
        each, threads = partial(on_cluster, address=cluster), max(1, cores or 1)
    else:
        cores = available_cores() if cores is None else cores
        workers, threads = shares(cores, sum(len(one.pieces(1)) for one in models.values()))
        each = partial(run_each, workers=workers)
    pieces, owners = {}, {}
    for model, prepared in models.items():
        for piece, body in prepared.pieces(threads).items():
            name = f"{model}: {piece}" if len(models) > 1 else piece
            pieces[name], owners[name] = body, (model, piece)
    waiting = {model: len(prepared.pieces(1)) for model, prepared in models.items()}
    sampled: dict[str, dict[str, Sampled]] = {model: {} for model in models}
    failed: dict[str, Exception] = {}

    def finished(name: str, result: Sampled | Exception) -> None:
        model, piece = owners[name]
        waiting[model] -= 1
        if isinstance(result, Exception):
            failed.setdefault(model, result)
        else:
            sampled[model][piece] = result
        if not waiting[model]:
            of_model = sampled.pop(model)  # its draws need not be held while others are sampled
            done(model, failed.get(model) or _put_together(model, models[model], of_model))

    each(fit_piece, pieces, finished, watch=watch)


def _put_together(
    model: str, prepared: Prepared, sampled: Mapping[str, Sampled]
) -> Fit | Exception:
    try:
        return prepared.fit(sampled)
    except EngineError as error:
        return error
    except Exception as error:
        return PieceError(model, f"{type(error).__name__}: {error}", traceback.format_exc())
