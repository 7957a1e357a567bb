"""Time the allocator: ``python -m tests.benchmarks.allocator_speed [--part NAME …] [--write]``.

Every part runs in a fresh process with one thread. Seconds are CPU seconds of that process and
leave imports out; memory is the most it held, libraries included. --write puts the tables and the
plot into the page; --profile prints where the CPU of a part goes.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import sys
from collections.abc import Sequence
from dataclasses import replace

from rich import box
from rich.console import Console
from rich.table import Table as Shown

from tests.benchmarks.speed_runs import PAGE, REPOSITORY, markdown, peak, run
from tests.benchmarks.worlds_report import write_tables

from .part import Part, Table
from .registry import PARTS

CALLS = 25  # lines of a profile, the dearest first
WIDE = 150  # columns, where no terminal says how many it has
PLOT = REPOSITORY / "docs" / "images" / "allocator-cost.svg"


def one(part: Part, *, profile: bool) -> Table:
    """A part in this process, its memory added to its note."""
    profiler = cProfile.Profile()
    if profile:
        found = profiler.runcall(part.ask)
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumulative").print_stats(CALLS)
    else:
        found = part.ask()
    return replace(found, note=f"{found.note} Peak memory {peak():,.0f} MB.")


def fresh(part: Part) -> Table:
    """A part in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.allocator_speed", "--alone", part.name]
    return Table(**json.loads(run(command, warm=True).output.splitlines()[-1]))


def shown(part: Part, found: Table) -> Shown:
    """As it is printed."""
    table = Shown(*found.head, title=part.title, caption=found.note, box=box.SIMPLE)
    for row in found.rows:
        table.add_row(*row)
    return table


def write(found: dict[str, Table]) -> None:
    """Tables between their marks in the page; the plot beside it."""
    write_tables(
        PAGE,
        {
            f"allocator {name}": f"{markdown(table.head, table.rows)}\n\n{table.note}"
            for name, table in found.items()
        },
    )
    for table in found.values():
        if table.curves:
            from .plot import plot  # Matplotlib takes a second: only where there is a plot

            plot(table.curves, PLOT)


def main(options: argparse.Namespace) -> None:
    """Run what was asked for, print it and, if asked, write it."""
    parts = [part for part in PARTS if part.name in (options.part or [p.name for p in PARTS])]
    found = {}
    for part in parts:
        found[part.name] = one(part, profile=True) if options.profile else fresh(part)
        Console(width=None if sys.stdout.isatty() else WIDE).print(shown(part, found[part.name]))
        if options.write:
            write({part.name: found[part.name]})


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    names = [part.name for part in PARTS]
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.allocator_speed",
        description=(__doc__ or "").splitlines()[0],
    )
    parser.add_argument("--part", nargs="+", choices=names, help="only these")
    parser.add_argument("--write", action="store_true", help="put the tables into the page")
    parser.add_argument("--profile", action="store_true", help="where the CPU goes, in one process")
    parser.add_argument("--alone", choices=names, help="a single part, printed as JSON")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    chosen = options_of(sys.argv[1:])
    if chosen.alone:
        (alone,) = (part for part in PARTS if part.name == chosen.alone)
        print(one(alone, profile=False).to_json())
    else:
        main(chosen)
