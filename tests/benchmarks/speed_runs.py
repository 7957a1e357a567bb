"""Runs of the speed benchmarks: fresh processes, their CPU seconds, and tables of the figures."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
DATASETS = Path(os.environ.get("DATASETS", REPOSITORY.parent / "shared" / "datasets")).resolve()
PAGE = REPOSITORY / "docs" / "performance.md"
MEGABYTE = 1024  # of ru_maxrss, which Linux counts in KiB
OURS = "import mmm.fit.conduct, mmm.fit.compiled, pymc, nutpie, jax"
"""All that a fit imports."""


@dataclass(frozen=True)
class Run:
    """What a finished process printed, and what it and its own children took."""

    output: str
    cpu: float
    wall: float


def run(command: Sequence[str], *, warm: bool = False) -> Run:
    """One fresh process with bytecode caches, as installed; its complaints are shown.

    By default its PyTensor cache is empty, as on a fresh machine; ``warm`` keeps the user's.
    """
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONWARNINGS": "ignore"}
        environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        if not warm:
            environment["PYTENSOR_FLAGS"] = f"base_compiledir={cache}"
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        before, started = children(), time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        taken = Run(done.stdout, children() - before, time.perf_counter() - started)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return taken


def imports(python: str, statement: str) -> float:
    """CPU seconds of a process that only imports; a first one, not counted, writes the caches."""
    run([python, "-c", statement])
    return run([python, "-c", statement]).cpu


def children() -> float:
    """CPU seconds of all children that this process has waited for, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak() -> float:
    """The most memory this process has held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def sampled(evidence: Any, sampling: Any, threads: int, *, plain: bool = False) -> dict[str, float]:
    """Sample one KPI in this process: CPU seconds (build, compile, sampling), and how well.

    ESS is the smallest bulk ESS over the lines' parameters: adstock, saturation, average
    contribution, and the factor of each region.
    """
    # loaded here, so that no import is part of the figure
    import jax  # noqa: F401
    import nutpie  # noqa: F401

    import mmm.fit.compiled
    import mmm.model.build  # noqa: F401
    from mmm.fit.sampling import Piece, sample
    from mmm.posterior import diagnose

    started = time.process_time()
    raw, stats = sample(Piece(evidence, sampling, threads), lambda _: None, plain=plain)
    cpu = time.process_time() - started
    found = diagnose(evidence.resolved(raw), stats)
    return {
        "cpu": cpu,
        "ess": found.ess_bulk.value,
        "r_hat": found.r_hat.value,
        "divergences": found.divergences,
        "steps": float(stats["n_steps"].mean()),
        "memory": peak(),
    }


FIGURES = ("ESS", "CPU s", "ESS per CPU s", "R-hat", "steps a draw", "divergences", "peak MB")


def figures(one: Mapping[str, float]) -> list[str]:
    """A row's cells under FIGURES."""
    return [
        f"{one['ess']:,.0f}", f"{one['cpu']:.1f}", f"{one['ess'] / one['cpu']:.1f}",
        f"{one['r_hat']:.4f}", f"{one['steps']:.0f}", f"{one['divergences']:.0f}",
        f"{one['memory']:,.0f}",
    ]  # fmt: skip


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as it stands in a page."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def script(name: str, *arguments: object, python: Path | str | None = None) -> list[str]:
    """The command that runs a script beside this one."""
    there = str(Path(__file__).with_name(name))
    return [str(python or sys.executable), there, *map(str, arguments)]
