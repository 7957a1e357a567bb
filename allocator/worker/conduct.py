"""A worker: takes jobs one after another, has each done by a child, and keeps what it made."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from allocator.errors import AllocatorError
from allocator.signoff.kinds import CURVES
from allocator.signoff.service import jobs
from allocator.signoff.service.acts import locked, plan_of
from allocator.signoff.service.jobs import SILENT
from allocator.signoff.store import people
from allocator.signoff.store.blobs import get as get_blob
from allocator.signoff.store.connect import Store, Unavailable
from allocator.signoff.store.jobs import OPEN, Job
from allocator.signoff.store.jobs import get as find
from allocator.signoff.store.plan_rows import documents_of
from allocator.signoff.work import Documents, Verify, request_of
from allocator.worker.agreed import with_those
from allocator.worker.data import kept_folder, kept_folders, of_market, without
from allocator.worker.keep import keep
from allocator.worker.work import Made, Order, work
from mmm.errors import EngineError
from mmm.runner import PieceError, run

BEAT = 5.0  # seconds between two beats: twelve of them fit into what counts as silence
PAUSE = 1.0  # seconds between two looks for work


class Lost(AllocatorError):
    """The job is no longer this worker's: it was cancelled, or another has it."""


class Stopped(BaseException):
    """Somebody asked this worker to stop. Not an Exception: nothing takes it for a fault."""


@dataclass(frozen=True)
class Bench:
    """Where a worker works.

    data:   folder that jobs may name files of
    now:    the clock; say: hears of every job that begins or ends
    silent: seconds after which another worker counts as gone
    """

    store: Store
    data: Path
    now: Callable[[], str]
    say: Callable[[str], None] = lambda _: None
    silent: float = SILENT


def work_off(bench: Bench) -> int:
    """Do all that waits; how many jobs that were. Raises Unavailable where the store is gone."""
    count = 0
    while True:
        for back in jobs.requeue(bench.store, silent=bench.silent, at=bench.now()):
            bench.say(f"{back.kind} {back.id}: its worker vanished; it is {back.state}")
        job = jobs.take(bench.store, at=bench.now())
        if job is None:
            tidy(bench)
            return count
        do(bench, job)
        count += 1


def tidy(bench: Bench) -> None:
    """Take away what was kept of jobs that have ended; those of another store stay."""
    for folder in kept_folders(bench.data):
        with bench.store.reading() as connection:
            job = find(connection, folder.name)
        if job is not None and job.state not in OPEN:
            shutil.rmtree(folder, ignore_errors=True)


def work_on(bench: Bench) -> None:
    """Do what comes, until Stopped. A store that is gone is waited for."""
    while True:
        try:
            work_off(bench)
        except Unavailable as error:
            bench.say(str(error))
            time.sleep(4 * PAUSE)
        time.sleep(PAUSE)


def do(bench: Bench, job: Job) -> None:
    """One job, from its first beat to its end, which is written once or not at all."""
    bench.say(f"{job.kind} {job.id}: begun")
    try:
        made = _made(bench, job)
        asked = request_of(job.kind, job.request)

        def end() -> bool:
            at = bench.now()
            kept = partial(keep, job=job, asked=asked, made=made, at=at)
            return jobs.done(bench.store, job, kept, at=at) is not None

        bench.say(f"{job.kind} {job.id}: {'done' if _persist(end) else 'ended by others'}")
    except Lost:
        bench.say(f"{job.kind} {job.id}: ended by others")
    except PieceError as error:
        bench.say(f"{job.kind} {job.id}: {error.reason}\n{error.details}")
        _fail(bench, job, f"internal fault: {error.reason.splitlines()[0]}")
    except Unavailable as error:  # nothing is wrong with the job
        bench.say(f"{job.kind} {job.id}: {error}")
        _persist(lambda: jobs.give_back(bench.store, job))
    except EngineError as error:
        _fail(bench, job, str(error))
    except BaseException:
        jobs.give_back(bench.store, job)
        raise


def _made(bench: Bench, job: Job) -> Made:
    """What a child makes of the job; the child ends as soon as the job is lost. One that asks for
    signed plans is followed by another that has them."""
    with _Pulse(bench, job) as pulse:
        order = _order(bench, job)
        while True:
            made = run(work, {job.id: order}, workers=1, watch=pulse.heard)[job.id]
            if not made.asks:
                return made
            plans = with_those(order.agreed, made.asks, bench.store, job.person, bench.now())
            order = replace(order, agreed=plans)


class _Pulse:
    """Beats while a child works, also while a solver lets nothing else of the child run."""

    def __init__(self, bench: Bench, job: Job) -> None:
        self._bench, self._job = bench, job
        self._told: tuple[int, str] = (0, "")
        self._over, self._lost = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep_on, daemon=True)

    def __enter__(self) -> _Pulse:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def heard(self, _: str, report: object) -> None:
        """What the child says. Raises Lost where the job is no longer ours: that ends the child."""
        if isinstance(report, tuple) and report != self._told:
            self._told = report
            self._beat()
        if self._lost.is_set():
            raise Lost("the job is no longer this worker's")

    def _keep_on(self) -> None:
        while not self._over.wait(BEAT):
            self._beat()

    def _beat(self) -> None:
        """A store that is gone stops nothing yet."""
        share, words = self._told
        try:
            at = self._bench.now()
            if not jobs.beat(self._bench.store, self._job, progress=share, message=words, at=at):
                self._lost.set()
        except Unavailable:
            return


def _order(bench: Bench, job: Job) -> Order:
    asked = request_of(job.kind, job.request)
    with bench.store.reading() as connection:
        who = people.person(connection, id=job.person)
        plan = ""
        curves: tuple[bytes, ...] = ()
        if isinstance(asked, Documents | Verify):
            row = locked(connection, asked.plan, reads=True)
            market, plan = row.market, plan_of(connection, row).to_json()
            curves = _curves(connection, asked.plan)
        else:
            market = asked.market
    kept, by = kept_folder(bench.data, job.id), who.name if who else ""
    data = of_market(bench.data, market)
    return Order(asked, data, kept, plan, curves, by, bench.now()[:10])


def _curves(connection: Connection, plan: str) -> tuple[bytes, ...]:
    """Files of curves that came in with a plan."""
    papers = documents_of(connection, plan)
    found = (get_blob(connection, one.blob) for one in papers if one.kind in CURVES)
    return tuple(one for one in found if one is not None)


def _fail(bench: Bench, job: Job, why: str) -> None:
    words = without(why, bench.data)
    _persist(lambda: jobs.failed(bench.store, job, words, at=bench.now()))
    bench.say(f"{job.kind} {job.id}: failed: {words}")


def _persist(end: Callable[[], bool]) -> bool:
    """Write the end of a job, also if the store has to be waited for: the work is done."""
    while True:
        try:
            return end()
        except Unavailable:
            time.sleep(PAUSE)
