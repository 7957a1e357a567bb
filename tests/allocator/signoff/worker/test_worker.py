"""Workers on small data: drafts, tables and documents; one that is killed, one that is stopped."""

from __future__ import annotations

import fcntl
import hashlib
import multiprocessing
import time
from pathlib import Path

import curve_case
import numpy as np
import pytest
import scenario_case
from office import Office
from run_case import alike

from allocator.signoff.service import jobs
from allocator.signoff.service.reading import plan as plan_row
from allocator.signoff.service.talk import documents
from allocator.signoff.states import Role, State
from allocator.signoff.store import people
from allocator.signoff.store.connect import Store, Unavailable
from allocator.signoff.store.jobs import Job, JobState
from allocator.signoff.times import later
from allocator.signoff.work import Documents, Solve, Sweep, Verify
from allocator.worker import conduct
from allocator.worker.beside import at_work
from allocator.worker.conduct import Bench, Stopped, do, work_off
from allocator.worker.data import data_folder
from mmm.errors import InputError
from mmm.runner import run

CHANGES = "reference: {flat: true}\nbudget: {exactly: 90k}\nuntil_start: zero\n"
NOON = "2026-11-22T12:00:00.000000Z"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a scenario and its curves: three alike lines."""
    folder = tmp_path_factory.mktemp("data")
    curve_case.project(folder, alike(), CHANGES)
    (folder / "outside.yaml").symlink_to("/etc/passwd")
    return folder


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store).hire()


def asked(office: Office, request: Solve | Sweep | Documents | Verify, who: str = "paula") -> str:
    return jobs.ask(office.store, who, request, at=office.now()).id


def at_this_bench(office: Office, data: Path, now: str = NOON) -> int:
    """As a worker does it, but in this process: a child takes seconds to start."""

    def inline(work: object, pieces: object, **_: object) -> object:
        return run(work, pieces, workers=0)  # type: ignore[type-var,arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conduct, "run", inline)
        return work_off(Bench(office.store, data_folder(data), lambda: now))


def after(office: Office, id: str) -> Job:
    return jobs.get(office.store, "adam", id)


def scenario_of(data: Path) -> str:
    return next((data / "scenarios").glob("*.yaml")).relative_to(data).as_posix()


def test_a_scenario_becomes_a_draft_with_its_page(office: Office, data: Path) -> None:
    text = scenario_case.scenario_text(CHANGES)
    id_ = asked(office, Solve(market="DE", file="scenarios/new.yaml", text=text,
                              sets={"budget.exactly": "60k"}))  # fmt: skip
    assert at_this_bench(office, data) == 1
    job = after(office, id_)
    assert (job.state, job.message, job.progress) == (JobState.DONE, "", 100)
    assert job.result is not None
    assert job.result["new"] is True
    row = plan_row(office.store, "paula", job.result["plan"], at=office.now())
    assert row is not None
    assert (row.state, row.author, row.market, row.cents) == (State.DRAFT, "paula", "DE", 6_000_000)
    papers = {one.kind: one.blob for one in documents(office.store, row.digest)}
    assert papers.keys() == {"page", "scenario", "curves"}
    (file,) = data.rglob("*.nc")
    assert papers["curves"] == hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_twice_is_once_and_a_table_makes_no_drafts(office: Office, data: Path) -> None:
    file = scenario_of(data)
    first, again = (asked(office, Solve(market="DE", file=file)) for _ in range(2))
    table = asked(office, Sweep(market="DE", file=file, sets={"budget.exactly": ["60k", "-1"]}))
    assert at_this_bench(office, data) == 3
    one, two = after(office, first).result, after(office, again).result
    assert one is not None
    assert two == {**one, "new": False}
    found = after(office, table).result
    assert found is not None
    assert [row["status"] for row in found["rows"]] == ["proven within gap", "bad input"]
    assert found["rows"][0]["budget"] == 60_000.0
    assert str(data) not in str(found)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_cannot_be_done_says_why_and_not_where(office: Office, data: Path) -> None:
    text = scenario_case.scenario_text(CHANGES)
    wrong = {
        "no such file": Solve(market="DE", file="scenarios/none.yaml"),
        "in the data folder": Solve(market="DE", file="outside.yaml"),
        "outside the project": Solve(market="DE", text=text, sets={"curves": "../../curves.nc"}),
        "a path relative": Solve(market="DE", text=text, sets={"curves": "/etc/passwd"}),
        "YAML that cannot": Solve(market="DE", text="a: [", file="scenarios/x.yaml"),
        "no plan": Solve(
            market="DE", text=scenario_case.scenario_text(
                CHANGES + "constraints:\n  - {id: low, together: all, spend: {max: 1k}}"
            ),
        ),
    }  # fmt: skip
    for words, request in wrong.items():
        id_ = asked(office, request)
        assert at_this_bench(office, data) == 1
        job = after(office, id_)
        assert job.state is JobState.FAILED
        assert words.lower() in job.message.lower(), job.message
        assert str(data) not in job.message


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_documents_are_attached_to_the_plan(office: Office, data: Path) -> None:
    first = asked(office, Solve(market="DE", file=scenario_of(data)))
    assert at_this_bench(office, data) == 1
    made = after(office, first).result
    assert made is not None
    id_ = asked(office, Documents(plan=made["plan"]), "fiona")
    assert at_this_bench(office, data) == 1
    assert after(office, id_).state is JobState.DONE
    assert {one.kind for one in documents(office.store, made["plan"])} == {
        "page", "scenario", "curves", "dossier", "workbook", "screen", "onepager"
    }  # fmt: skip


def test_a_folder_inside_a_project_is_no_data_folder(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="project's own folder"):
        data_folder(data / "scenarios")
    with pytest.raises(InputError, match="no folder"):
        data_folder(tmp_path / "none")


@pytest.fixture
def parted(tmp_path: Path) -> Path:
    """A data folder with a part for each of two markets, and something beside them."""
    (tmp_path / "data" / "markets").mkdir(parents=True)
    for market in ("DE", "FR"):
        curve_case.project(tmp_path / "data" / "markets" / market, alike(), CHANGES)
    curve_case.project(tmp_path / "data", alike(), CHANGES)
    return tmp_path / "data"


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_markets_jobs_see_its_own_folder_only(office: Office, parted: Path) -> None:
    office.store.writing(lambda c: people.grant(c, "paula", Role.PLANNER, "XX"))
    office.store.writing(lambda c: people.grant(c, "paula", Role.PLANNER, ".."))
    file = scenario_of(parted / "markets" / "DE")
    text = scenario_case.scenario_text(CHANGES)
    (curves,) = (parted / "markets" / "FR").rglob("*.nc")
    other = f"../../FR/{curves.relative_to(parted / 'markets' / 'FR')}"
    (parted / "markets" / "DE" / "link.nc").symlink_to(curves)
    wrong = {
        "no such file": Solve(market="DE", file=f"markets/FR/{file}"),
        "outside the project": Solve(market="DE", text=text, sets={"curves": other}),
        "link.nc, which is outside": Solve(market="DE", text=text, sets={"curves": "../link.nc"}),
        "a market with a folder": Solve(market="XX", file=file),
        "a market with a folder in": Solve(market="..", file=file),
    }
    for words, request in wrong.items():
        id_ = asked(office, request)
        assert at_this_bench(office, parted) == 1
        job = after(office, id_)
        assert job.state is JobState.FAILED
        assert words in job.message, job.message
    id_ = asked(office, Solve(market="DE", file=file))
    assert at_this_bench(office, parted) == 1
    made = after(office, id_)
    assert made.state is JobState.DONE, made.message
    assert made.result is not None
    again = asked(office, Documents(plan=made.result["plan"]))
    check = asked(office, Verify(plan=made.result["plan"]))
    assert at_this_bench(office, parted) == 2
    assert [after(office, one).state for one in (again, check)] == [JobState.DONE] * 2


def test_a_market_that_is_no_project_of_its_own_is_refused(parted: Path) -> None:
    """Else its scenarios could name files of the project that it lies in."""
    assert data_folder(parted) == parted
    (parted / "markets" / "DE" / "pyproject.toml").unlink()
    with pytest.raises(InputError, match="a folder inside a project"):
        data_folder(parted)


def slow(data: Path) -> Solve:
    """A question that takes longer than any test waits."""
    lines = [f"l{place:02}" for place in range(40)]
    at = np.linspace(0, 4e5, 41)
    rng = np.random.default_rng(3)
    bent = {
        line: [rng.uniform(1, 9) * 1e4 * (at / 1e5) ** 2 / (rng.uniform(0.2, 4) + (at / 1e5) ** 2)]
        for line in lines
    }
    curves = curve_case.tabulated(
        {line: at.tolist() for line in lines},
        {"revenue": {line: np.array(value) for line, value in bent.items()}},
    )
    from mmm.curves import save

    save(curves, data / "scenarios" / "slow.nc", force=True)
    changes = "curves: slow.nc\nreference: {flat: true}\nbudget: {exactly: 2M}\nuntil_start: zero\n"
    return Solve(market="DE", text=scenario_case.scenario_text(changes))


def begun(office: Office, id: str) -> Job:
    """The job, once a child works on it."""
    for _ in range(2_400):  # two minutes: a busy machine takes that long to start two processes
        job = after(office, id)
        if job.message:
            return job
        assert job.state in (JobState.WAITING, JobState.RUNNING), job
        time.sleep(0.05)
    raise AssertionError("no worker began it")


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_killed_under_way_it_is_done_by_another_and_ends_once(office: Office, data: Path) -> None:
    """kill −9 of the worker: its child ends too, another takes the job, its draft is one."""
    url = office.store.engine.url.render_as_string(hide_password=False)
    id_ = asked(office, Solve(market="DE", file=scenario_of(data)))
    context = multiprocessing.get_context("spawn")
    worker = context.Process(target=at_work, args=(url, data), kwargs={"now": noon})
    worker.start()
    begun(office, id_)
    assert worker.pid is not None
    worker.kill()
    worker.join()
    found = after(office, id_)
    assert (found.state, found.attempts) == (JobState.RUNNING, 1)
    assert at_this_bench(office, data) == 0  # silent, but not for long enough
    minute = later(NOON, seconds=61)
    assert at_this_bench(office, data, minute) == 1
    ended = after(office, id_)
    assert (ended.state, ended.attempts) == (JobState.DONE, 2)
    assert at_this_bench(office, data, minute) == 0


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_table_that_was_killed_goes_on_where_it_stopped(
    office: Office, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill −9 between two cells: those that were planned are not planned again."""
    url = office.store.engine.url.render_as_string(hide_password=False)
    budgets = [f"{50 + cell}k" for cell in range(40)]
    id_ = asked(
        office, Sweep(market="DE", file=scenario_of(data), sets={"budget.exactly": budgets})
    )
    context = multiprocessing.get_context("spawn")
    worker = context.Process(target=at_work, args=(url, data), kwargs={"now": noon})
    worker.start()
    kept = data / ".jobs" / id_
    for _ in range(12_000):
        if len(list(kept.glob("plans/*/*.json"))) >= 3:
            break
        assert worker.is_alive()
        time.sleep(0.01)
    worker.kill()
    worker.join()
    for child in multiprocessing.active_children():
        child.join(60)
    until_free(kept)
    before = {one: one.stat().st_mtime_ns for one in kept.glob("plans/*/*.json")}
    assert 3 <= len(before) < 40
    monkeypatch.setattr(conduct, "tidy", lambda bench: None)
    assert at_this_bench(office, data, later(NOON, seconds=61)) == 1
    ended = after(office, id_)
    assert (ended.state, ended.attempts) == (JobState.DONE, 2)
    assert ended.result is not None
    assert [row["status"] for row in ended.result["rows"]] == ["proven within gap"] * 40
    now = {one: one.stat().st_mtime_ns for one in kept.glob("plans/*/*.json")}
    assert len(now) == 40
    assert {one: now[one] for one in before} == before
    monkeypatch.undo()
    assert at_this_bench(office, data) == 0
    assert not kept.exists()


