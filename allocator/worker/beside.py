"""A worker beside a server: a process of its own that ends with the server, and begins again."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import wait
from pathlib import Path

from allocator.worker.data import data_folder

AGAIN = 5.0  # seconds until a worker that vanished is replaced
LAST = 10.0  # seconds a worker has to give its job back


@contextmanager
def beside(url: str, data: Path, *, now: Callable[[], str]) -> Iterator[None]:
    """Keep one worker on the store at ``url`` at work while the context lasts.

    now: the clock, a function of a module, so that another process finds it too.

    Raises InputError for a data folder that is none.
    """
    folder = data_folder(data)
    over = threading.Event()
    keeper = threading.Thread(target=_keep_one, args=(url, folder, now, over), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join(LAST + 2)


def at_work(
    url: str, data: Path, *, now: Callable[[], str], once: bool = False, quiet: bool = False
) -> int:
    """Work on a store in this process until it is told to stop; how many jobs, with ``once``."""
    from allocator.signoff.store.connect import connect
    from allocator.signoff.store.migrate import refuse_other_schema
    from allocator.worker.conduct import Bench, Stopped, work_off, work_on

    def stop(_number: int, _frame: object) -> None:
        raise Stopped

    def say(words: str) -> None:
        if not quiet:
            print(words, file=sys.stderr, flush=True)

    folder = data_folder(data)
    signal.signal(signal.SIGTERM, stop)
    with closing(connect(url)) as store:
        refuse_other_schema(store)
        bench = Bench(store, folder, now, say)
        try:
            if once:
                return work_off(bench)
            work_on(bench)
        except (Stopped, KeyboardInterrupt):
            say("stopped")
    return 0


def _keep_one(url: str, data: Path, now: Callable[[], str], over: threading.Event) -> None:
    """Start a worker, and another whenever one is gone."""
    context = multiprocessing.get_context("spawn")
    while not over.is_set():
        process = context.Process(target=_process, args=(url, data, now))
        process.start()
        while process.is_alive() and not over.wait(0.2):
            pass
        if process.is_alive():
            process.terminate()
            process.join(LAST)
            if process.is_alive():
                process.kill()
        over.wait(AGAIN)


def _process(url: str, data: Path, now: Callable[[], str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server stops this one itself
    threading.Thread(target=_end_with_server, daemon=True).start()
    at_work(url, data, now=now)


def _end_with_server() -> None:
    """A worker whose server was killed would work on for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
