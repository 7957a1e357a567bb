"""Which plans are current, which are stale, and by what."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import run_case
import scenario_case

from allocator.cli import app
from allocator.plan import Plan
from allocator.plan.file import read
from allocator.scenario import load
from allocator.status import Cause, Fitted, Reason, Today, standing
from mmm.curves import TabulatedCurves, save
from mmm.terminal import run

RULES = """\
reference: {flat: true}
budget: {exactly: 90k}
policy: policy.yaml
constraints:
  - {id: cap, each: [l0], spend: {max: 60k}}
variants:
  money: {base: {}, low: {budget: {exactly: 80k}}}
"""
POLICY = "schema_version: 1\nconstraints:\n  - {id: house, each: [l1], spend: {max: 50k}}\n"
SOURCE = {"data_digest": "d1", "model_digest": "m1", "experiments_digest": "e1"}


def curves_of(**changes: object) -> TabulatedCurves:
    """The same curves, from another fit."""
    curves = run_case.alike()
    source = json.dumps({**SOURCE, **changes})
    return TabulatedCurves(curves.data.assign_attrs(source=source))


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario with a policy, its curves, and the plans of two of its cells."""
    tmp_path = tmp_path_factory.mktemp("planned")
    path = scenario_case.write_scenario(tmp_path, RULES)
    (path.parent / "policy.yaml").write_text(POLICY, encoding="utf-8")
    save(curves_of(), path.parent / "curves.nc")
    for cell in ("base", "low"):
        command = ["plan", str(path), "--cell", cell, "--out", str(tmp_path / "out" / cell), "-q"]
        assert run(app, command) == 0
    return tmp_path


@pytest.fixture
def project(planned: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(planned, tmp_path / "project"))


def told(project: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict]:
    capsys.readouterr()
    places = [str(project / "out"), "--scenarios", str(project / "scenarios")]
    assert run(app, ["status", *places, "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    return {Path(one["plan"]).parent.name: one for one in body}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_by_what_a_plan_is_stale(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    states = told(project, capsys)
    assert {name: (one["state"], one["reasons"]) for name, one in states.items()} == {
        "base": ("current", []), "low": ("current", []),
    }  # fmt: skip

    scenario = project / "scenarios" / "q1.yaml"
    edit(scenario, "title: A quarter", "# a remark\ntitle: Another name")
    edit(scenario, "{exactly: 90k}", "{exactly: 90000}")
    assert told(project, capsys)["base"]["state"] == "current"  # the same question

    edit(scenario, "{exactly: 80k}", "{exactly: 70k}")
    edit(project / "scenarios" / "policy.yaml", "50k", "45k")
    states = told(project, capsys)
    policy = {"cause": "policy", "words": "constraints.house.spend.max 50000.0 → 45000.0"}
    assert states["base"]["reasons"] == [policy]
    assert policy in states["low"]["reasons"]
    assert {"cause": "scenario", "words": "budget.exactly 80000.0 → 70000.0"} in (
        states["low"]["reasons"]
    )
    assert run(app, ["status", str(project / "out"), "--strict", "--quiet"]) == 6
    assert "2 of 2 plans are not known to be current" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"data_digest": "d2"}, [(Cause.DATA, "fitted again on other data")]),
        ({"model_digest": "m2"}, [(Cause.MODEL, "fitted again with another model")]),
        (
            {"data_digest": "d2", "model_digest": "m2"},
            [
                (Cause.DATA, "fitted again on other data"),
                (Cause.MODEL, "fitted again with another model"),
            ],
        ),
        ({"sampling": 2}, [(Cause.MODEL, "fitted again, on the same data and model")]),
    ],
)
def test_other_curves_say_what_moved_where_the_old_ones_are_kept(
    project: Path, changes: dict[str, object], expected: list[tuple[Cause, str]],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    folder = project / "scenarios"
    kept = folder / "earlier" / "abc" / "curves.nc"
    kept.parent.mkdir(parents=True)
    (folder / "curves.nc").rename(kept)
    save(curves_of(**changes), folder / "curves.nc")
    reasons = told(project, capsys)["base"]["reasons"]
    assert [(one["cause"], one["words"]) for one in reasons] == expected
    kept.unlink()
    (reason,) = told(project, capsys)["base"]["reasons"]
    assert reason["cause"] == "curves"
    (folder / "curves.nc").unlink()
    states = told(project, capsys)
    assert states["base"]["state"] == "unknown"
    assert states["base"]["unknown"] == ["the curves are not at ../../scenarios/curves.nc"]


def test_files_behind_a_fit_that_were_edited(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"model.yaml": b"kpis: {}", "media.csv": b"date,tv\n", "kpis.csv": b"date,revenue\n"}
    digests = {name: hashlib.sha256(text).hexdigest() for name, text in files.items()}
    save(curves_of(files=digests), project / "scenarios" / "curves.nc", force=True)
    for cell in ("base", "low"):
        out = str(project / "out" / cell)
        scenario = str(project / "scenarios" / "q1.yaml")
        assert run(app, ["plan", scenario, "--cell", cell, "--out", out, "-q", "--force"]) == 0
    assert told(project, capsys)["base"]["state"] == "current"  # elsewhere: nothing is said
    for name, text in files.items():
        (project / name).write_bytes(text)
    assert told(project, capsys)["base"]["state"] == "current"
    (project / "media.csv").write_bytes(b"date,tv\n2026-01-05,100\n")
    (project / "model.yaml").write_bytes(b"kpis: {revenue: }")
    assert {one["cause"]: one["words"] for one in told(project, capsys)["low"]["reasons"]} == {
        "data": "media.csv edited since the fit", "model": "model.yaml edited since the fit",
    }  # fmt: skip


def test_what_is_not_there_and_what_is_no_plan(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "scenarios" / "q1.yaml").unlink()
    (project / "out" / "base" / "plan.json").write_text("{}", encoding="utf-8")
    states = told(project, capsys)
    assert states["base"]["state"] == "unreadable"
    assert states["low"]["unknown"] == ["no scenario file with the id q1.low"]
    assert run(app, ["status", str(project / "nowhere")]) == 2
    assert run(app, ["status", str(project / "scenarios")]) == 0
    assert "No plan.json is there" in capsys.readouterr().out


@pytest.fixture
def plan(project: Path) -> Plan:
    return read(project / "out" / "base" / "plan.json")


def test_another_engine_is_a_reason_and_another_library_a_note(plan: Plan, project: Path) -> None:
    resolved = load(project / "scenarios" / "q1.yaml").resolved
    versions = dict(plan.versions)
    today = Today(resolved, Fitted(plan.curves.digest), versions=versions)
    assert standing(plan, today).state == "current"
    newer = {**versions, "budget-allocation-engine": "9.0", "numpy": "9.1"}
    found = standing(plan, Today(resolved, Fitted(plan.curves.digest), versions=newer))
    made = plan.versions["budget-allocation-engine"]
    assert found.reasons == (
        Reason(Cause.ENGINE, f"made by version {made}, installed is 9.0"),
    )  # fmt: skip
    assert found.words == (f"engine: made by version {made}, installed is 9.0",)
    assert found.notes == (f"numpy {plan.versions['numpy']}, installed is 9.1",)