def until_free(folder: Path) -> None:
    """Wait for the end of a child whose worker was killed."""
    with (folder / ".sweeping").open("a") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_table_in_whose_folder_somebody_is_at_work_is_made_elsewhere(
    office: Office, data: Path
) -> None:
    id_ = asked(office, Sweep(market="DE", file=scenario_of(data)))
    kept = data / ".jobs" / id_
    kept.mkdir(parents=True)
    with (kept / ".sweeping").open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        assert at_this_bench(office, data) == 1
    assert after(office, id_).state is JobState.DONE
    assert not kept.exists()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_store_that_goes_away_fails_no_job(
    office: Office, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("gone")

    id_ = asked(office, Solve(market="DE", file=scenario_of(data)))
    job = jobs.take(office.store, at=NOON)
    assert job is not None
    monkeypatch.setattr(conduct, "_order", away)
    do(Bench(office.store, data_folder(data), lambda: NOON), job)
    assert after(office, id_).state is JobState.WAITING


def noon() -> str:
    return NOON


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_worker_that_is_told_to_stop_gives_its_job_back(
    office: Office, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(*_: object, **__: object) -> object:
        raise Stopped

    id_ = asked(office, Solve(market="DE", file=scenario_of(data)))
    monkeypatch.setattr(conduct, "run", told)
    with pytest.raises(Stopped):
        work_off(Bench(office.store, data_folder(data), noon))
    back = after(office, id_)
    assert (back.state, back.attempts) == (JobState.WAITING, 1)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_cancelled_its_child_ends(
    office: Office, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = asked(office, slow(data))
    job = jobs.take(office.store, at=NOON)
    assert job is not None
    jobs.cancel(office.store, "paula", id_, at=NOON)
    heard: list[str] = []
    monkeypatch.setattr(conduct, "BEAT", 0.1)
    do(Bench(office.store, data_folder(data), noon, heard.append), job)
    assert heard[-1].endswith("ended by others")
    assert after(office, id_).state is JobState.CANCELLED
    until_alone()


def until_alone() -> None:
    """Wait until no child is left. The thread of the pool that ends a child hears of its end a
    moment before multiprocessing does, so that one look can see a child that is gone."""
    for _ in range(1_200):
        if not multiprocessing.active_children():
            return
        time.sleep(0.05)
    raise AssertionError(f"at work after a minute: {multiprocessing.active_children()}")
