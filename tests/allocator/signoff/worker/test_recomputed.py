"""A worker makes a plan's figures again: what is so, what is not, and on whose curves."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import curve_case
import h5netcdf
import pytest
from office import STRICT, Office, matrix
from run_case import alike

from allocator.errors import NotAllowed
from allocator.plan import Plan, sealed
from allocator.run import plan as solved
from allocator.signoff.audit.verify import verify
from allocator.signoff.facts import STATED
from allocator.signoff.service import jobs
from allocator.signoff.service.checks import DATA, HANDED, Check
from allocator.signoff.service.decision import review, sign
from allocator.signoff.service.opened import open_plan
from allocator.signoff.service.submission import Submission, create, submit
from allocator.signoff.states import State
from allocator.signoff.store.connect import Store
from allocator.signoff.store.jobs import Job, JobState
from allocator.signoff.work import Verify
from allocator.worker import conduct
from allocator.worker.check import known_curves, unpacked
from allocator.worker.conduct import Bench, work_off
from allocator.worker.data import data_folder
from mmm.runner import run

CHANGES = "reference: {flat: true}\nbudget: {exactly: 90k}\nuntil_start: zero\n"
NOON = "2026-11-22T12:00:00.000000Z"
STRICTER = STRICT.replace(
    "rules:\n",
    "rules:\n  - {id: odd, when: {exceptional: [unhealthy, prior driven, not proven]}, "
    "sign: [{role: director, people: 3}]}\n",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Plan]:
    """A data folder with curves, and a plan on them."""
    folder = tmp_path_factory.mktemp("data")
    curves = alike()
    answer = solved(curve_case.project(folder, curves, CHANGES), curves, folder=folder)
    assert answer.plan is not None
    return folder, answer.plan


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store).hire()


def waits(office: Office, one: Plan, rules: str = STRICT, curves: bytes = b"") -> str:
    """A plan in review, with curves if its author hands some in; the id of its check's job."""
    papers = {"curves": ("curves.nc", curves)} if curves else {}
    create(office.store, "paula", Submission(one, "DE", papers), at=office.now())
    submit(office.store, "paula", one.digest, matrix(rules), at=office.now())
    review(office.store, "fiona", one.digest, at=office.now())
    job = check_of(office, one).job
    assert job is not None
    return job.id


def check_of(office: Office, one: Plan) -> Check:
    found = open_plan(office.store, "dora", one.digest, at=office.now())
    assert found is not None
    return found.check


def worked(office: Office, data: Path, id_: str) -> Job:
    """The job after a worker was at it, in this process: a child takes seconds to start."""

    def inline(work: object, pieces: object, **_: object) -> object:
        return run(work, pieces, workers=0)  # type: ignore[type-var,arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conduct, "run", inline)
        assert work_off(Bench(office.store, data_folder(data), lambda: NOON)) == 1
    return jobs.get(office.store, "adam", id_)


def changed(one: Plan, change: Callable[[dict[str, Any]], object]) -> Plan:
    """The plan that somebody rewrote, sealed again."""
    document = one.model_dump(mode="json")
    document.pop("digest")
    change(document)
    return sealed(document)


def signed(office: Office, one: Plan) -> State:
    return sign(office.store, "dora", office.says(one, 3), at=office.now()).state


def test_what_is_so_agrees_and_is_signed(office: Office, made: tuple[Path, Plan]) -> None:
    data, one = made
    job = worked(office, data, waits(office, one))
    assert job.state is JobState.DONE, job.message
    assert job.result is not None
    assert (job.result["agrees"], job.result["differences"]) == (True, [])
    check = check_of(office, one)
    assert check.found is not None
    assert (check.words, check.found.curves, check.found.flags) == ("agree", DATA, ())
    assert check.found.compared == job.result["compared"] > 100
    assert signed(office, one) is State.APPROVED
    assert verify(office.store).wrong == ()


def _no_warning(document: dict[str, Any]) -> None:
    """A line beyond what was ever spent on it says nothing of it."""
    for line in document["lines"]:
        line["prior_driven"] = not line["prior_driven"]


def _better_proof(document: dict[str, Any]) -> None:
    """Whatever was found, it is said to be the best there is."""
    document["certificate"] |= {"bound": document["certificate"]["value"] * 2, "status": "stopped"}


def _better_outcome(document: dict[str, Any]) -> None:
    document["totals"]["plan"]["objective"]["mean"] *= 1.01


