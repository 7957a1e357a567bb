"""Jobs: asked for, taken by one worker at a time, ended once. A restart loses none.

A worker holds a job by the number of the attempt. What it says of the job counts only while the
job runs and the attempt is its own: who was cancelled, or was silent so long that another took
the job, changes nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from allocator.errors import AllocatorError, NotAllowed
from allocator.signoff.service.acts import locked, note
from allocator.signoff.service.checks import asked as checking
from allocator.signoff.service.reading import asked_for
from allocator.signoff.service.standing import Conflict, Standing, first_role, present
from allocator.signoff.states import AUTHORS, TALKERS, Role
from allocator.signoff.store import jobs
from allocator.signoff.store.connect import Store
from allocator.signoff.store.jobs import OPEN, Job, JobState
from allocator.signoff.store.people import EVERY, Person
from allocator.signoff.store.tables import jobs as table
from allocator.signoff.times import later
from allocator.signoff.work import VERIFY, Documents, Request, Verify, kind_of
from mmm.errors import Fault, InputError

SILENT = 60
"""Seconds without a word after which a worker counts as gone."""
ATTEMPTS = 3
"""Workers that may vanish over a job before it counts as the cause."""
MOST_OPEN = 20
"""Jobs of one person that wait or run."""
LONGEST_MESSAGE = 10_000


class Busy(AllocatorError):
    """Too many jobs of one person wait already; nothing was done, try again later."""


def ask(store: Store, actor: str, asked: Request, *, at: str) -> Job:
    """Ask for work; a check that is under way is asked for once.

    Raises NotAllowed for who may not, InputError for a plan that is not here, Busy for
    somebody with 20 jobs that have not ended.
    """
    form = asked.model_dump(mode="json", exclude_unset=True)
    one = Job.fresh(kind_of(asked), form, actor, at)

    def act(connection: Connection) -> Job:
        who = _may(connection, actor, asked, at)
        under_way = checking(connection, asked.plan) if isinstance(asked, Verify) else None
        if under_way is not None and under_way.state in OPEN:
            return under_way
        waits = table.c.state.in_([str(state) for state in OPEN])
        mine = table.c.person == actor, waits, table.c.kind != VERIFY
        if jobs.count(connection, *mine) >= MOST_OPEN:
            raise Busy(f"{MOST_OPEN} jobs of yours have not ended; wait, or cancel one")
        jobs.add(connection, one)
        note(connection, one.id, "ask job", who, at, details={"kind": one.kind})
        return one

    return store.writing(act)


def cancel(store: Store, actor: str, id: str, *, at: str) -> Job:
    """End a job that has not ended: one's own, or as an admin.

    Its worker stops within seconds. Raises NotAllowed for others, Conflict for one that has ended,
    InputError where there is none.
    """

    def act(connection: Connection) -> Job:
        who = present(connection, actor)
        one = _known(connection, who, id)
        own = one.person == who.id
        if not own and not who.has(Role.ADMIN, EVERY):
            raise NotAllowed("a job is cancelled by who asked for it, or by an admin")
        if one.state not in OPEN:
            raise Conflict(f"the job is {one.state}; nothing was done")
        jobs.change(connection, one, state=JobState.CANCELLED, message="", finished_at=at)
        role = min((role for role, _ in who.grants), default=Role.AUDITOR) if own else Role.ADMIN
        note(connection, id, "cancel job", Standing(who, role), at, details={"kind": one.kind})
        return _after(connection, id)

    return store.writing(act)


def get(store: Store, actor: str, id: str) -> Job:
    """A job: one's own, or any for admins and auditors. Raises InputError where there is none."""
    with store.reading() as connection:
        return _known(connection, present(connection, actor), id)


def listed(store: Store, actor: str, *, before: str = "", limit: int = 50) -> tuple[Job, ...]:
    """One's own jobs, all of them for admins and auditors, the newest first.

    before: the ``cursor`` of the last job of a page, for the next one.
    """
    with store.reading() as connection:
        who = present(connection, actor)
        asked = [] if _sees_all(who) else [table.c.person == who.id]
        asked += [jobs.follows(before)] if before else []
        return jobs.where(connection, *asked, limit=asked_for(limit))


