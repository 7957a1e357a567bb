"""What a command must not load to start: each import is paid for in seconds by whoever waits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

MODEL = ("pymc", "pytensor", "arviz", "nutpie", "numba", "jax")
PLOTS = ("matplotlib",)
SOLVERS = ("pyomo", "highspy")
ROOT = Path(__file__).parents[2]

READS = (*MODEL, *PLOTS, *SOLVERS, "numpy", "xarray", "scipy")
SHOW = "from allocator.cli import app; from mmm.terminal import run; run(app, ['show', {}])"
CASES = {
    "import mmm.curves": (*MODEL, *PLOTS, *SOLVERS, "scipy"),
    "import mmm.curves.importing": (*MODEL, *PLOTS, *SOLVERS),
    "import allocator.plan": READS,
    "import allocator.scenario": (*MODEL, *PLOTS, *SOLVERS, "scipy"),
    "import allocator.verify": (*MODEL, *PLOTS, *SOLVERS),
    "import allocator.reports.planner": (*MODEL, *PLOTS, *SOLVERS, "scipy", "xarray"),
    "import allocator.run": (*MODEL, *PLOTS, "pyomo"),
    SHOW.format("'scenarios/2027-q1-base.yaml'"): READS,
    SHOW.format("'scenarios/2027-q1-base.yaml', '--resolved', '--json'"): READS,
}
"""What is done -> the modules that it must not load."""
PROGRAM = """
import json, os, sys
for code in json.loads(sys.argv[1]):
    read, write = os.pipe()
    if os.fork() == 0:
        sys.stdout = open(os.devnull, "w")
        exec(code)
        os.write(write, json.dumps(sorted(sys.modules)).encode())
        os._exit(0)
    os.close(write)
    with open(read) as told:
        print(told.read())
    os.wait()
"""


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """Case -> the modules that an interpreter has after it and nothing else."""
    ask = [sys.executable, "-c", PROGRAM, json.dumps(list(CASES))]
    done = subprocess.run(ask, capture_output=True, text=True, cwd=ROOT, check=True, timeout=120)
    told = [set(json.loads(line)) for line in done.stdout.splitlines()]
    return dict(zip(CASES, told, strict=True))


@pytest.mark.parametrize("code", CASES)
def test_what_is_not_loaded(code: str, loaded: dict[str, set[str]]) -> None:
    assert "sys" in loaded[code]
    assert any(name.startswith(("mmm.", "allocator.")) for name in loaded[code])
    assert loaded[code].isdisjoint(CASES[code])


def test_verifying_a_plan_loads_no_solver_but_scipys(tmp_path: Path) -> None:
    """Not only the import: the whole command, on a plan of imported curves."""
    code = (
        "import sys; sys.path.insert(0, 'tests/allocator')\n"
        "import test_imports; test_imports.plan_of_two_lines(sys.argv[1])"
    )
    made = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    ask = (
        "import sys\n"
        "from allocator.cli import app\n"
        "from mmm.terminal import run\n"
        "code = run(app, ['verify', sys.argv[1], '--quiet'])\n"
        "print('LOADED', *sys.modules)\n"
        "sys.exit(code)"
    )
    plan = tmp_path / "scenarios" / "plan.json"
    done = subprocess.run(
        [sys.executable, "-c", ask, str(plan)],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "scipy.optimize" in loaded
    assert loaded.isdisjoint((*MODEL, *PLOTS, *SOLVERS))


def plan_of_two_lines(folder: str) -> None:
    """Write scenarios/plan.json below ``folder``."""
    import curve_case
    import numpy as np

    from allocator import run

    at = np.linspace(0, 3e6, 9)
    curves = curve_case.tabulated(
        {"tv": at.tolist(), "search": at.tolist()},
        {"revenue": {"tv": 3e3 * np.sqrt(at)[None], "search": 2e3 * np.sqrt(at)[None]}},
    )
    loaded = curve_case.project(Path(folder), curves, "reference: {flat: true}")
    answer = run.plan(loaded, curves, folder=loaded.curves_file.parent)
    assert answer.plan is not None
    (loaded.curves_file.parent / "plan.json").write_text(answer.plan.to_json(), encoding="utf-8")
