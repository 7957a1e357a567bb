"""Twenty concave channels × 13 weeks × 4,000 draws, tabulation included."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from .local_search import equal_split, slsqp, within, worth
from .market import MOST_RETENTION, Draws, Size, curves_of, posed
from .ours import ours, untouched
from .part import Table, percent, seconds, timed, times

SIZE = Size(20, 4000)
EARLIER = 215  # CPU s of PyMC-Marketing 0.19.2's optimiser on a case of this size, another day
THEIR_PYTHON = "PYMC_MARKETING_PYTHON"
SCRIPT = Path(__file__).with_name("pymc_marketing_optimiser.py")


def posterior(seed: int, size: Size) -> Draws:
    """Logistic curves at random: concave, alike in kind to the published case."""
    rng = np.random.default_rng(seed)
    shape = (size.lines, size.draws)

    def around(low: float, high: float, spread: float) -> np.ndarray:
        return rng.uniform(low, high, (size.lines, 1)) * rng.lognormal(0, spread, shape)

    scale = rng.gamma(4, 25_000, size.lines)
    return Draws(
        retention=np.minimum(around(0.1, 0.7, 0.1), MOST_RETENTION),
        effect=scale[:, None] * around(1, 4, 0.3),
        scale=scale,
        parameters={"rate": around(1, 4, 0.2)},
    )


def concave_weeks() -> Table:
    """Ours, SLSQP on our curves and, where it is installed, PyMC-Marketing's own optimiser."""
    draws = posterior(5, SIZE)
    curves = curves_of(draws, SIZE.weeks, SIZE.lags, around=0.0)  # it knows no spend before
    budget = 0.4 * float(draws.scale.sum()) * SIZE.weeks
    problem = posed(curves, budget)
    found = ours(untouched(problem))
    climbed, cpu = timed(lambda: slsqp(problem, equal_split(problem), unit=budget))
    results = {"SLSQP on our curves, one start": (worth(problem, climbed.spend), cpu)}
    theirs = pymc_marketing(draws, budget)
    if theirs is not None:
        spend = within(problem, np.array(theirs["weekly"]) * SIZE.weeks)
        name = f"PyMC-Marketing {theirs['version']}, its own optimiser, this run"
        results[name] = worth(problem, spend), theirs["cpu"]
    most = max(found.value, *(value for value, _ in results.values()))
    rows = [
        ("ours, tabulation included", seconds(found.cpu), "1", percent(1 - found.value / most),
         percent(found.gap)),
        *(
            (name, seconds(cpu), times(cpu / found.cpu), percent(1 - value / most), "none")
            for name, (value, cpu) in results.items()
        ),
        ("PyMC-Marketing 0.19.2, a case of this size, measured earlier", str(EARLIER),
         times(EARLIER / found.cpu), "–", "none"),
    ]  # fmt: skip
    return Table(
        ("", "CPU s", "times ours", "short of the best known", "gap"),
        rows,
        f"{SIZE.lines} logistic channels × {SIZE.weeks} weeks × {SIZE.draws:,} draws with "
        f"{SIZE.lags} weeks of carry-over, nothing spent before. Its CPU s are building the "
        f"optimiser (compiling) and one `allocate_budget`; it is run where ${THEIR_PYTHON} names a "
        "Python that has it.",
    )


def pymc_marketing(draws: Draws, budget: float) -> dict | None:
    """Its weekly amounts, CPU seconds and version; None where no Python is named."""
    python = os.environ.get(THEIR_PYTHON)
    if not python:
        return None
    with tempfile.TemporaryDirectory() as folder:
        handed = Path(folder) / "draws.npz"
        np.savez(
            handed, retention=draws.retention, effect=draws.effect, scale=draws.scale,
            rate=draws.parameters["rate"], lags=SIZE.lags, weeks=SIZE.weeks,
            weekly=budget / SIZE.weeks,
        )  # fmt: skip
        done = subprocess.run(
            [python, str(SCRIPT), str(handed)], capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])
