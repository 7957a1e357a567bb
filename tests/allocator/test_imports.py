"""What a command must not load to start: each import is paid for in seconds by whoever waits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MODEL = ("pymc", "pytensor", "arviz", "nutpie", "numba", "jax")
PLOTS = ("matplotlib",)
SOLVERS = ("pyomo", "highspy")
ROOT = Path(__file__).parents[2]

CASES = {
    "import mmm.curves": (*MODEL, *PLOTS, *SOLVERS, "scipy"),
    "import mmm.curves.importing": (*MODEL, *PLOTS, *SOLVERS),
    "import allocator.plan": (*MODEL, *PLOTS, *SOLVERS, "numpy", "xarray", "scipy"),
    "import allocator.scenario": (*MODEL, *PLOTS, *SOLVERS, "scipy"),
    "import allocator.verify": (*MODEL, *PLOTS, *SOLVERS),
    "import allocator.run": (*MODEL, *PLOTS),
    "import allocator.cli": (*MODEL, *PLOTS, *SOLVERS, "numpy", "xarray", "scipy"),
    "from allocator.cli import main; import sys; sys.argv = ['allocator', '--help']; main()": (
        *MODEL, *PLOTS, *SOLVERS, "numpy", "xarray", "scipy",
    ),
    "from allocator.cli import main; import sys; "
    "sys.argv = ['allocator', 'show', 'scenarios/2027-q1-base.yaml']; main()": (
        *MODEL, *PLOTS, *SOLVERS, "numpy", "xarray", "scipy",
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
def test_what_is_not_loaded(code: str) -> None:
    ask = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('\\nLOADED', *sorted(sys.modules), sep=' '))\n"
        f"{code}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.rpartition("LOADED ")[2].split())
    assert "sys" in loaded
    assert loaded.isdisjoint(CASES[code])


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
