"""Scenarios that name signed plans of the store by their ID, from the command line."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import curve_case
import pytest
import scenario_case
from clerk import Clerk
from office import AUTHORITY, Office, matrix
from run_case import go

from allocator.cli.acting import URL
from allocator.complaint import Complaint
from allocator.plan import Plan
from allocator.plan.file import read
from allocator.scenario import load
from allocator.signoff.service.agreed import agreed
from allocator.signoff.service.decision import review, sign
from allocator.signoff.service.release import release, withdraw
from allocator.signoff.service.submission import Submission, create, submit
from allocator.signoff.store.connect import Store
from mmm.curves import ParametricCurves, save

ROOT = Path(__file__).parents[3]
SHOWN = re.MULTILINE | re.DOTALL
MARKET = curve_case.Market(lines=("tv", "search"), kpis=("revenue",), draws=5, lags=4)
# the data end with 2026-W52: five weeks until 2027-W05
FIRST = (
    "id: {id}\nperiod: {{start: 2026-W53, weeks: 5}}\n"
    "reference: {{actuals: {{start: 2026-W01, weeks: 5}}}}\nbudget: {{exactly: {money}}}\n"
)
LATER = (
    "period: {start: 2027-W05, weeks: 5}\nreference: {plan: q0}\nuntil_start: {plan: q0}\n"
    "budget: {exactly: 60k}\n"
)
EASY = AUTHORITY.replace("verified: not_required\n", "") + "verified: not_required\n"


def curves() -> ParametricCurves:
    return curve_case.parametric(5, MARKET)


def first(folder: Path, money: str = "50k", id_: str = "q0") -> Plan:
    """A plan of the five weeks before."""
    folder.mkdir()
    path = scenario_case.write_scenario(folder / "p", FIRST.format(id=id_, money=money))
    save(curves(), path.parent / "curves.nc")
    return go(load(path), curves())


def handed(office: Office, one: Plan, market: str = "DE") -> Plan:
    create(office.store, "paula", Submission(one, market), at=office.now())
    return one


def approved(office: Office, one: Plan) -> Plan:
    handed(office, one)
    submit(office.store, "paula", one.digest, matrix(EASY), at=office.now())
    review(office.store, "fiona", one.digest, at=office.now())
    sign(office.store, "dora", office.says(one, 3), at=office.now())
    return one


def told(store: Store, name: str, reader: str | None = None) -> str:
    found = agreed(store, name, reader=reader, at="2026-11-22T12:00:00.000000Z")
    assert isinstance(found, Complaint)
    return f"found {found.found}, expected {found.expected}; {found.fix}"


def test_only_what_is_signed_is_taken_and_one_plan_alone(store: Store, tmp_path: Path) -> None:
    office = Office(store).hire()
    one = handed(office, first(tmp_path / "a"))
    short = one.digest[:12]
    assert f"found q0, whose plan {short} is draft, expected the ID" in told(store, "q0")
    submit(store, "paula", one.digest, matrix(EASY), at=office.now())
    assert f"whose plan {short} is submitted" in told(store, "q0")
    review(store, "fiona", one.digest, at=office.now())
    assert f"whose plan {short} is in review" in told(store, short)
    sign(store, "dora", office.says(one, 3), at=office.now())
    for name in ("q0", one.digest, short, one.digest[:8]):
        assert agreed(store, name, reader=None, at=office.now()) == one.to_json().encode(), name
    release(store, "fiona", one.digest, at=office.now())
    assert agreed(store, "q0", reader=None, at=office.now()) == one.to_json().encode()
    assert "found q00, which no plan in the store is called" in told(store, "q00")
    assert told(store, "q00").endswith("did you mean 'q0'?")
    assert "which no plan in the store is called" in told(store, one.digest[:7])
    other = handed(office, first(tmp_path / "b", "40k"))  # drafts of one name hide nothing
    assert agreed(store, "q0", reader=None, at=office.now()) == one.to_json().encode()
    submit(store, "paula", other.digest, matrix(EASY), at=office.now())
    review(store, "fiona", other.digest, at=office.now())
    sign(store, "dora", office.says(other, 3), at=office.now())
    said = told(store, "q0")
    assert said.startswith("found q0, of which 2 plans are signed: ")
    assert f"{short} (released)" in said
    assert f"{other.digest[:12]} (approved)" in said
    assert "expected one plan; name one by its digest" in said
    withdraw(store, "dora", one.digest, at=office.now(), reason="wrong")
    assert agreed(store, "q0", reader=None, at=office.now()) == other.to_json().encode()
    assert f"whose plan {short} is withdrawn" in told(store, short)


def test_a_reader_is_told_of_plans_that_they_may_see(store: Store, tmp_path: Path) -> None:
    office = Office(store).hire()
    one = approved(office, first(tmp_path / "a"))
    assert agreed(store, "q0", reader="peter", at=office.now()) == one.to_json().encode()
    for name in ("q0", one.digest):  # Frank is of another market: not even that it is there
        assert "which no plan in the store is called; " not in told(store, name, "frank")
        assert f"found {name}, which no plan in the store is called" in told(store, name, "frank")
        assert "did you mean" not in told(store, name, "frank")


@pytest.fixture
def later(clerk: Clerk) -> Path:
    """A scenario after a plan that is approved."""
    approved(clerk.office, first(clerk.folder / "q0"))
    path = scenario_case.write_scenario(clerk.folder, LATER)
    save(curves(), path.parent / "curves.nc")
    return path


def test_one_seam_for_every_command(clerk: Clerk, later: Path) -> None:
    """show, check, plan, sweep, evaluate and compare; verify needs the store no more."""
    digest = load(clerk.folder / "q0/p/scenarios/q1.yaml").digest
    resolved = json.loads(clerk.done("paula", "show", str(later), "--resolved", "--json"))
    taken = resolved["reference"]["found"]["digest"]
    assert resolved["until_start"] == {"plan": "q0", "found": resolved["reference"]["found"]}
    assert sum(map(sum, resolved["reference"]["found"]["spend"].values())) == pytest.approx(50_000)
    why = clerk.read("paula", "show", str(later), "--resolved", "--why")
    named = {row["path"]: (row["value"], row["means"]) for row in why if row["means"]}
    assert named == {"until_start.plan": ("q0", taken), "reference.plan": ("q0", taken)}
    assert f"q0 ({taken[:12]})" in clerk.done("paula", "show", str(later), "--why")
    assert "nothing to put right" in clerk.done("paula", "check", str(later))
    clerk.done("paula", "plan", str(later), "--out", "out/q1", "--quiet")
    clerk.done("paula", "sweep", str(later), "--set", "budget.exactly=55k", "--out", "out/s",
               "--workers", "0", "--quiet")  # fmt: skip
    (clerk.folder / "given.csv").write_text("line,spend\ntv,30000\nsearch,30000\n")
    clerk.done("paula", "evaluate", "given.csv", "--scenario", str(later), "--out", "out/g", "-q")
    clerk.set.setenv(URL, "sqlite:///nowhere.db")
    clerk.done("paula", "verify", "out/q1/plan.json")
    clerk.done("paula", "verify", "out/g/plan.json")
    clerk.done("paula", "compare", "out/q1", "out/g", "--quiet")
    plan = json.loads((clerk.folder / "out/q1/plan.json").read_text())
    assert plan["scenario"]["resolved"]["reference"]["found"]["digest"] == taken
    assert plan["totals"]["reference"]["spend"] == 50_000
    assert digest != plan["scenario"]["digest"]


def test_faults_name_file_line_and_column(clerk: Clerk, later: Path) -> None:
    """Both places at once; another market's planner, an old token, no database at all."""
    two = 2  # reference and until_start
    here = "q1.yaml:7:13: reference.plan: found q0, "
    clerk.refused("frank", "show", str(later), code=2, faults=two,
                  said=here + "which no plan in the store is called")  # fmt: skip
    clerk.refused("nobody", "check", str(later), code=7, said="the token is unknown")
    approved(clerk.office, first(clerk.folder / "again", "45k"))
    clerk.refused("paula", "plan", str(later), "--out", "out", code=2, faults=two,
                  said=here + "of which 2 plans are signed: ")  # fmt: skip
    clerk.set.setenv(URL, "sqlite:///nowhere.db")
    clerk.refused("paula", "sweep", str(later), "--out", "s", code=2, faults=two,
                  said=here + "and no database sqlite:///nowhere.db to look in")  # fmt: skip
    assert not (clerk.folder / "nowhere.db").exists()
    clerk.set.setenv(URL, "what is this")
    clerk.refused("paula", "show", str(later), code=2, said="expected a database URL")


def test_the_example_of_the_page(clerk: Clerk) -> None:
    """docs/assumptions.md: the bundled plan, signed, and the scenario that names it."""
    page = (ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8")
    (name, text) = re.findall(r"^```yaml (\S+signed.yaml)\n(.*?)^```$", page, SHOWN)[0]
    (commands,) = re.findall(r"^```bash\nexport .*?\n(.*?)^```$", page, SHOWN)
    shutil.copytree(ROOT / "scenarios", clerk.folder / "scenarios")
    (clerk.folder / "pyproject.toml").touch()
    (clerk.folder / name).write_text(text, encoding="utf-8")
    one = read(ROOT / "scenarios" / "approved" / "2027-q1-base.json")
    approved(clerk.office, one)
    for command in commands.splitlines():
        out = clerk.done("paula", *shlex.split(command)[1:])
    assert f"2027-q1-base ({one.digest[:12]})" in out
