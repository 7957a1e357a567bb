"""What regions cost: two public sets fitted, cost against their number, and many models at once.

    python tests/benchmarks/region_speed.py --pymc-marketing /path/to/its/python --write

Every run is a process of its own; figures as in model_speed.py. The fits are of eight regions
made for this project and of Meridian's twenty (both among the public datasets). PyMC-Marketing,
where its Python is named, gets the first of them and --limit CPU seconds. Cost against size is the
time of one gradient of Meridian's set cut to its first regions. Many models are two of those
regions as markets with two KPIs each. --write puts the tables into docs/performance.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from fit_journey import gradient
from speed_runs import (
    DATASETS,
    FIGURES,
    OURS,
    PAGE,
    REPOSITORY,
    children,
    figures,
    imports,
    markdown,
    run,
    sampled,
    script,
)
from worlds_report import write_tables

SETS = {
    "syn_geo": ("sales", "eight regions × 10 channels × 156 weeks"),
    "meridian_geo": ("revenue", "Meridian's `geo_media`: 20 regions × 4 channels × 156 weeks"),
}
SIZES = (1, 2, 4, 8, 16)
CONVERGED = {"r_hat": 1.01, "ess": 400}
MARKETS = (range(1), range(1, 2))
CALLS = 400  # gradients timed: a tenth of a second and more


def spec_of_set(name: str, regions: range | None = None) -> Any:
    """The model file of a set; of Meridian's regions only some, whose table is cut."""
    from mmm.spec import spec_of
    from mmm.yamlfile import parse

    text = (REPOSITORY / "tests" / "real" / f"{name}.yaml").read_text("utf-8")
    text = text.replace("{datasets}", str(DATASETS))
    if regions is None:
        return spec_of(parse(text, "model.yaml"))
    kept = {f"Geo{place}" for place in regions}
    if len(kept) == 1:  # nothing to keep apart: a market of its own
        text = text.split("answers:")[0].replace(", geo: geo", "")
    lines = [
        line
        for line in text.splitlines()
        if not line.startswith("    Geo") or line.split(":")[0].strip() in kept
    ]
    whole = DATASETS / "meridian_simulated" / "geo_media.csv"
    cut = Path(tempfile.mkdtemp()) / whole.name
    with whole.open(encoding="utf-8") as table, cut.open("w", encoding="utf-8") as out:
        rows = csv.DictReader(table)
        writer = csv.DictWriter(out, rows.fieldnames or ())
        writer.writeheader()
        writer.writerows(row for row in rows if row["geo"] in kept)
    return spec_of(parse("\n".join(lines).replace(str(whole), str(cut)), "model.yaml"))


def fit_one(options: argparse.Namespace) -> dict[str, float]:
    """Sample one set, in the process that it has to itself."""
    from mmm.data import load
    from mmm.model.gather import gather

    spec = spec_of_set(options.one)
    evidence = gather(spec, load(spec), SETS[options.one][0])
    return sampled(evidence, sampling_of(options), options.cores)


def sampling_of(options: argparse.Namespace) -> Any:
    """How to sample, as the options say."""
    from mmm.spec import SamplingSpec

    return SamplingSpec(
        draws=options.draws, tune=options.tune, chains=options.chains, seed=options.seed
    )


def gradient_cost(regions: int) -> dict[str, float]:
    """CPU microseconds of one gradient of Meridian's first regions; seconds to compile it."""
    from mmm.data import load
    from mmm.fit.compiled import compiled
    from mmm.model.build import build
    from mmm.model.gather import gather

    spec = spec_of_set("meridian_geo", range(regions))
    model = build(gather(spec, load(spec), "revenue"))
    started = time.process_time()
    density = compiled(model)
    call, rng = gradient(density), np.random.default_rng(1)
    points = 0.1 * rng.normal(size=(CALLS, density.n_dim))
    call(points[0])
    ready = time.process_time()
    for point in points:
        call(point)
    taken = time.process_time() - ready
    return {"gradient": 1e6 * taken / CALLS, "compile": ready - started, "size": int(density.n_dim)}


def many(options: argparse.Namespace) -> dict[str, float]:
    """Two markets with two KPIs each: in one runner, and one after another."""
    from mmm.data import load
    from mmm.fit.conduct import fit_piece, prepare
    from mmm.runner import run as run_pieces
    from mmm.runner import shares

    models = {}
    for place, regions in enumerate(MARKETS):
        spec = spec_of_set("meridian_geo", regions)
        models[f"market {place}"] = prepare(spec, load(spec), sampling=sampling_of(options))
    found: dict[str, float] = {}
    for key, cores in (("together", options.cores), ("one", 1)):
        workers, threads = shares(cores, 2 * len(MARKETS))
        pieces = {
            f"{model}: {kpi}": piece
            for model, prepared in models.items()
            for kpi, piece in prepared.pieces(threads).items()
        }
        before, started = children(), time.perf_counter()
        run_pieces(fit_piece, pieces, workers=workers)
        found[key] = time.perf_counter() - started
        found[f"{key}_cpu"] = children() - before
    return found


