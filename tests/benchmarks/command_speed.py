"""How long a planner waits: every command from a cold start, against Python and its imports alone.

    python tests/benchmarks/command_speed.py --runs 5

Each figure is the median wall time of several fresh processes, with bytecode caches on, as
installed. The baselines are an empty Python process and one that only imports the libraries a
plan needs: what is above the second is ours.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
SCENARIOS = ("base", "cut", "growth")
LIBRARIES = "import xarray, h5netcdf, scipy.optimize, pyomo.environ, highspy, pydantic, rich"
ALLOCATOR = "from allocator.cli import main; main()"


def seconds(arguments: list[str], runs: int) -> float:
    """Median wall time of fresh processes; the first, which may write caches, is not counted."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    times = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, *arguments], cwd=REPOSITORY, env=environment, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def rows(runs: int, folder: Path) -> list[tuple[str, float]]:
    """(what, seconds), the two baselines first."""

    def command(*arguments: str) -> float:
        return seconds(["-c", ALLOCATOR, *arguments], runs)

    base = "scenarios/2027-q1-base.yaml"
    measured = [
        ("python, nothing else", seconds(["-c", "pass"], runs)),
        ("python, the libraries of a plan", seconds(["-c", LIBRARIES], runs)),
        ("allocator --help", command("--help")),
        ("allocator show", command("show", base)),
    ]
    for name in SCENARIOS:
        out = str(folder / name)
        asked = (f"scenarios/2027-q1-{name}.yaml", "--out", out, "--force", "--quiet")
        measured.append((f"allocator plan, {name}", command("plan", *asked)))
    plan = str(folder / "base" / "plan.json")
    measured.append(("allocator verify, base", command("verify", plan, "--quiet")))
    return measured


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        measured = rows(runs, Path(folder))
    libraries = measured[1][1]
    print(f"{'':34}{'seconds':>9}{'/ libraries':>13}")
    for what, took in measured:
        print(f"{what:34}{took:9.2f}{took / libraries:13.2f}")


if __name__ == "__main__":
    main()
