"""What a worker does with a batch: every piece planned, a failure told as a result too."""

from __future__ import annotations

import gc
import json
import tempfile
import traceback
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from allocator.answer import refusal, refusal_json
from allocator.canonical import canonical
from allocator.errors import NotProven, Unhealthy
from allocator.run import plan, versions
from allocator.sweep import summary as status
from allocator.sweep.folder import Folder, plans_beside
from allocator.sweep.piece import Batch, Piece, Source
from allocator.sweep.summary import Summary, failure, summary_of
from mmm.curves import ResponseCurves
from mmm.curves import load as load_curves
from mmm.errors import EngineError, Fault, InputError
from mmm.runner import Report

LITTLE = 50_000  # new objects before Python looks for circles among them: plans make few
KEPT = 4  # sets of curves a worker holds on to, with the tables made of them


@dataclass(frozen=True)
class Result:
    """text: plan.json, or what went wrong as JSON; None where it is kept already."""

    summary: Summary
    text: str | None


_held: OrderedDict[str, ResponseCurves] = OrderedDict()


def work(batch: Batch, report: Report) -> tuple[Result, ...]:
    """Plan the pieces of a batch; ``report`` hears the key of each as it is done.

    Raises EngineError where this worker cannot serve at all: other versions than those the
    results would be kept under, curves that cannot be read, a folder that cannot be written to.
    """
    _refuse_others(batch)
    curves = tuple(map(_read, batch.curves))
    folder = Folder(batch.folder)
    results = []
    for piece in batch.pieces:
        if batch.keeps and folder.has(piece.key):
            continue  # the process that was given this batch before had come this far
        result = _answered(piece, curves, batch)
        if batch.keeps:
            folder.keep(result.summary, result.text or "")
            result = Result(result.summary, None)
        results.append(result)
        report(piece.key)
    return tuple(results)


def failed(piece: Piece, kind: str, words: str, more: dict[str, object] | None = None) -> Result:
    """A question without a plan, and why; ``more``: the same as data."""
    conflict = tuple(str(item["rule"]) for item in (more or {}).get("conflict", ()))  # type: ignore[attr-defined]
    document = {
        "key": piece.key, "status": kind, "words": words,
        "scenario": {"id": piece.loaded.scenario.id, "digest": piece.loaded.digest},
        **({"answer": more} if more else {}),
    }  # fmt: skip
    summary = failure(piece.key, kind, piece.loaded, words, tuple(dict.fromkeys(conflict)))
    return Result(summary, canonical(json.loads(json.dumps(document))))


def _answered(piece: Piece, curves: tuple[ResponseCurves, ...], batch: Batch) -> Result:
    own, *others = curves
    try:
        answer = plan(
            piece.loaded,
            own,
            folder=plans_beside(batch.folder),
            alternatives=tuple(others),
            accepted=batch.accepted,
        )
    except InputError as error:
        return failed(piece, status.BAD_INPUT, str(error))
    except Unhealthy as error:
        return failed(piece, status.UNHEALTHY, str(error))
    except NotProven as error:
        return failed(piece, status.NOT_FOUND, str(error))
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        return failed(piece, status.FAULT, words, {"traceback": traceback.format_exc()})
    if answer.plan is None:
        why = answer.infeasible
        assert why is not None  # an answer is a plan, or why there is none
        kind = status.INFEASIBLE if why.proven else status.NOT_FOUND
        return failed(piece, kind, refusal(piece.loaded, why), refusal_json(piece.loaded, why))
    return Result(summary_of(answer.plan, piece.key), answer.text)


def _refuse_others(batch: Batch) -> None:
    here = versions()
    wrong = {name: (said, here.get(name)) for name, said in batch.versions.items()}
    wrong = {name: both for name, both in wrong.items() if both[0] != both[1]}
    if wrong:
        listed = ", ".join(f"{name} {own} instead of {said}" for name, (said, own) in wrong.items())
        raise EngineError(
            f"a worker has {listed}, and would give other plans: install what constraints.txt "
            "names on every machine"
        )


def _read(source: Source) -> ResponseCurves:
    if not _held:
        gc.freeze()  # the libraries stay: no need to look through them again and again
        gc.set_threshold(LITTLE)
    if source.digest not in _held:
        curves = _loaded(source)
        if curves.digest != source.digest:
            found = f"curves with digest {curves.digest[:12]}…"
            expected = f"those the sweep began with, {source.digest[:12]}…"
            raise InputError([Fault(str(source.path), 0, 0, "", found, expected, "sweep again")])
        _held[source.digest] = curves
        while len(_held) > KEPT:
            _held.popitem(last=False)
    _held.move_to_end(source.digest)
    return _held[source.digest]


def _loaded(source: Source) -> ResponseCurves:
    if source.content is None:
        return load_curves(source.path)
    with tempfile.TemporaryDirectory(prefix="curves-") as folder:
        file = Path(folder) / source.path.name
        file.write_bytes(source.content)
        return load_curves(file)