def fits_table(options: argparse.Namespace) -> str:
    """Both sets, whether they converged, and what PyMC-Marketing does with the first."""
    rows = []
    for name, (_, label) in SETS.items():
        done = run(script("region_speed.py", "--one", name, *sizes(options)))
        one = json.loads(done.output.splitlines()[-1])
        good = one["r_hat"] <= CONVERGED["r_hat"] and one["ess"] >= CONVERGED["ess"]
        rows.append([label, *figures(one), "yes" if good else "no"])
        print(*rows[-1], sep="  ", flush=True)
    if options.pymc_marketing:
        rows.append(["the first, PyMC-Marketing with nutpie", *theirs(options)])
    return markdown(("", *FIGURES, "R-hat ≤ 1.01 and ESS ≥ 400"), rows)


def theirs(options: argparse.Namespace) -> list[str]:
    """PyMC-Marketing's row; where it needs more CPU seconds than the limit, that."""
    imports(str(options.pymc_marketing), "import pymc_marketing.mmm.multidimensional")
    command = script(
        "pymc_marketing_speed.py", "--one", "regions", "--saturation", "logistic",
        "--data", DATASETS / "bench" / "syn_geo.csv", *sizes(options),
        python=options.pymc_marketing,
    )  # fmt: skip
    stop = partial(resource.setrlimit, resource.RLIMIT_CPU, (options.limit, -1))
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=stop)
    if done.returncode == -signal.SIGXCPU:
        return ["–", f"> {options.limit:,}, stopped", *["–"] * (len(FIGURES) - 2), "no"]
    if done.returncode:
        raise SystemExit(done.stderr)
    one = json.loads(done.stdout.splitlines()[-1])
    good = one["r_hat"] <= CONVERGED["r_hat"] and one["ess"] >= CONVERGED["ess"]
    return [*figures(one), "yes" if good else "no"]


def cost_table() -> str:
    """One row for each number of regions; against the cost of one region that many times."""
    rows, first = [], 0.0
    for regions in SIZES:
        done = run(script("region_speed.py", "--regions", regions))
        one = json.loads(done.output.splitlines()[-1])
        first = first or one["gradient"]
        rows.append([
            str(regions), str(one["size"]), f"{one['compile']:.1f}", f"{one['gradient']:,.0f}",
            f"{one['gradient'] / regions:,.0f}", f"{one['gradient'] / first:.1f}",
        ])  # fmt: skip
        print(*rows[-1], sep="  ", flush=True)
    head = ("regions", "parameters", "compile, CPU s", "gradient, CPU µs", "a region, µs",
            "times one region's")  # fmt: skip
    return markdown(head, rows)


def many_table(options: argparse.Namespace) -> str:
    """Wall seconds of four fits in one runner, and one after another."""
    done = run(script("region_speed.py", "--many", *sizes(options)))
    one = json.loads(done.output.splitlines()[-1])
    ratio = one["one"] / one["together"]
    return (
        f"Two markets × two KPIs: {one['together']:.0f} s on {options.cores} cores, "
        f"{one['one']:.0f} s one after another on one, {ratio:.2f} times as fast "
        f"({one['together_cpu']:.0f} against {one['one_cpu']:.0f} CPU s: "
        f"every further process imports for itself)."
    )


def sizes(options: argparse.Namespace) -> list[object]:
    """Draws, chains and cores, for a process of its own."""
    names = ("draws", "tune", "chains", "cores", "seed")
    return [part for name in names for part in (f"--{name}", getattr(options, name))]


def main(options: argparse.Namespace) -> None:
    """Run everything, then print or write the tables."""
    imports(sys.executable, OURS)
    parts = {
        "regions": partial(fits_table, options),
        "cost": cost_table,
        "many": partial(many_table, options),
    }
    tables = {name: part() for name, part in parts.items() if name in options.parts}
    if options.write:
        write_tables(PAGE, tables)
    else:
        print(*tables.values(), sep="\n\n")


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, default in (("draws", 1000), ("tune", 500), ("chains", 4), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    parser.add_argument("--parts", nargs="+", default=["regions", "cost", "many"],
                        choices=("regions", "cost", "many"))  # fmt: skip
    parser.add_argument("--pymc-marketing", type=Path, help="a Python that has pymc-marketing")
    parser.add_argument("--limit", type=int, default=1000, help="CPU seconds it gets")
    parser.add_argument("--write", action="store_true", help="put the tables into the page")
    parser.add_argument("--one", choices=tuple(SETS), help="a single fit, printed as JSON")
    parser.add_argument("--regions", type=int, help="a single gradient, printed as JSON")
    parser.add_argument("--many", action="store_true", help="the many models, printed as JSON")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    chosen = options_of(sys.argv[1:])
    if chosen.one:
        print(json.dumps(fit_one(chosen)))
    elif chosen.regions:
        print(json.dumps(gradient_cost(chosen.regions)))
    elif chosen.many:
        print(json.dumps(many(chosen)))
    else:
        main(chosen)
