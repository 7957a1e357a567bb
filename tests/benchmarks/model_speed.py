"""How fast the model samples: ours, ours without integrating the baseline out, PyMC-Marketing.

    python tests/benchmarks/model_speed.py --seeds 3 --pymc-marketing /path/to/its/python \
        --csv-to-curves --write

Every run is a process of its own. CPU seconds include building and compiling and leave imports
out; ESS is the smallest bulk ESS over the channels' parameters (adstock, saturation, effect).
PyTensor's cache is empty, as on a fresh machine, unless --warm says otherwise.
PyMC-Marketing is no dependency of this project: name the Python of an environment that has it.
--csv-to-curves adds where the time of ``mmm fit`` goes; --write puts the tables into
docs/performance.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import fit_journey
from speed_runs import (
    DATASETS,
    FIGURES,
    OURS,
    PAGE,
    figures,
    imports,
    markdown,
    run,
    sampled,
    script,
)
from worlds_report import write_tables

THEIRS = "PyMC-Marketing with nutpie"
KINDS = {"marginal": "baseline integrated out (ours)", "plain": "the same model, baseline sampled"}
FIT = "import pymc, nutpie, arviz, pymc_marketing.mmm.multidimensional"

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

Runs = Mapping[str, Sequence[Mapping[str, float]]]
"""Kind -> its runs, one a seed."""


def model_text(options: argparse.Namespace) -> str:
    """model.yaml for the benchmark's table: channels are the columns chNN."""
    with options.data.open(encoding="utf-8") as table:
        head = next(csv.reader(table))
    channels = "\n".join(f"  {name}: {{spend: {name}}}" for name in head if name.startswith("ch"))
    return MODEL.format(file=options.data, saturation=options.saturation, channels=channels)


def one(options: argparse.Namespace) -> dict[str, float]:
    """One run of our model, in the process that it has to itself."""
    from mmm.data import load
    from mmm.model.gather import gather
    from mmm.spec import SamplingSpec, spec_of
    from mmm.yamlfile import parse

    spec = spec_of(parse(model_text(options), "model.yaml"))
    sampling = SamplingSpec(
        draws=options.draws, tune=options.tune, chains=options.chains, seed=options.seed
    )
    evidence = gather(spec, load(spec), "sales")
    return sampled(evidence, sampling, options.cores, plain=options.one == "plain")


def run_one(kind: str, seed: int, options: argparse.Namespace) -> dict[str, float]:
    """One run in its own process; ``whole`` is the CPU of all of it, imports included."""
    theirs = kind == THEIRS
    command = script(
        "pymc_marketing_speed.py" if theirs else "model_speed.py",
        "--one", kind, "--seed", seed, "--data", options.data, "--draws", options.draws,
        "--tune", options.tune, "--chains", options.chains, "--cores", options.cores,
        "--saturation", options.saturation, python=options.pymc_marketing if theirs else None,
    )  # fmt: skip
    done = run(command, warm=options.warm)
    return {**json.loads(done.output.splitlines()[-1]), "whole": done.cpu, "wall": done.wall}


def sample_all(options: argparse.Namespace) -> dict[str, list[dict[str, float]]]:
    """Every kind with every seed, told as they come."""
    kinds = [*KINDS, *([THEIRS] if options.pymc_marketing else [])]
    imports(sys.executable, OURS)
    if options.pymc_marketing:
        imports(str(options.pymc_marketing), FIT)
    runs: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for seed in range(1, options.seeds + 1):
        for kind in kinds:
            runs[kind].append(run_one(kind, seed, options))
            print(kind, seed, *figures(runs[kind][-1]), sep="  ", flush=True)
    return runs


def sampling_table(runs: Runs, options: argparse.Namespace) -> str:
    """All runs, and the ratios of their medians."""
    rows = [
        [KINDS.get(kind, kind), str(seed), *figures(one)]
        for kind, its in runs.items()
        for seed, one in enumerate(its, start=1)
    ]
    rate = {kind: median(one["ess"] / one["cpu"] for one in its) for kind, its in runs.items()}
    ratios = [
        f"{rate['marginal'] / rate[kind]:.1f} times those of {KINDS.get(kind, kind)} "
        f"({rate['marginal']:.1f} against {rate[kind]:.1f})"
        for kind in list(runs)[1:]
    ]
    cache = "the user's" if options.warm else "an empty"
    return (
        f"{markdown(('', 'seed', *FIGURES), rows)}\n\n"
        f"Effective samples per CPU second, median over {options.seeds} seeds: "
        f"{', '.join(ratios)}. `{options.data.name}`, {options.saturation}, {options.chains} chains"
        f" of {options.tune:,} + {options.draws:,} draws, {cache} PyTensor cache."
    )


def journey_table(runs: Runs, options: argparse.Namespace) -> str:
    """Where the time from CSV to curves goes, and the whole against PyMC-Marketing's fit."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.yaml"
        model.write_text(model_text(options), encoding="utf-8")
        parts, whole = fit_journey.measured(model, options)
    rows = [[what, f"{seconds:.1f}"] for what, seconds in parts.items()]
    rows.append(["`mmm fit` as a whole: two processes, so two imports", f"{whole.cpu:.1f}"])
    text = f"{whole.cpu:.0f} CPU s and {whole.wall:.0f} s from CSV to curves"
    if theirs := runs.get(THEIRS):
        cpu, wall = (median(one[key] for one in theirs) for key in ("whole", "wall"))
        rows.append(["PyMC-Marketing, CSV to fit, curves left out", f"{cpu:.1f}"])
        text += f", {whole.cpu / cpu:.2f} of PyMC-Marketing's {cpu:.0f} CPU s and "
        text += f"{whole.wall / wall:.2f} of its {wall:.0f} s, which end with the fit"
    return f"{markdown(('', 'CPU s'), rows)}\n\n{text}; imports with bytecode caches."


def main(options: argparse.Namespace) -> None:
    """Run everything, then print or write the tables."""
    runs = sample_all(options)
    tables = {"sampling": sampling_table(runs, options)}
    if options.csv_to_curves:
        tables["journey"] = journey_table(runs, options)
    if options.write:
        write_tables(PAGE, tables)
    else:
        print(*tables.values(), sep="\n\n")


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATASETS / "bench" / "syn20.csv")
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
    parser.add_argument("--write", action="store_true", help="put the tables into the page")
    parser.add_argument("--one", choices=tuple(KINDS), help="a single run, printed as JSON")
    options = parser.parse_args(arguments)
    options.data = options.data.resolve()
    return options


if __name__ == "__main__":
    chosen = options_of(sys.argv[1:])
    if chosen.one:
        print(json.dumps(one(chosen)))
    else:
        main(chosen)
