"""Jobs whose scenarios name signed plans by their ID: as whoever asks may see them."""

from __future__ import annotations

from pathlib import Path

import pytest
import scenario_case
from office import Office
from test_agreed_commands import LATER, approved, curves, first
from test_worker import after, asked, at_this_bench

from allocator.plan import Plan
from allocator.signoff.service.opened import open_plan
from allocator.signoff.service.users import enroll
from allocator.signoff.states import Role
from allocator.signoff.store.connect import Store
from allocator.signoff.store.jobs import JobState
from allocator.signoff.store.people import Person
from allocator.signoff.work import Solve, Sweep
from allocator.worker.agreed import MOST
from mmm.curves import save

TEXT = scenario_case.scenario_text(LATER)
pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store).hire()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the curves alone."""
    folder = tmp_path / "data"
    path = scenario_case.write_scenario(folder, LATER)
    save(curves(), path.parent / "curves.nc")
    return folder


@pytest.fixture
def before(office: Office, tmp_path: Path) -> Plan:
    """A plan of the weeks before, signed."""
    return approved(office, first(tmp_path / "first"))


def test_a_job_plans_after_a_signed_plan(office: Office, data: Path, before: Plan) -> None:
    solve = asked(office, Solve(market="DE", text=TEXT))
    budgets = ["55k", "60k"]
    table = asked(office, Sweep(market="DE", text=TEXT, sets={"budget.exactly": budgets}))
    assert at_this_bench(office, data) == 2
    job = after(office, solve)
    assert (job.state, job.message) == (JobState.DONE, "")
    assert job.result is not None
    made = open_plan(office.store, "paula", job.result["plan"], at=office.now())
    assert made is not None
    taken = made.plan.scenario.resolved
    assert taken["until_start"]["found"]["digest"] == before.digest
    assert taken["reference"]["found"]["digest"] == before.digest
    assert made.plan.totals.reference.spend == 50_000
    found = after(office, table).result
    assert found is not None
    assert [row["status"] for row in found["rows"]] == ["proven within gap"] * 2


def test_who_may_not_see_a_plan_learns_nothing_of_it(
    office: Office, data: Path, before: Plan
) -> None:
    """A planner of another market; an ID that nobody has; too many IDs."""
    felix = Person("felix", "Felix", "felix@example.org", False, frozenset({(Role.PLANNER, "FR")}))
    office.store.writing(lambda c: enroll(c, felix, None, None, office.now()))
    many = ", ".join(f"r{place}: {{plan: q-{place}}}" for place in range(MOST + 1))
    jobs = {
        "found q0, which no plan in the store is called": ("felix", "FR", TEXT),
        "found q7, which no plan in the store is called": ("paula", "DE", TEXT.replace("q0", "q7")),
        f"found {MOST + 2} plans named by their ID, expected at most {MOST}": (
            "paula", "DE", f"{TEXT}references: {{{many}}}\n",
        ),
    }  # fmt: skip
    ids = {
        said: asked(office, Solve(market=market, text=text), who)
        for said, (who, market, text) in jobs.items()
    }
    assert at_this_bench(office, data) == len(ids)
    for said, id_ in ids.items():
        job = after(office, id_)
        assert job.state is JobState.FAILED
        assert said in job.message
        assert before.digest[:12] not in job.message
