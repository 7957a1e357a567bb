"""An act in a process that is killed with signal 9, after a while or before a certain statement.

The process is forked from this one, which has loaded everything already and holds no connection.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import event

from allocator.signoff.store.connect import Store, connect

Act = Callable[[Store], object]
READY, SAID, FAILED = b"r", b"s", b"f"
LONGEST = 60.0  # seconds that a child may take; more is a hang


@dataclass(frozen=True)
class Moment:
    """When the process dies: so many seconds after it began, or before its n-th step (from 1).

    Steps are the statements, the COMMIT, and last the moment between the act and saying so.
    """

    after: float | None = None
    step: int | None = None


NEVER = Moment()


@dataclass(frozen=True)
class Ended:
    """killed: by the signal, and not after its end; said: it told that the act was kept;
    failed: how it went wrong; seconds: that it lived."""

    killed: bool
    said: bool
    failed: str
    steps: int
    seconds: float


def in_a_child(url: str, act: Act, moment: Moment = NEVER) -> Ended:
    """Do an act in a process of its own, and kill it at the moment."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reads)
        try:
            _live(url, act, moment, writes)
        finally:
            os._exit(0)
    os.close(writes)
    try:
        assert _read(reads, 1) == READY
        started = time.monotonic()
        if moment.after is not None:
            time.sleep(moment.after)
            os.kill(pid, signal.SIGKILL)
        told = b""
        while piece := _read(reads, 4096):
            told += piece
        seconds = time.monotonic() - started
    finally:
        os.close(reads)
        _, status = os.waitpid(pid, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    failed = told.partition(FAILED)[2].decode() if FAILED in told[:1] else ""
    steps = int(told[1:].split(b";")[0]) if told[:1] == SAID else 0
    return Ended(killed, told[:1] == SAID, failed, steps, seconds)


def _read(descriptor: int, size: int) -> bytes:
    there, _, _ = select.select([descriptor], [], [], LONGEST)
    if not there:
        raise TimeoutError(f"nothing was said for {LONGEST:.0f} seconds")
    return os.read(descriptor, size)


def _live(url: str, act: Act, moment: Moment, writes: int) -> None:
    store = connect(url)
    count = 0

    def step(*_: object) -> None:
        nonlocal count
        count += 1
        if count == moment.step:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store.engine, "before_cursor_execute", step)
    event.listen(store.engine, "commit", step)
    os.write(writes, READY)
    try:
        act(store)
        step()
        os.write(writes, SAID + str(count).encode() + b";")
    except Exception as error:
        os.write(writes, FAILED + f"{type(error).__name__}: {error}".encode()[:2_000])
