"""A sweep from question to folder: what is there is kept, the rest planned, failures told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from allocator.errors import NotProven
from allocator.plan import Status
from allocator.run import versions
from allocator.sweep.folder import Cell, Folder
from allocator.sweep.listing import listing
from allocator.sweep.piece import Batch, Piece, Source, key_of, parted
from allocator.sweep.question import Asked, Question
from allocator.sweep.summary import BAD_INPUT, FAILURES, FAULT, Summary
from allocator.sweep.work import Result, failed, work
from mmm.cluster import run_each as on_cluster
from mmm.cluster import workers_at
from mmm.curves import load as load_curves
from mmm.runner import PieceError, run_each

Done = Callable[[int, int], object]
"""What is called with the results that are there now, and how many there are to be."""


@dataclass(frozen=True)
class Wish:
    """How to sweep.

    workers:  processes on this machine; 0 plans in this one
    cluster:  address of a Dask scheduler whose workers plan instead
    accepted: why a fit that fails its health card may be used
    force:    plan again what is there
    """

    workers: int = 0
    cluster: str | None = None
    accepted: str | None = None
    force: bool = False


@dataclass(frozen=True)
class Swept:
    """What became of a sweep: its cells, their results by key, and how many were planned now."""

    cells: tuple[Cell, ...]
    results: Mapping[str, Summary]
    made: int

    @property
    def exit_code(self) -> int:
        """0 where all are planned and proven, else the highest that `allocator plan` would give."""
        codes = [FAILURES[BAD_INPUT] for cell in self.cells if not cell.key]
        for one in self.results.values():
            proven = one.value is None or one.status == Status.PROVEN
            codes.append(FAILURES.get(one.status, 0 if proven else NotProven.exit_code))
        return max(codes, default=0)

    def tally(self) -> str:
        """``95 proven within gap, 3 infeasible``, the frequent first."""
        counts = Counter(self._status(cell) for cell in self.cells)
        return ", ".join(f"{count:,} {status}" for status, count in counts.most_common())

    def failures(self) -> dict[str, str]:
        """Cell -> why it has no plan, in a line: the rules in conflict, or the first fault."""
        found = {}
        for cell in self.cells:
            one = self.results.get(cell.key)
            if one is None or one.value is None:
                first, *more = (cell.words if one is None else one.words).splitlines() or [""]
                rules = ", ".join(one.binding) if one is not None else ""
                beyond = f" (and {len(more)} more)" if more else ""
                found[cell.name] = f"{self._status(cell)}: {rules or first + beyond}"
        return found

    def told(self) -> dict[str, object]:
        """The same as data."""
        return {
            "cells": [
                {"cell": cell.name, "key": cell.key or None, "status": self._status(cell)}
                for cell in self.cells
            ],
            "failures": self.failures(),
            "made": self.made,
        }

    def _status(self, cell: Cell) -> str:
        return self.results[cell.key].status if cell.key else BAD_INPUT


def sweep(
    question: Question, out: Path, wish: Wish = Wish(), *, done: Done = lambda there, all_: None
) -> Swept:
    """Plan every cell of a question into the folder ``out``.

    Results that are there are not made again, so a sweep that was killed goes on where it
    stopped. The same question gives the same bytes, whoever works on it and in what order. A cell
    without a plan is a result too, and stops no other. Raises what would stop all of them:
    curves that cannot be read, a folder that cannot be written to, a cluster that is not there.
    """
    folder = Folder(out.resolve())
    with folder.being_swept():
        sources = _sources(question.asked, whole=wish.cluster is not None)
        pieces = _pieces(question.asked, sources, wish.accepted)
        cells = _cells(question, [piece for _, piece in pieces])
        if wish.force:
            folder.forget(cell.key for cell in cells)
        folder.write_cells(cells)
        todo = {piece.key: (group, piece) for group, piece in pieces}
        there = {key: one for key, one in folder.summaries(todo).items() if one.status != FAULT}
        missing = [one for key, one in todo.items() if key not in there]
        folder.forget(piece.key for _, piece in missing)  # faults, and what has no line
        done(len(there), len(todo))
        if missing:
            _Sweeping(folder, wish, len(todo), done).all_of(missing, len(there))
        folder.gather(there)
        results = folder.summaries(todo)
        found = listing(cells, results)
        folder.write_index(lambda part: part.write_text(found.to_csv(), encoding="utf-8"))
    return Swept(cells, results, len(missing))


def _sources(asked: Sequence[Asked], *, whole: bool) -> dict[Path, Source]:
    """Every file of curves with its digest; ``whole``: with its content, for other machines."""
    files = {file for one in asked for file in _files(one)}
    return {
        file: Source(file, load_curves(file).digest, file.read_bytes() if whole else None)
        for file in sorted(files)
    }


def _files(one: Asked) -> tuple[Path, ...]:
    return (one.loaded.curves_file, *one.loaded.alternative_files)


def _pieces(
    asked: Sequence[Asked], sources: Mapping[Path, Source], accepted: str | None
) -> list[tuple[tuple[Source, ...], Piece]]:
    own = versions()
    pieces = []
    for one in asked:
        group = tuple(sources[file] for file in _files(one))
        key = key_of(one.loaded, [source.digest for source in group], own, accepted)
        pieces.append((group, Piece(key, one.loaded)))
    return pieces


def _cells(question: Question, pieces: Sequence[Piece]) -> tuple[Cell, ...]:
    return (
        *(
            Cell(one.name, one.file, one.variant, dict(one.choices), piece.key)
            for one, piece in zip(question.asked, pieces, strict=True)
        ),
        *(
            Cell(one.name, one.file, "", dict(one.choices), words=str(one.error))
            for one in question.unreadable
        ),
    )


@dataclass
class _Sweeping:
    """The part of a sweep that plans."""

    folder: Folder
    wish: Wish
    total: int
    done: Done

    def all_of(self, missing: Sequence[tuple[tuple[Source, ...], Piece]], there: int) -> None:
        """Plan the missing pieces; what a vanished process leaves undone runs once more, alone."""
        self.there = there
        workers = self.wish.workers
        if self.wish.cluster is not None:
            workers = workers_at(self.wish.cluster)
        left = self._round(self._batches(missing, workers))
        if left:
            alone = [one for one in missing if one[1].key in left]
            still = self._round({one[1].key: self._batch(one[0], (one[1],)) for one in alone})
            for _, piece in alone:
                if piece.key in still:
                    self._keep(failed(piece, FAULT, still[piece.key]))

    def _round(self, batches: Mapping[str, Batch]) -> dict[str, str]:
        """Run the batches; the keys of those pieces that got no result, with what went wrong."""
        left: dict[str, str] = {}

        def finished(name: str, results: tuple[Result, ...] | Exception) -> None:
            if isinstance(results, PieceError):
                pieces = batches[name].pieces
                left.update({x.key: results.reason for x in pieces if not self.folder.has(x.key)})
            elif isinstance(results, Exception):
                raise results
            else:
                for result in results:
                    self._keep(result)

        each: Callable[..., None]
        if self.wish.cluster is not None:
            each = partial(on_cluster, address=self.wish.cluster)
        else:
            each = partial(run_each, workers=self.wish.workers)
        each(work, batches, finished, watch=self._watch)
        return left

    def _watch(self, _batch: str, _key: object) -> None:
        self.there = min(self.there + 1, self.total)
        self.done(self.there, self.total)

    def _keep(self, result: Result) -> None:
        if result.text is not None:
            self.folder.keep(result.summary, result.text)

    def _batches(
        self, missing: Sequence[tuple[tuple[Source, ...], Piece]], workers: int
    ) -> dict[str, Batch]:
        return {
            f"batch {number}": self._batch(group, pieces)
            for number, (group, pieces) in enumerate(parted(missing, workers), start=1)
        }

    def _batch(self, group: tuple[Source, ...], pieces: tuple[Piece, ...]) -> Batch:
        return Batch(
            pieces, group, self.folder.path, self.wish.accepted,
            keeps=self.wish.cluster is None, versions=dict(versions()),
        )  # fmt: skip
