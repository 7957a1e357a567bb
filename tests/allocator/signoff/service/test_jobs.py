"""Jobs on both databases: asked for, taken once, ended once, never lost."""

from __future__ import annotations

import threading

import pytest
from office import Office, plan

from allocator.errors import NotAllowed
from allocator.signoff.audit.verify import verify
from allocator.signoff.service import jobs
from allocator.signoff.service.jobs import Busy
from allocator.signoff.service.reading import log
from allocator.signoff.service.standing import Conflict
from allocator.signoff.store.connect import Store
from allocator.signoff.store.jobs import Job, JobState
from allocator.signoff.times import later
from allocator.signoff.work import Documents, Solve, Sweep, request_of
from mmm.errors import InputError

SOLVE = Solve(market="DE", file="scenarios/q1.yaml")
NOON = "2026-11-22T12:00:00.000000Z"


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store).hire()


def asked(office: Office, count: int = 1) -> list[Job]:
    return [jobs.ask(office.store, "paula", SOLVE, at=office.now()) for _ in range(count)]


def taken(office: Office, at: str = NOON) -> Job:
    one = jobs.take(office.store, at=at)
    assert one is not None
    return one


def test_who_may_ask_for_what(office: Office) -> None:
    digest = office.submitted(plan())
    papers = Documents(plan=digest)
    for who, request in (("paula", SOLVE), ("carla", Sweep(market="DE")), ("fiona", papers)):
        assert jobs.ask(office.store, who, request, at=office.now()).state is JobState.WAITING
    for who, request in (
        ("fiona", SOLVE), ("paula", Solve(market="FR")), ("aude", papers), ("frank", papers),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            jobs.ask(office.store, who, request, at=office.now())
    with pytest.raises(InputError):
        jobs.ask(office.store, "paula", Documents(plan="ab" * 32), at=office.now())
    assert [one.kind for one in jobs.listed(office.store, "adam")] == [
        "documents", "sweep", "solve"
    ]  # fmt: skip
    assert [one.kind for one in jobs.listed(office.store, "paula")] == ["solve"]


def test_one_job_after_another_by_the_time_they_were_asked_for(office: Office) -> None:
    first, second = asked(office, 2)
    assert (taken(office).id, taken(office).id) == (first.id, second.id)
    assert jobs.take(office.store, at=NOON) is None


def test_workers_at_once_never_take_the_same(office: Office) -> None:
    wanted = {one.id for one in asked(office, 6)}
    ready, found = threading.Barrier(12), []

    def attempt() -> None:
        ready.wait()
        one = jobs.take(office.store, at=NOON)
        found.append(one and one.id)

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one for one in found if one) == sorted(wanted)
    assert found.count(None) == 6


def test_a_job_ends_once_and_keeps_what_it_made_with_its_end(office: Office) -> None:
    asked(office)
    job = taken(office)
    assert jobs.beat(office.store, job, progress=40, message="searching", at=NOON)
    assert jobs.get(office.store, "paula", job.id).progress == 40

    def broken(_: object) -> dict[str, object]:
        raise NotAllowed("no longer a planner")

    with pytest.raises(NotAllowed):
        jobs.done(office.store, job, broken, at=NOON)
    assert jobs.get(office.store, "paula", job.id).state is JobState.RUNNING
    ended = jobs.done(office.store, job, lambda _: {"plan": "x"}, at=NOON)
    assert ended is not None
    assert (ended.state, ended.progress, ended.result) == (JobState.DONE, 100, {"plan": "x"})
    assert jobs.done(office.store, job, broken, at=NOON) is None
    assert not jobs.beat(office.store, job, progress=1, message="", at=NOON)
    assert not jobs.failed(office.store, job, "late", at=NOON)


def test_a_worker_that_is_silent_loses_its_job_and_what_it_says_later(office: Office) -> None:
    asked(office)
    gone = taken(office)
    assert jobs.requeue(office.store, silent=60, at=later(NOON, seconds=60)) == ()
    after = later(NOON, seconds=61)
    (waits,) = jobs.requeue(office.store, silent=60, at=after)
    assert (waits.state, waits.id) == (JobState.WAITING, gone.id)
    other = taken(office, after)
    assert other.attempts == 2
    assert not jobs.beat(office.store, gone, progress=90, message="", at=after)
    assert jobs.done(office.store, gone, lambda _: {"by": "first"}, at=after) is None
    ended = jobs.done(office.store, other, lambda _: {"by": "second"}, at=after)
    assert ended is not None
    assert ended.result == {"by": "second"}


def test_a_job_over_which_three_workers_vanished_fails(office: Office) -> None:
    asked(office)
    at = NOON
    for attempt in (1, 2, 3):
        assert taken(office, at).attempts == attempt
        at = later(at, seconds=100)
        (found,) = jobs.requeue(office.store, at=at)
    assert found.state is JobState.FAILED
    assert "vanished" in found.message
    assert jobs.take(office.store, at=at) is None


def test_cancelled_by_who_asked_or_an_admin_and_then_nobody_ends_it(office: Office) -> None:
    first, second = asked(office, 2)
    job = taken(office)
    with pytest.raises(InputError):  # others do not even see it
        jobs.cancel(office.store, "peter", first.id, at=NOON)
    with pytest.raises(NotAllowed):
        jobs.cancel(office.store, "aude", first.id, at=NOON)
    assert jobs.cancel(office.store, "paula", first.id, at=NOON).state is JobState.CANCELLED
    assert jobs.cancel(office.store, "adam", second.id, at=NOON).state is JobState.CANCELLED
    with pytest.raises(Conflict):
        jobs.cancel(office.store, "paula", first.id, at=NOON)
    assert jobs.done(office.store, job, lambda _: {}, at=NOON) is None
    assert jobs.take(office.store, at=NOON) is None
    assert [one.event.action for one in log(office.store, first.id)] == ["ask job", "cancel job"]
    assert verify(office.store).wrong == ()


def test_given_back_it_is_taken_again(office: Office) -> None:
    asked(office)
    assert jobs.give_back(office.store, taken(office))
    assert taken(office).attempts == 2


def test_nobody_fills_the_queue(office: Office) -> None:
    asked(office, jobs.MOST_OPEN)
    with pytest.raises(Busy):
        asked(office)
    assert jobs.ask(office.store, "carla", SOLVE, at=NOON).state is JobState.WAITING
    assert len(jobs.listed(office.store, "paula", limit=3)) == 3
    last = jobs.listed(office.store, "paula", limit=3)[-1]
    older = jobs.listed(office.store, "paula", before=last.cursor)
    assert len(older) == jobs.MOST_OPEN - 3


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("rm", {}),
        ("solve", {}),
        ("solve", {"market": "DE", "file": "../etc/passwd"}),
        ("solve", {"market": "DE", "file": "/etc/passwd"}),
        ("solve", {"market": "DE", "file": "a\\b"}),
        ("solve", {"market": "DE", "text": "x" * 1_000_001}),
        ("solve", {"market": "DE", "workers": 99}),
        ("sweep", {"market": "DE", "sets": {"budget.exactly": []}}),
        ("documents", {"plan": "short"}),
    ],
)
def test_what_is_no_request(kind: str, form: dict[str, object]) -> None:
    with pytest.raises(InputError):
        request_of(kind, form)


def test_a_request_is_the_same_after_the_table(office: Office) -> None:
    request = Solve(market="DE", text="id: ü\n", sets={"budget.exactly": "1.8M"})
    job = jobs.ask(office.store, "paula", request, at=office.now())
    assert request_of(job.kind, jobs.get(office.store, "paula", job.id).request) == request
