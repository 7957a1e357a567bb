"""A sweep: what it keeps, that it repeats nothing, what a kill leaves, what failures stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import sweep_case

from allocator.cli import app
from allocator.plan.file import read
from allocator.sweep import work as worker
from allocator.sweep.conduct import Swept, Wish, sweep
from allocator.sweep.folder import Folder
from allocator.sweep.piece import key_of
from allocator.sweep.question import question
from mmm.errors import OutputImpossible
from mmm.terminal import run

SETS = {"budget.exactly": ("60k", "90k", "100k", "120k")}
LONGEST = 300.0  # seconds: 5 on a quiet machine, a minute and more on one that others use


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the scenarios that are really planned, as often as they are."""
    seen: list[str] = []
    plan = worker.plan

    def counted(loaded, *arguments, **options):
        seen.append(f"{loaded.scenario.id} {loaded.scenario.budget.exactly:.0f}")
        return plan(loaded, *arguments, **options)

    monkeypatch.setattr(worker, "plan", counted)
    return seen


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario with three cells, beside its curves."""
    return sweep_case.written(tmp_path_factory.mktemp("project"))


@dataclass(frozen=True)
class Made:
    """A sweep, its folder, and what was in it when it was done."""

    result: Swept
    out: Path
    files: dict[str, bytes]


@pytest.fixture(scope="module")
def swept(project: Path) -> Made:
    """Three cells × four budgets, planned in this process."""
    out = project.parent / "swept"
    result = sweep(question([project], sets=SETS), out)
    return Made(result, out, sweep_case.files(out))


def test_every_cell_has_the_plan_it_has_alone(
    project: Path, swept: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    """The curves are equal, so money is split evenly but for the cap on l0."""
    result, out = swept.result, swept.out
    assert len(result.cells) == result.made == 12
    for cell in result.cells:
        plan = read(Folder(out).plan_file(cell.key))
        budget = float(cell.choices["budget.exactly"].rstrip("k")) * 1000
        cap = {"base": 60e3, "tight": 20e3, "absent": 400e3}[cell.variant]
        assert plan.lines[0].total == pytest.approx(min(cap, budget / 3), rel=0.03), cell.name
        assert plan.totals.plan.spend == budget
    alone = out / "plans" / "aa"
    command = ["plan", str(project), "--cell", "tight", "--set", "budget.exactly=120k"]
    assert run(app, [*command, "--out", str(alone), "--quiet"]) == 0
    (key,) = (one.key for one in result.cells if one.name == "q1.tight,budget.exactly=120k")
    assert (alone / "plan.json").read_bytes() == Folder(out).plan_file(key).read_bytes()
    for file in alone.iterdir():
        file.unlink()
    alone.rmdir()


def test_what_is_there_is_not_made_again(project: Path, swept: Made, solved: list[str]) -> None:
    out = swept.out
    before = sweep_case.files(out)
    assert sweep(question([project], sets=SETS), out).made == 0
    assert sweep_case.files(out) == before
    other = {"budget.exactly": ("100k", "110k")}
    assert sweep(question([project], sets=other), out).made == 3
    assert solved == [f"{name} 110000" for name in ("q1", "q1.tight", "q1.absent")]
    assert sweep(question([project], sets={"budget.exactly": ("110k",)}), out).made == 0
    assert sweep(question([project], sets=SETS), out).made == 0
    one = {"budget.exactly": ("60k",)}
    assert sweep(question([project], sets=one), out, Wish(force=True)).made == 3
    assert sweep(question([project], sets=SETS), out).made == 0
    after = sweep_case.files(out)
    assert {name: after[name] for name in before if "summaries" not in name} == {
        name: text for name, text in before.items() if "summaries" not in name
    }


def test_a_killed_sweep_goes_on_and_repeats_nothing(
    project: Path, swept: Made, solved: list[str]
) -> None:
    """A worker, killed with its parent; what it left and the rest is what one process makes."""
    out = project.parent / "killed"
    budgets = SETS["budget.exactly"]
    command = [
        "sweep", str(project), "--set", f"budget.exactly={','.join(budgets)}", "--out", str(out),
        "--workers", "1", "--quiet",
    ]  # fmt: skip
    program = "from allocator.cli import main; main()"
    python = os.pathsep.join(sys.path)
    process = subprocess.Popen(
        [sys.executable, "-c", program, *command],
        env=os.environ | {"PYTHONPATH": python},
        start_new_session=True,
    )
    until = time.monotonic() + LONGEST
    try:
        while not list(out.glob("plans/*/*.json")):
            assert time.monotonic() < until
            assert process.poll() is None
            time.sleep(0.005)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    while _alive(process.pid):  # the worker ends with its parent
        assert time.monotonic() < until
        time.sleep(0.01)
    there = {path.stem for path in out.glob("plans/*/*.json")}
    assert 1 <= len(there) < 12
    result = sweep(question([project], sets=SETS), out)
    assert len(solved) == result.made == 12 - len(there)
    assert sweep_case.files(out) == swept.files


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_line_cut_short_costs_no_plan(swept: Made, project: Path, solved) -> None:
    out = swept.out
    sweep(question([project], sets=SETS), out)
    before = sweep_case.files(out)
    lines = out / "summaries" / "all.jsonl"
    lines.write_bytes(lines.read_bytes()[:-40])
    (out / "summaries" / f"{os.getpid()}.jsonl").write_text('{"key": "half a li', encoding="utf-8")
    assert sweep(question([project], sets=SETS), out).made == 0
    assert solved == []
    assert sweep_case.files(out) == before


def test_failures_are_results_and_stop_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], solved: list[str]
) -> None:
    file = sweep_case.written(tmp_path, sweep_case.QUARTER + (
        "    much: {constraints: [{id: floor, each: [l1], spend: {min: 95k}}]}\n"
        "    other: {constraints: [{id: none, each: [lx], spend: {min: 1k}}]}\n"
    ))  # fmt: skip
    out = tmp_path / "out"
    command = [
        "sweep", str(file), "--set", "budget.exactly=90k,ninety", "--out", str(out),
        "--workers", "0",
    ]  # fmt: skip
    assert run(app, command) == 3
    told = capsys.readouterr()
    assert "6 cells: 3 proven within gap, 2 bad input, 1 infeasible. 5 planned now." in told.out
    assert "q1.much,budget.exactly=90k: infeasible: budget, floor" in told.err
    assert "q1.other,budget.exactly=90k: bad input: " in told.err
    assert "found the line 'lx'" in told.err
    assert "budget.exactly=ninety: bad input: --set: budget.exactly" in told.err
    (why,) = (path for path in out.glob("failed/*/*.json") if "infeasible" in path.read_text())
    assert {"change", "write"} <= json.loads(why.read_text())["answer"]["ways_out"][0].keys()
    solved.clear()
    assert run(app, command) == 3
    assert solved == []
    capsys.readouterr()
    assert run(app, ["sweep", "list", str(out), "--where", "status=infeasible", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["cell"], row["budget"]) == ("q1.much,budget.exactly=90k", 90_000)
    assert "value" not in row


def test_an_internal_fault_is_tried_again(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments, **options):
        raise ZeroDivisionError("by nothing")

    with monkeypatch.context() as patched:
        patched.setattr(worker, "plan", broken)
        first = sweep(question([project]), tmp_path / "out")
    assert first.exit_code == 1
    assert first.failures()["q1"] == "internal fault: ZeroDivisionError: by nothing"
    (file, *_) = (tmp_path / "out" / "failed").rglob("*.json")
    assert "in broken" in file.read_text(encoding="utf-8")
    again = sweep(question([project]), tmp_path / "out")
    assert (again.made, again.exit_code) == (3, 0)
    assert not list((tmp_path / "out" / "failed").rglob("*.json"))


def test_one_sweep_at_a_time_in_a_folder(tmp_path: Path, project: Path) -> None:
    with (
        Folder(tmp_path).being_swept(),
        pytest.raises(OutputImpossible, match="another sweep is at work there"),
    ):
        sweep(question([project]), tmp_path)


def test_another_version_has_another_key(project: Path, swept: Made) -> None:
    from allocator.run import versions

    result = swept.result
    (loaded,) = (one.loaded for one in question([project]).asked if one.variant == "base")
    (digest,) = {json.dumps(read(path).curves.digest) for path in swept.out.rglob("plans/*/*.json")}
    own = [json.loads(digest)]
    key = key_of(loaded, own, versions())
    same = next(cell.key for cell in result.cells if cell.name == "q1,budget.exactly=90k")
    assert key == same
    assert key_of(loaded, own, {**versions(), "budget-allocation-engine": "0.2"}) != key
    assert key_of(loaded, ["0" * 64], versions()) != key
    assert key_of(loaded, own, versions(), "a reason") != key


def test_cells_are_compared_by_name_or_key(
    swept: Made, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twice the money in even splits of equal curves that are roots: √2 times the revenue."""
    sweep(question([project], sets=SETS), swept.out)
    names = ["q1.absent,budget.exactly=60k", "q1.absent,budget.exactly=120k"]
    (key,) = (cell.key for cell in swept.result.cells if cell.name == names[1])
    assert run(app, ["sweep", "compare", str(swept.out), names[0], key[:8], "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert [one["spend"] for one in body["plans"]] == [60_000, 120_000]
    assert run(app, ["sweep", "compare", str(swept.out), "q1.absnt", "fffffff"]) == 2
    assert "found 'q1.absnt', expected the name of a cell" in capsys.readouterr().err
