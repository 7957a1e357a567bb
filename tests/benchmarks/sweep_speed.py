"""What a sweep costs: a thousand variants of a steady scenario, and ten thousand results listed.

    python tests/benchmarks/sweep_speed.py --count 1000 --workers 2 --write

24 lines × 1,000 draws × 13 weeks with 8 weeks of carry-over, concave and S-shaped Hill curves,
five rules; variants differ in budget, in a rule's limit and in the margin. CPU seconds are those
of whole processes, imports among them, so that what a sweep saves is all there. `--write` puts
the tables into docs/performance.md and docs/scale.md.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from speed_runs import PAGE, REPOSITORY, children, run
from worlds_report import write_tables

sys.path += [str(REPOSITORY / "tests" / part) for part in ("allocator", "mmm")]
import cluster_case
import curve_case

from mmm.cluster import workers_at
from mmm.curves import save

LINES, DRAWS, LAGS = 24, 1000, 8
AFRESH = 5  # cells planned each by its own command, evenly over the sweep
LISTED = 10_000
SCALE = PAGE.with_name("scale.md")
PROGRAM = """
import re, resource, sys
from allocator.cli import main
try:
    main()
finally:
    own = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
    print(max(int(own), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss), file=sys.stderr)
"""
"""A command, and on the last line of its complaints what its largest process held: KiB.

Not ``ru_maxrss`` of the process itself, which a new one inherits from whoever started it.
"""
CONDITION, COLUMN = "better>=60%", "gain"


@dataclass(frozen=True)
class Taken:
    """CPU and wall seconds of a command, and the largest of its processes in MB."""

    cpu: float
    wall: float
    memory: float = 0.0


def scenario(count: int) -> str:
    """A scenario with about ``count`` cells: budgets × limits of a rule × margins."""
    limits, margins = 10, 5
    budgets = max(1, round(count / limits / margins))
    money = [f"    b{n}: {{budget: {{exactly: {3000 + 10 * n}k}}}}" for n in range(budgets - 1)]
    floor = [
        f"    f{n}: {{constraints: [{{id: floor, spend: {{min: {100 + 10 * n}k}}}}]}}"
        for n in range(limits - 1)
    ]
    margin = [f"    m{n}: {{economics: {{margin: {25 + 5 * n}%}}}}" for n in range(margins - 1)]
    axes = {"money": money, "floor": floor, "margin": margin}
    variants = "\n".join(
        line for name, those in axes.items() for line in (f"  {name}:", "    base: {}", *those)
    )
    return f"""\
schema_version: 1
id: many
title: A quarter in many variants
curves: curves.nc
period: {{start: 2027-W01, weeks: 13}}
currency: EUR
reference: {{actuals: {{start: 2026-W01, weeks: 13}}}}
until_start: same_weeks_last_year
budget: {{exactly: 3.1M}}
objective: {{maximise: profit}}
economics: {{margin: 40%}}
constraints:
  - {{id: moves, each: all, spend: {{from: reference, between: [-50%, +50%]}}}}
  - {{id: floor, together: [l00, l01], spend: {{min: 90k}}}}
  - {{id: cap, together: [l02, l03, l04, l05], share: {{max: 30%}}}}
  - {{id: search, each: [l06], spend: {{max: 200k}}}}
  - {{id: roas, together: all, roas: {{kpi: revenue, min: 0.2}}}}
variants:
{variants}
"""


def project(folder: Path, count: int) -> Path:
    """The scenario beside its curves."""
    lines = tuple(f"l{n:02d}" for n in range(LINES))
    market = curve_case.Market(lines=lines, kpis=("revenue",), draws=DRAWS, lags=LAGS)
    save(curve_case.parametric(7, market), folder / "curves.nc")
    (folder / "pyproject.toml").touch()
    file = folder / "many.yaml"
    file.write_text(scenario(count), encoding="utf-8")
    return file


def command(*arguments: str) -> Taken:
    """One ``allocator`` command in a fresh process; the memory of its largest process."""
    before, started = children(), time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode not in (0, 3, 4):
        raise SystemExit(f"{' '.join(arguments)}\n{done.stderr}")
    memory = int(done.stderr.split()[-1]) / 1024
    return Taken(children() - before, time.perf_counter() - started, memory)


def swept(file: Path, out: Path, workers: int) -> Taken:
    """The sweep."""
    return command("sweep", str(file), "--out", str(out), "--workers", str(workers), "--quiet")


def clustered(file: Path, out: Path, workers: int) -> Taken:
    """The same on a Dask cluster on this machine, its scheduler's and workers' start included."""
    before, started = children(), time.perf_counter()
    with cluster_case.cluster(file.parent, workers=workers) as running:
        cluster_case.wait_for(lambda: workers_at(running.address) == workers)
        there = ("--out", str(out), "--cluster", running.address, "--quiet")
        command("sweep", str(file), *there)
        wall = time.perf_counter() - started
    return Taken(children() - before, wall)


def afresh(file: Path, out: Path) -> list[Taken]:
    """Some of its cells, each by ``allocator plan``, the pages left out of the comparison."""
    cells = [json.loads(line) for line in (out / "cells.jsonl").read_text().splitlines()]
    every = max(1, len(cells) // AFRESH)
    taken = []
    for place, cell in enumerate(cells[::every][:AFRESH]):
        alone = file.parent / f"alone{place}"
        there = ("--cell", cell["variant"], "--out", str(alone), "--quiet")
        taken.append(command("plan", str(file), *there))
        made = json.loads((alone / "plan.json").read_text(encoding="utf-8"))
        same = json.loads((out / "plans" / cell["key"][:2] / f"{cell['key']}.json").read_text())
        assert made["lines"] == same["lines"], f"{cell['name']}: another plan"
    return taken


def many_results(out: Path, large: Path) -> int:
    """A folder of ``LISTED`` results made of those of a sweep, repeated; how many plans it has."""
    lines = (out / "summaries" / "all.jsonl").read_text(encoding="utf-8").splitlines()
    cells = (out / "cells.jsonl").read_text(encoding="utf-8").splitlines()
    summaries, asked = [], []
    for number, (line, cell) in enumerate(
        itertools.islice(zip(itertools.cycle(lines), itertools.cycle(cells), strict=False), LISTED)
    ):
        key = f"{number:064x}"
        summaries.append(json.dumps({**json.loads(line), "key": key}, sort_keys=True))
        asked.append(json.dumps({**json.loads(cell), "key": key, "name": f"many.{number}"}))
    (large / "summaries").mkdir(parents=True)
    (large / "summaries" / "all.jsonl").write_text("\n".join(summaries) + "\n", encoding="utf-8")
    (large / "cells.jsonl").write_text("\n".join(asked) + "\n", encoding="utf-8")
    return len(list(out.glob("plans/*/*.json")))


def listed(large: Path) -> tuple[Taken, Taken]:
    """Listing all of it, and filtering and sorting it."""
    return (
        command("sweep", "list", str(large)),
        command("sweep", "list", str(large), "--where", CONDITION, "--sort", COLUMN),
    )


def all_read(out: Path, count: int) -> Taken:
    """Reading every plan, as a list without an index would have to."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom allocator.plan.file import read\n"
        "gains = sorted(read(path).totals.difference.reference_scaled.objective.mean "
        "for path in Path(sys.argv[1]).glob('plans/*/*.json'))"
    )
    taken = run([sys.executable, "-c", program, str(out)], warm=True)
    start = run([sys.executable, "-c", "import allocator.plan.file"], warm=True)
    return Taken(start.cpu + (taken.cpu - start.cpu) / count * LISTED, 0.0)


