"""Independent pieces of work over local processes. It knows nothing of what the work is.

``mmm.cluster`` does the same over the machines of a Dask cluster.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import threading
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait as wait_for
from typing import Any, TypeVar

from mmm.errors import EngineError

P = TypeVar("P")
R = TypeVar("R")

Finished = Callable[[str, Any], None]
"""What is called with a piece's name and its result, or what went wrong."""

Report = Callable[[object], None]
"""What a piece of work calls to tell how far it is."""

Watch = Callable[[str, object], None]
"""What is called here with a piece's name and what it reported."""

POLL = 0.2  # seconds between two looks at the reports: a bar that moves five times a second

LAST_WORDS = 5.0  # seconds; a report is on its way for milliseconds

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Each worker's numerical libraries stay on one thread; who wants cores asks for workers."""

_reports: Any = None  # the worker's end of the queue, set once when the worker starts


class _Begun:
    """Goes before a piece's first report."""


class _End:
    """Follows a piece's last report through the queue."""


class PieceError(RuntimeError):
    """A piece of work failed for a reason of its own: an internal fault, not a person's error.

    The traceback from its process is attached as a note, so that a log shows it.
    """

    def __init__(self, piece: str, reason: str, details: str = "") -> None:
        """``details``: the traceback as text."""
        self.piece, self.reason, self.details = piece, reason, details
        super().__init__(piece, reason, details)
        if details:
            self.add_note(details)

    def __str__(self) -> str:
        """``piece: reason``."""
        return f"{self.piece}: {self.reason}"


def available_cores() -> int:
    """Cores this process may use (less than the machine has, in a container)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def shares(cores: int, pieces: int) -> tuple[int, int]:
    """Processes to run at a time, and cores for each: together never more than there are."""
    workers = min(cores, pieces)
    return workers, max(1, cores // max(1, workers))


def run(
    work: Callable[[P, Report], R],
    pieces: Mapping[str, P],
    *,
    workers: int,
    watch: Watch | None = None,
) -> dict[str, R]:
    """``work(piece, report)`` for every piece: name -> result, in the order of ``pieces``.

    ``workers`` processes run at a time; 0 runs the pieces here, one after another. ``work`` and
    the pieces must be picklable, and a script that calls this needs the usual
    ``if __name__ == "__main__"``. Raises an EngineError of the work as it is, and PieceError for
    anything else that goes wrong in a piece; the other pieces are then abandoned.
    """
    tell = watch or _silent
    if workers == 0:
        return {name: work(piece, lambda r, n=name: tell(n, r)) for name, piece in pieces.items()}  # type: ignore[misc]
    results: dict[str, R] = {}

    def keep(name: str, result: R | Exception) -> None:
        if isinstance(result, Exception):
            raise result
        results[name] = result

    for name in _in_processes(work, pieces, workers, keep, tell):
        raise vanished(name)
    return {name: results[name] for name in pieces}


def run_each(
    work: Callable[[P, Report], R],
    pieces: Mapping[str, P],
    finished: Callable[[str, R | Exception], None],
    *,
    workers: int,
    watch: Watch | None = None,
) -> None:
    """As ``run``, but a piece that fails stops no other.

    ``finished`` is called here with the name of each piece as soon as it is done, and its result
    or what went wrong. Pieces that were under way when a process vanished run once more, each by
    itself, so that only the one to blame is lost; those that waited run as before.
    """
    tell = watch or _silent
    if workers == 0:
        for name, piece in pieces.items():
            failure, result = tried(work, name, piece, lambda r, n=name: tell(n, r))  # type: ignore[misc]
            finished(name, failure or result)
        return
    waiting = dict(pieces)
    while waiting:
        lost = _in_processes(work, waiting, workers, finished, tell)
        begun = [name for name, started in lost.items() if started] or list(lost)
        for name in begun:
            if _in_processes(work, {name: pieces[name]}, 1, finished, tell):
                finished(name, vanished(name))
        waiting = {name: pieces[name] for name in lost if name not in begun}


def _silent(_name: str, _report: object) -> None:
    """Nobody watches."""


def vanished(name: str) -> PieceError:
    """What is told of a piece whose process is gone."""
    return PieceError(name, "the process stopped without a word (out of memory?)")


def _in_processes(
    work: Callable[[P, Report], R],
    pieces: Mapping[str, P],
    workers: int,
    finished: Callable[[str, R | Exception], None],
    tell: Watch,
) -> dict[str, bool]:
    """Run the pieces; those that were lost when a process vanished: name -> it had begun."""
    context = multiprocessing.get_context("spawn")  # forking a process with threads can hang it
    reports = context.Queue()
    pool = ProcessPoolExecutor(
        min(workers, len(pieces)), context, initializer=_start, initargs=(reports,)
    )
    try:
        futures = {pool.submit(_call, work, name, piece): name for name, piece in pieces.items()}
        lost = _collect(futures, reports, finished, tell)
    except BaseException:
        _stop(pool)
        raise
    pool.shutdown()
    return lost


def _collect(
    futures: dict[Future[Any], str],
    reports: Any,
    finished: Callable[[str, Any], None],
    tell: Watch,
) -> dict[str, bool]:
    lost: list[str] = []
    pending, talking = set(futures), set(futures.values())
    begun: set[str] = set()

    def heed(name: str, report: object) -> None:
        if isinstance(report, _Begun):
            begun.add(name)
        else:
            tell(name, report)

    while pending:
        done, pending = wait(pending, timeout=POLL, return_when=FIRST_COMPLETED)
        _pass_on(reports, heed, talking, patience=0)
        for future in done:
            try:
                failure, value = future.result()
            except BrokenProcessPool:
                lost.append(futures[future])
                continue
            finished(futures[future], failure or value)
    if not lost:
        _pass_on(reports, heed, talking, patience=LAST_WORDS)
    return {name: name in begun for name in lost}


def _pass_on(reports: Any, tell: Watch, talking: set[str], *, patience: float) -> None:
    """Pass on what has been reported; with patience, until every piece has said its last."""
    while talking:
        try:
            name, report = reports.get(block=patience > 0, timeout=patience)
        except queue.Empty:
            return
        if isinstance(report, _End):
            talking.discard(name)
        else:
            tell(name, report)


def _start(reports: Any) -> None:
    global _reports
    _reports = reports
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for its next piece for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _call(work: Callable[[P, Report], R], name: str, piece: P) -> tuple[Exception | None, Any]:
    """Run in the worker: failures travel back as values, so that none is lost in pickling."""
    _reports.put((name, _Begun()))
    outcome = tried(work, name, piece, lambda report: _reports.put((name, report)))
    _reports.put((name, _End()))
    return outcome


def tried(
    work: Callable[[P, Report], R], name: str, piece: P, report: Report
) -> tuple[Exception | None, Any]:
    """``work(piece, report)`` as a value: what went wrong, or None and the result.

    An EngineError is kept as it is; anything else becomes a PieceError with its traceback.
    """
    try:
        return None, work(piece, report)
    except EngineError as error:
        return error, None
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        return PieceError(name, reason, traceback.format_exc()), None


def _stop(pool: ProcessPoolExecutor) -> None:
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
