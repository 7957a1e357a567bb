"""Independent pieces of work over a Dask cluster: ``mmm.runner.run_each`` on other machines.

Needs the extra ``cluster``. The workers need this package in the same versions, and nothing else:
a piece carries what it works on, its result comes back here.
"""

from __future__ import annotations

import logging
import os
import pickle  # among the machines of one cluster; why it may be trusted, where it is read
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from mmm.errors import EngineError, Fault, InputError
from mmm.runner import ONE_THREAD, POLL, Finished, PieceError, Report, Watch, tried

if TYPE_CHECKING:
    from distributed import Client, Future

P = TypeVar("P")
R = TypeVar("R")

PATIENCE = 60.0  # seconds to reach the scheduler, and for a first worker to be there
AHEAD = 2  # pieces handed out per worker: one at work, one that waits beside it
TOPIC = "budget-engine-reports"
TALKERS = ("distributed", "distributed.client", "distributed.comm", "distributed.core")
GONE = "the scheduler of the cluster went away; run again when it is back"


@dataclass(frozen=True)
class _Report:
    """What a piece said on its way here."""

    piece: str
    said: object


_News: TypeAlias = "queue.SimpleQueue[_Report | Future]"

_one_at_a_time = threading.Lock()  # a worker with several threads still has one core a piece


def run_each(
    work: Callable[[P, Report], R],
    pieces: Mapping[str, P],
    finished: Finished,
    *,
    address: str,
    watch: Watch | None = None,
) -> None:
    """As ``mmm.runner.run_each``, on the workers of the scheduler at ``address``.

    Every worker has one piece at work and one that waits; workers may come and go. A piece whose
    worker vanished runs again elsewhere, and is given up after the cluster's own limit
    (``distributed.scheduler.allowed-failures``, three by default). Raises InputError where the
    extra is not installed, no scheduler answers or no worker is there, and EngineError when the
    scheduler goes away.
    """
    with _client(address) as client:
        news: _News = queue.SimpleQueue()
        topic = f"{TOPIC}-{client.id}"
        if watch is not None:
            # Trusted as far as the results are: Dask itself unpickles those, here, from the same
            # workers, and whoever speaks to the scheduler runs code on all its machines anyway.
            client.subscribe_topic(topic, lambda event: news.put(pickle.loads(event[1])))
        try:
            for event in _events(client, partial(_call, work, topic), pieces, news):
                if isinstance(event, _Report):
                    assert watch is not None  # nobody else asked for reports
                    watch(event.piece, event.said)
                else:
                    finished(*event)
        finally:
            if watch is not None:
                client.unsubscribe_topic(topic)


def workers_at(address: str) -> int:
    """How many workers the scheduler at ``address`` has. Raises InputError as ``run_each``."""
    with _client(address) as client:
        return _workers(client)


def _client(address: str) -> Client:
    if find_spec("distributed") is None:
        raise _refused(
            address,
            "a cluster, without the library that speaks to it",
            "the extra that brings it",
            "pip install 'budget-allocation-engine[cluster]'",
        )
    from distributed import Client

    for name in TALKERS:  # what goes wrong is told here, in a sentence
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise _refused(
            address,
            f"no scheduler ({str(error).splitlines()[0] if str(error) else 'no answer'})",
            "the address of a Dask scheduler",
            "such as tcp://10.0.0.5:8786; start one with `dask scheduler`",
        ) from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        client.close()
        raise _refused(
            address, "a scheduler without workers", "at least one", "start `dask worker`"
        ) from None
    return client


def _refused(address: str, found: str, expected: str, fix: str) -> InputError:
    return InputError([Fault("--cluster", 0, 0, address, found, expected, fix)])


def _workers(client: Client) -> int:
    if client.status != "running":  # it would ask for as long as it may take to connect
        raise EngineError(GONE)
    try:
        return len(client.scheduler_info(n_workers=-1)["workers"])
    except OSError:
        raise EngineError(GONE) from None


def _events(
    client: Client, call: Callable[..., Any], pieces: Mapping[str, Any], news: _News
) -> Iterator[_Report | tuple[str, Any]]:
    """Reports, and (name, result or failure) of every piece, as they come."""
    waiting = iter(pieces.items())
    running: dict[Future, str] = {}
    while True:
        free = max(1, AHEAD * _workers(client)) - len(running)
        for name, piece in islice(waiting, max(0, free)):
            future = client.submit(call, name, piece, pure=False)
            running[future] = name
            future.add_done_callback(news.put)
        if not running:
            return
        with suppress(queue.Empty):
            event = news.get(timeout=POLL)
            if isinstance(event, _Report):
                yield event
            else:
                name = running.pop(event)
                yield name, _outcome(name, event)


def _outcome(name: str, future: Future) -> Any:
    if future.cancelled():
        raise EngineError(GONE)
    if future.status == "error":
        error = future.exception()
        if type(error).__name__ == "KilledWorker":
            return PieceError(name, "every worker that ran it vanished (out of memory?)")
        return PieceError(name, f"{type(error).__name__}: {error}")
    failure, value = future.result()
    return failure or value


def _call(
    work: Callable[[P, Report], R], topic: str, name: str, piece: P
) -> tuple[Exception | None, R | None]:
    """Run in the worker: one piece at a time, numerical libraries on one thread."""
    from distributed import get_worker
    from threadpoolctl import threadpool_limits

    worker = get_worker()

    def report(said: object) -> None:
        worker.log_event(topic, pickle.dumps(_Report(name, said)))

    with _one_at_a_time, threadpool_limits(1):  # of libraries that are loaded already
        for variable in ONE_THREAD:  # and of those to come, and of processes that a piece starts
            os.environ.setdefault(variable, "1")
        return tried(work, name, piece, report)
