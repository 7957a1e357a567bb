"""How near the model comes to worlds whose truth is known, and what its plans are worth there.

    python tests/benchmarks/worlds.py --workers 2 --cache /tmp/worlds --write

Every world is made by ``mmm simulate``, fitted by ``mmm fit`` with default priors, and scored by
``mmm.score``. A plan moves each line's spend between half and double with the total fixed, and is
valued by the true curves. What is done is kept in the cache under a digest of the world, the
options and the code, so that a run that was stopped goes on where it was. ``--published`` adds
the two public worlds (needs the public datasets). ``--write`` puts the tables into docs/worlds.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from separable_plan import Curve, best_plan, charged, worth

REPOSITORY = Path(__file__).parents[2]
NO_MODEL = ("cli", "simulate", "reach", "clv", "sbc")
CHARGES = {"expected": 0.0, "charged": 0.5}
"""Plan -> standard deviations of a line's gain that moving it costs."""


@dataclass(frozen=True)
class Job:
    """One world to make, fit and score."""

    preset: str
    seed: int
    experiments: int
    draws: int
    tune: int
    chains: int

    @property
    def label(self) -> str:
        """The row of the table it belongs to."""
        tests = f", {self.experiments} experiments a channel" if self.experiments else ""
        return self.preset + tests


def main(options: argparse.Namespace) -> None:
    """Run what is missing, then print or write the tables."""
    from worlds_report import published_table, table, write_tables

    jobs = [
        Job(preset, seed, experiments, options.draws, options.tune, options.chains)
        for preset, experiments in rows(options)
        for seed in range(options.first_seed, options.first_seed + options.seeds)
    ]
    records = run_all(jobs, options)
    text = {"presets": table(records)}
    if options.published:
        from published_worlds import run_published

        text["published"] = published_table(run_published(options))
    print("\n\n".join(text.values()))
    if options.write:
        write_tables(REPOSITORY / "docs" / "worlds.md", text)


def rows(options: argparse.Namespace) -> list[tuple[str, int]]:
    """(preset, experiments per line) of every row."""
    from mmm.simulate.presets import PRESETS, by_name

    chosen = [by_name(name).name for name in options.presets] or [one.name for one in PRESETS]
    return [(name, 0) for name in chosen] + [
        (name, 2) for name in options.with_experiments if name in chosen
    ]


def run_all(jobs: Sequence[Job], options: argparse.Namespace) -> list[dict[str, Any]]:
    """The record of every job, in their order; one that fails says so and is left out."""
    found: dict[Job, dict[str, Any]] = {}
    with ThreadPoolExecutor(options.workers) as pool:
        waiting = {pool.submit(run_one, job, options): job for job in jobs}
        for done in as_completed(waiting):
            job = waiting[done]
            try:
                found[job] = done.result()
            except subprocess.CalledProcessError as error:
                print(f"{job.label} {job.seed}: no fit\n{error.stderr}", file=sys.stderr)
                continue
            scores = found[job]["score"]
            print(f"{job.label:40}{job.seed:3}  accuracy {scores['accuracy']:.2f}  ROAS "
                  f"{scores['covered']}/{len(scores['lines'])}  {found[job]['cpu']:.0f} CPU s",
                  file=sys.stderr, flush=True)  # fmt: skip
    return [found[job] for job in jobs if job in found]