def _healthy(document: dict[str, Any]) -> None:
    document["health"]["verdict"] = "warn"


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("change", "place"),
    [(_no_warning, "prior_driven"), (_better_proof, "certificate"),
     (_better_outcome, "totals.plan.objective.mean"), (_healthy, "health.verdict")],
)  # fmt: skip
def test_what_somebody_rewrote_does_not_agree(
    office: Office, made: tuple[Path, Plan],
    change: Callable[[dict[str, Any]], object], place: str,
) -> None:  # fmt: skip
    data, one = made
    other = changed(one, change)
    job = worked(office, data, waits(office, other))
    assert job.state is JobState.DONE, job.message
    check = check_of(office, other)
    assert check.found is not None
    assert any(place in words for words in check.found.differences), check.found.differences
    with pytest.raises(NotAllowed, match="do not agree"):
        signed(office, other)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_flags_are_those_of_the_figures_not_of_the_file(
    office: Office, made: tuple[Path, Plan]
) -> None:
    """Under a file that asks for no check, too, what one found decides who signs."""
    data, one = made
    other = changed(one, lambda document: document["certificate"].update(bound=1e9))
    lenient = STRICTER + "verified: not_required\n"
    create(office.store, "paula", Submission(other, "DE"), at=office.now())
    row = submit(office.store, "paula", other.digest, matrix(lenient), at=office.now())
    assert "not proven" not in row.facts["flags"]
    assert row.required.steps[0].people == 1
    review(office.store, "fiona", other.digest, at=office.now())
    asked = jobs.ask(office.store, "paula", Verify(plan=other.digest), at=office.now())
    worked(office, data, asked.id)
    check = check_of(office, other)
    assert check.found is not None
    assert check.found.flags == ("not proven",)
    with pytest.raises(NotAllowed, match=r"not proven.*3 people who are director.*new approval"):
        signed(office, other)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_curves_that_were_handed_in_do_where_there_are_no_others(
    office: Office, made: tuple[Path, Plan], tmp_path: Path
) -> None:
    data, one = made
    (file,) = data.rglob("*.nc")
    empty = tmp_path / "empty"
    (empty / "scenarios").mkdir(parents=True)
    job = worked(office, empty, waits(office, one, curves=file.read_bytes()))
    assert job.state is JobState.DONE, job.message
    check = check_of(office, one)
    assert check.found is not None
    assert (check.words, check.found.curves) == ("agree", HANDED)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("handed", [b"", b"CDF no curves at all"])
def test_without_its_curves_nothing_is_said_of_it(
    office: Office, made: tuple[Path, Plan], tmp_path: Path, handed: bytes
) -> None:
    """The job fails and says why; nobody can sign; once they lie there it can be asked again."""
    data, one = made
    empty = tmp_path / "empty"
    (empty / "scenarios").mkdir(parents=True)
    job = worked(office, empty, waits(office, one, curves=handed))
    assert job.state is JobState.FAILED
    assert "no such file" in job.message
    assert str(tmp_path) not in job.message
    assert "/tmp" not in job.message
    with pytest.raises(NotAllowed, match="have not been recomputed yet"):
        signed(office, one)
    (file,) = data.rglob("*.nc")
    shutil.copy(file, empty / "scenarios" / "elsewhere.nc")
    asked = Verify(plan=one.digest, curves="scenarios/elsewhere.nc")
    again = jobs.ask(office.store, "fiona", asked, at=office.now())
    assert worked(office, empty, again.id).state is JobState.DONE
    assert check_of(office, one).words == "agree"


def test_curves_that_would_fill_the_memory_are_not_read(tmp_path: Path) -> None:
    """A few kilobytes that say they are sixteen gigabytes of zeros."""
    file = tmp_path / "bomb.nc"
    with h5netcdf.File(file, "w") as made:
        made.dimensions = {"x": 2_000_000_000}
        made.create_variable("v", ("x",), "f8", compression="gzip", chunks=(1_000_000,))
    assert file.stat().st_size < 100_000
    assert unpacked(file) == 16_000_000_000
    assert known_curves(tmp_path, [file.read_bytes()]) == {}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_plan_of_other_lines_has_every_flag(office: Office, made: tuple[Path, Plan]) -> None:
    """Nothing could be made again: deny by default."""
    data, one = made

    def renamed(document: dict[str, Any]) -> None:
        old = document["lines"][0]["line"]
        document["lines"][0]["line"] = old + "x"

    other = changed(one, renamed)
    worked(office, data, waits(office, other))
    check = check_of(office, other)
    assert check.found is not None
    assert set(check.found.flags) == set(STATED)
    assert not check.found.agrees