def tables(count: int, workers: int, folder: Path) -> dict[str, str]:
    """Both tables, as Markdown."""
    file, out = project(folder, count), folder / "out"
    sweep = swept(file, out, workers)
    again = swept(file, out, workers)
    dask = clustered(file, folder / "dask", workers)
    assert (folder / "dask" / "index.csv").read_bytes() == (out / "index.csv").read_bytes()
    cells = len((out / "cells.jsonl").read_text().splitlines())
    alone = afresh(file, out)
    each = sum(one.cpu for one in alone) / len(alone)
    plans = many_results(out, folder / "large")
    every, some = listed(folder / "large")
    read = all_read(out, plans)
    rows = [
        ("", "CPU s", "wall s", "CPU s a variant", "largest process, MB"),
        (f"{cells:,} variants, {workers} processes", f"{sweep.cpu:.1f}", f"{sweep.wall:.1f}",
         f"{sweep.cpu / cells:.3f}", f"{sweep.memory:.0f}"),
        (f"on a Dask cluster, {workers} workers and a scheduler", f"{dask.cpu:.1f}",
         f"{dask.wall:.1f}", f"{dask.cpu / cells:.3f}", "–"),
        ("the same command again", f"{again.cpu:.1f}", f"{again.wall:.1f}",
         f"{again.cpu / cells:.4f}", f"{again.memory:.0f}"),
        (f"`allocator plan` for each, mean of {len(alone)}", f"{each * cells:,.0f}", "–",
         f"{each:.2f}", f"{max(one.memory for one in alone):.0f}"),
    ]  # fmt: skip
    lists = [
        ("", "CPU s", "largest process, MB"),
        (f"{LISTED:,} results listed", f"{every.cpu:.2f}", f"{every.memory:.0f}"),
        (f"filtered by `{CONDITION}` and sorted by `{COLUMN}`", f"{some.cpu:.2f}",
         f"{some.memory:.0f}"),
        (f"the same from {LISTED:,} plans, from {plans:,} of them", f"{read.cpu:.1f}", "–"),
    ]  # fmt: skip
    ratio = f"A variant costs {sweep.cpu / cells / each:.3f} of what `allocator plan` costs.\n"
    return {
        "sweeps": f"{_markdown(rows)}\n{ratio}",
        "sweep lists": _markdown(lists),
        "sweep scale": _markdown(scale(sweep.cpu / cells)),
    }


def scale(each: float) -> list[list[str]]:
    """What larger sweeps would take at ``each`` CPU seconds a variant."""
    cores = (2, 16, 64, 256)
    rows = [["variants", "core-hours", *(f"on {count} cores" for count in cores)]]
    for count in (1_000, 10_000, 100_000, 1_000_000):
        seconds = count * each
        spread = [_time(seconds / number) for number in cores]
        rows.append([f"{count:,}", f"{seconds / 3600:,.2g}", *spread])
    return rows


def _time(seconds: float) -> str:
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 1.5 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:.0f} s"


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "".join("| " + " | ".join(row) + " |\n" for row in lines)


def main() -> None:
    """Print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="sweep-speed-"))
    try:
        made = tables(asked.count, asked.workers, folder)
    finally:
        shutil.rmtree(folder)
    print(*made.values(), sep="\n")
    if asked.write:
        beyond = made.pop("sweep scale")
        write_tables(PAGE, made)
        write_tables(SCALE, {"sweep scale": beyond})


if __name__ == "__main__":
    main()