def run_one(job: Job, options: argparse.Namespace) -> dict[str, Any]:
    """Make the world, fit it unless that was done before, and score it."""
    from mmm.score import read_truth, score_kpi
    from mmm.simulate import simulate
    from mmm.simulate.files import write_preset
    from mmm.simulate.presets import by_name

    preset = by_name(job.preset)
    world = simulate(preset.recipe(job.seed, preset.weeks), job.seed)
    making = options.cache / f"making-{job.preset}-{job.seed}-{job.experiments}"
    write_preset(world, making, experiments=job.experiments, force=True)
    code = "" if options.any_code else code_digest()
    folder = options.cache / key_of(making, [asdict(job), code])
    if (folder / "record.json").exists():
        shutil.rmtree(making)
        return json.loads((folder / "record.json").read_text(encoding="utf-8"))
    shutil.rmtree(folder, ignore_errors=True)
    making.rename(folder)
    cpu, wall = fit(folder, job, seed=1)
    truth = read_truth(folder / "truth.json")
    own, curves, verdict = read_fit(folder / "fit")
    record = {
        **asdict(job), "label": job.label, "code": code_digest(), "cpu": cpu, "wall": wall,
        "verdict": verdict, "score": asdict(score_kpi(own, truth)),
        "plans": plans(curves, truth["responses"][own.kpi], own.kpi),
    }  # fmt: skip
    (folder / "record.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    return record


def fit(folder: Path, job: Job, *, seed: int) -> tuple[float, float]:
    """CPU and wall seconds of ``mmm fit`` in a process of its own, on one core."""
    command = [
        sys.executable, "-c", "from mmm.cli import main; main()", "fit", str(folder / "model.yaml"),
        "--out", str(folder / "fit"), "--quiet", "--force", "--cores", "1", "--seed", str(seed),
        "--draws", str(job.draws), "--tune", str(job.tune), "--chains", str(job.chains),
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "OPENBLAS_NUM_THREADS": "1"}
    log = folder / "fit.log"
    started = time.perf_counter()
    with log.open("wb") as out:
        running = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode != 0:
        raise subprocess.CalledProcessError(running.returncode, command, stderr=log.read_text())
    return used.ru_utime + used.ru_stime, time.perf_counter() - started


def read_fit(folder: Path) -> tuple[Any, Any, str]:
    """Contributions to the first KPI, curves, and the card's verdict."""
    from mmm.contributions import contributions
    from mmm.curves import load as load_curves
    from mmm.fit.conduct import load

    done = load(folder)
    kpi = str(done.posterior["kpi"].to_numpy()[0])
    own = contributions(done.posterior, done.constants, kpi)
    return own, load_curves(folder / "curves.nc"), str(done.card.verdict)


def plans(curves: Any, truth: dict[str, Any], kpi: str) -> dict[str, dict[str, float]]:
    """Plan -> gain over the reference and regret against the best plan, by the true curves."""
    from mmm.simulate.response import responses

    true = {
        line: Curve(own["spend"], np.array(own["multipliers"]), np.array(own["outcome"]))
        for line, own in truth.items()
    }
    learnt = responses(curves, kpi)
    if set(learnt) != set(true):
        raise ValueError(f"curves of other lines than the truth's: {set(learnt) ^ set(true)}")
    stay = worth(true, dict.fromkeys(true, 1.0))
    top = worth(true, best_plan(true))
    out = {}
    for name, charge in CHARGES.items():
        plan = best_plan(
            {
                line: charged(own.spend, np.array(own.multipliers), own.each, charge)
                for line, own in learnt.items()
            }
        )
        value = worth(true, plan)
        out[name] = {
            "gain": value / stay - 1,
            "possible": top / stay - 1,
            "regret": (top - value) / top,
            "captured": (value - stay) / (top - stay),
        }
    return out


def key_of(folder: Path, more: object) -> str:
    """Digest of the files a fit is made from and of all that changes its result."""
    sha = hashlib.sha256(json.dumps(more, sort_keys=True).encode())
    for path in sorted(folder.iterdir()):
        sha.update(path.name.encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()[:20]


def code_digest() -> str:
    """Digest of the code a fit is made by: all of mmm but what only reads, shows or simulates."""
    sha = hashlib.sha256()
    root = REPOSITORY / "mmm"
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root)
        if name.parts[0] not in NO_MODEL and not name.stem.endswith(("_text", "_plot", "console")):
            sha.update(str(name).encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()[:12]


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--presets", nargs="*", default=[], help="all if unsaid")
    parser.add_argument("--with-experiments", nargs="*", default=["easy"])
    parser.add_argument("--seeds", type=int, default=5, help="worlds of each row")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="fits at a time, one core each")
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--tune", type=int, default=500)
    parser.add_argument("--chains", type=int, default=2)
    parser.add_argument("--cache", type=Path, required=True, help="folder of fits and records")
    parser.add_argument("--any-code", action="store_true", help="take fits of earlier code, too")
    parser.add_argument("--published", action="store_true", help="the public worlds as well")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/worlds.md")
    options = parser.parse_args(arguments)
    options.cache = options.cache.resolve()
    return options


if __name__ == "__main__":
    main(options_of(sys.argv[1:]))
