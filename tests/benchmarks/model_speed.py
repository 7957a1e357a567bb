"""How fast the model samples: ours, ours without integrating the baseline out, PyMC-Marketing.

    python tests/benchmarks/model_speed.py --seeds 3 --pymc-marketing /path/to/its/python

Every run is a process of its own. CPU seconds include building and compiling and leave imports
out; ESS is the smallest bulk ESS over the channels' parameters (adstock, saturation, effect).
By default every run starts with an empty PyTensor cache, as on a fresh machine.
PyMC-Marketing is no dependency of this project: name the Python of an environment that has it.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PYMC_MARKETING = Path(__file__).with_name("pymc_marketing_speed.py")
OURS = ("marginal", "plain")

MODEL = """\
schema_version: 1
data: {{tables: [{{file: {file}}}]}}
currency: EUR
kpis: {{sales: {{column: y, unit: currency}}}}
defaults: {{adstock: {{window: 8}}, saturation: {{kind: {saturation}}}}}
controls: [{{column: price}}, {{column: holiday}}]
channels:
{channels}
"""


def model_text(options: argparse.Namespace) -> str:
    """model.yaml for the benchmark's table: channels are the columns chNN."""
    with options.data.open(encoding="utf-8") as table:
        head = next(csv.reader(table))
    channels = "\n".join(f"  {name}: {{spend: {name}}}" for name in head if name.startswith("ch"))
    return MODEL.format(file=options.data, saturation=options.saturation, channels=channels)


def sample_ours(options: argparse.Namespace) -> dict[str, float]:
    """One run of our model: what is printed as JSON by the process that does it."""
    import mmm.model  # noqa: F401  # its import is not part of the figure
    from mmm.data import load
    from mmm.gather import gather
    from mmm.posterior import diagnose
    from mmm.sampling import Piece, sample
    from mmm.spec import SamplingSpec, spec_of
    from mmm.yamlfile import parse

    spec = spec_of(parse(model_text(options), "model.yaml"))
    sampling = SamplingSpec(
        draws=options.draws, tune=options.tune, chains=options.chains, seed=options.seed
    )
    started = time.process_time()
    evidence = gather(spec, load(spec), "sales")
    piece = Piece(evidence, sampling, options.cores)
    draws, stats = sample(piece, lambda _: None, plain=options.one == "plain")
    cpu = time.process_time() - started
    channel = {name: values for name, values in draws.items() if name not in ("b", "sigma")}
    found = diagnose(channel, stats)
    return {
        "cpu": cpu,
        "ess": found.ess_bulk.value,
        "r_hat": found.r_hat.value,
        "divergences": found.divergences,
        "steps": float(stats["n_steps"].mean()),
    }


def run_one(kind: str, seed: int, options: argparse.Namespace) -> dict[str, float]:
    """One run in its own process; ``wall`` is the whole process, imports included."""
    python, script = sys.executable, str(Path(__file__))
    if kind == "PyMC-Marketing":
        python, script = str(options.pymc_marketing), str(PYMC_MARKETING)
    command = [
        python, script, "--one", kind, "--seed", str(seed), "--data", str(options.data),
        "--draws", str(options.draws), "--tune", str(options.tune),
        "--chains", str(options.chains), "--cores", str(options.cores),
        "--saturation", options.saturation,
    ]  # fmt: skip
    done, wall = timed(command, options)
    return {**json.loads(done.splitlines()[-1]), "wall": wall}


def csv_to_curves(seed: int, options: argparse.Namespace) -> float:
    """Wall seconds of ``mmm fit`` on the table, from the first import to the files."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.yaml"
        model.write_text(model_text(options), encoding="utf-8")
        command = [
            sys.executable, "-c", "from mmm.cli import main; main()", "fit", str(model),
            "--out", f"{folder}/fit", "--quiet", "--seed", str(seed),
            "--draws", str(options.draws), "--tune", str(options.tune),
            "--chains", str(options.chains), "--cores", str(options.cores),
        ]  # fmt: skip
        return timed(command, options)[1]


def timed(command: list[str], options: argparse.Namespace) -> tuple[str, float]:
    """Standard output and wall seconds of a command; what it complains about is shown."""
    with tempfile.TemporaryDirectory() as cache:
        flags = {} if options.warm else {"PYTENSOR_FLAGS": f"base_compiledir={cache}"}
        environment = {**os.environ, **flags, "PYTHONPATH": str(REPOSITORY)}
        environment |= {"OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
        started = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        wall = time.perf_counter() - started
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout, wall


def compare(options: argparse.Namespace) -> None:
    """Print every run, then medians over seeds."""
    kinds = [*OURS, *(["PyMC-Marketing"] if options.pymc_marketing else [])]
    head = f"{'':16}{'seed':>5}{'ESS/CPU s':>11}{'ESS':>7}{'CPU s':>8}"
    head += f"{'steps':>7}{'div':>5}{'R-hat':>8}"
    print(f"{options.data.name}, {options.saturation}, {options.chains} chains of "
          f"{options.tune} + {options.draws}, {os.cpu_count()} cores, "
          f"{'warm' if options.warm else 'empty'} PyTensor cache", head, sep="\n")  # fmt: skip
    rates: dict[str, list[float]] = {kind: [] for kind in kinds}
    walls: dict[str, list[float]] = {kind: [] for kind in kinds}
    for seed in range(1, options.seeds + 1):
        for kind in kinds:
            run = run_one(kind, seed, options)
            rates[kind].append(run["ess"] / run["cpu"])
            walls[kind].append(run["wall"])
            print(f"{kind:16}{seed:5}{rates[kind][-1]:11.1f}{run['ess']:7.0f}{run['cpu']:8.1f}"
                  f"{run['steps']:7.0f}{run['divergences']:5.0f}{run['r_hat']:8.4f}",
                  flush=True)  # fmt: skip
    median = {kind: statistics.median(values) for kind, values in rates.items()}
    for kind in kinds[1:]:
        ratio = median["marginal"] / median[kind]
        print(f"marginal against {kind}: {ratio:.1f} times the effective samples per CPU second "
              f"(median {median['marginal']:.1f} against {median[kind]:.1f})")  # fmt: skip
    if options.csv_to_curves:
        ours = statistics.median(csv_to_curves(s, options) for s in range(1, options.seeds + 1))
        print(f"CSV to curves, mmm fit: {ours:.0f} s, imports included")
        if options.pymc_marketing:
            theirs = statistics.median(walls["PyMC-Marketing"])
            print(f"CSV to fit, PyMC-Marketing: {theirs:.0f} s, imports included")


def options_of(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    datasets = os.environ.get("DATASETS", REPOSITORY.parent / "shared" / "datasets")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(datasets) / "bench" / "syn20.csv")
    parser.add_argument("--saturation", choices=("logistic", "hill"), default="logistic")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1, help="of a single run")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--tune", type=int, default=1000)
    parser.add_argument("--chains", type=int, default=4)
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    parser.add_argument("--warm", action="store_true", help="keep PyTensor's cache between runs")
    parser.add_argument("--pymc-marketing", type=Path, help="a Python that has pymc-marketing")
    parser.add_argument("--csv-to-curves", action="store_true", help="time mmm fit as a whole, too")
    parser.add_argument("--one", choices=OURS, help="a single run, printed as JSON")
    options = parser.parse_args(arguments)
    options.data = options.data.resolve()
    return options


if __name__ == "__main__":
    chosen = options_of(sys.argv[1:])
    if chosen.one:
        print(json.dumps(sample_ours(chosen)))
    else:
        compare(chosen)