def take(store: Store, *, at: str) -> Job | None:
    """The job that waits longest, for the worker that asks; None where nothing waits.

    No two workers get the same: one looks after the other.
    """
    waits = table.c.state == str(JobState.WAITING)
    with store.reading() as connection:  # nobody waits for a lock while there is nothing to do
        if not jobs.where(connection, waits, limit=1):
            return None

    def act(connection: Connection) -> Job | None:
        for one in jobs.where(connection, waits, limit=1, oldest=True):
            jobs.change(
                connection, one, state=JobState.RUNNING, attempts=one.attempts + 1, beat_at=at,
                progress=0, message="",
            )  # fmt: skip
            return _after(connection, one.id)
        return None

    return store.writing(act)


def beat(store: Store, one: Job, *, progress: int, message: str, at: str) -> bool:
    """Say that the worker lives, and how far it is. False: stop, the job is no longer its own."""
    share = min(max(progress, 0), 99)
    return store.writing(lambda connection: jobs.change(
        connection, one, progress=share, message=message[:200], beat_at=at
    ))  # fmt: skip


def done(
    store: Store, one: Job, keep: Callable[[Connection], dict[str, Any]], *, at: str
) -> Job | None:
    """End a job with what it made: ``keep`` writes it in the same transaction.

    None where the job is no longer the worker's own: then nothing is kept.
    """

    def act(connection: Connection) -> Job | None:
        found = jobs.get(connection, one.id)
        if found is None or (found.state, found.attempts) != (one.state, one.attempts):
            return None
        jobs.change(
            connection, one, state=JobState.DONE, progress=100, message="",
            result=keep(connection), finished_at=at,
        )  # fmt: skip
        return _after(connection, one.id)

    return store.writing(act)


def failed(store: Store, one: Job, why: str, *, at: str) -> bool:
    """End a job that cannot be done. False where it is no longer the worker's own."""
    return store.writing(lambda connection: jobs.change(
        connection, one, state=JobState.FAILED, message=why[:LONGEST_MESSAGE], finished_at=at
    ))  # fmt: skip


def give_back(store: Store, one: Job) -> bool:
    """Let another worker have a job that this one stops for a reason of its own."""
    return store.writing(lambda connection: jobs.change(
        connection, one, state=JobState.WAITING, beat_at=None, progress=0, message=""
    ))  # fmt: skip


def requeue(store: Store, *, silent: float = SILENT, at: str) -> tuple[Job, ...]:
    """Jobs whose worker has been silent so long wait again; over the third they fail."""
    gone = (table.c.state == str(JobState.RUNNING), table.c.beat_at < later(at, seconds=-silent))
    with store.reading() as connection:
        if not jobs.where(connection, *gone, limit=1):
            return ()

    def act(connection: Connection) -> tuple[Job, ...]:
        moved = []
        for one in jobs.where(connection, *gone, limit=1_000):
            if one.attempts >= ATTEMPTS:
                why = f"{ATTEMPTS} workers vanished over it (out of memory?)"
                end: dict[str, Any] = {"state": JobState.FAILED, "message": why, "finished_at": at}
            else:
                end = {"state": JobState.WAITING, "message": "", "progress": 0, "beat_at": None}
            jobs.change(connection, one, **end)
            moved.append(_after(connection, one.id))
        return tuple(moved)

    return store.writing(act)


def _may(connection: Connection, actor: str, asked: Request, at: str) -> Standing:
    if isinstance(asked, Documents | Verify):
        row = locked(connection, asked.plan, reads=True)
        return first_role(connection, actor, row.market, at, TALKERS)
    return first_role(connection, actor, asked.market, at, AUTHORS)


def _known(connection: Connection, who: Person, id: str) -> Job:
    one = jobs.get(connection, id)
    if one is None or not (one.person == who.id or _sees_all(who)):
        raise InputError([Fault("job", 0, 0, "", repr(id[:80]), "the id of a job here")])
    return one


def _sees_all(who: Person) -> bool:
    return who.has(Role.ADMIN, EVERY) or who.has(Role.AUDITOR, EVERY)


def _after(connection: Connection, id: str) -> Job:
    one = jobs.get(connection, id)
    assert one is not None  # it was changed a moment ago
    return one
