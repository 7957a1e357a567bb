"""``allocator sweep``: many scenarios into one folder, then listed and compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from allocator.cli.options import Json, Quiet, XlsxToo

if TYPE_CHECKING:
    from allocator.sweep.conduct import Swept
    from allocator.sweep.listing import Listing

SWEEP_EPILOG = (
    "Examples: allocator sweep run scenarios/2027-q1-base.yaml "
    "--set budget.exactly=1.8M,2.0M,2.2M --out out/budgets; "
    "allocator sweep run scenarios/2027-q1-base.yaml scenarios/2027-q1-growth.yaml --out out/both"
)
LIST_EPILOG = (
    'Examples: allocator sweep list out/budgets --where "better>=90%" --sort gain --top 3; '
    "allocator sweep list out/budgets --csv"
)
COMPARE_EPILOG = (
    "Example: allocator sweep compare out/budgets 2027-q1-base,budget.exactly=1.8M "
    "2027-q1-base,budget.exactly=2.0M"
)
SHOWN = 20
"""Rows of a list on the terminal, if not said otherwise."""

SweepFolder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a sweep.")]


class _FilesFirst(TyperGroup):
    """``sweep FILE…`` is ``sweep run FILE…``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What is no command of the group goes to ``run``."""
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


sweep = typer.Typer(
    cls=_FilesFirst,
    help="Plan many scenarios into one folder, and list them. `sweep FILE...` is `sweep run`.",
    no_args_is_help=True,
)


@sweep.command(name="run", epilog=SWEEP_EPILOG)
def run(
    files: Annotated[
        list[Path], typer.Argument(metavar="SCENARIO.yaml...", help="The scenario files.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results.")],
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=V1,V2", help="Values that a key takes in turn."),
    ] = None,
    curves: Annotated[
        str | None,
        typer.Option(metavar="A.nc,B.nc", help="Markets: plan on each of these curves."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Processes; as many as cores if not said."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Plan on the workers of this Dask scheduler."),
    ] = None,
    accept_unhealthy: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="Plan from fits that fail their health card, and why."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Plan again what is there.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Plan every variant of every scenario, under every value, on every market's curves.

    Results that are in DIR are not made again, so a sweep that was stopped goes on. Cells without
    a plan stop no other. Exits with 0 when all are planned and proven, otherwise with the highest
    of what `allocator plan` would have said: 2 bad input, 3 no plan satisfies the rules, 4 not
    proven within the gap, 5 the fit is unhealthy.
    """
    import os

    from allocator.cli.agreed import KeptPlans
    from allocator.sweep.conduct import Wish
    from allocator.sweep.conduct import sweep as conduct
    from allocator.sweep.question import question, values_of
    from mmm.runner import ONE_THREAD, available_cores
    from mmm.terminal import counted

    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    markets = [Path(part.strip()) for part in curves.split(",")] if curves else []
    values = values_of(sets or [])
    asked = question(files, sets=values, markets=markets, agreed=KeptPlans())
    for one in asked.unreadable:
        typer.echo(f"{one.name} is left out:\n{one.error}", err=True)
    count = available_cores() if workers is None else workers
    wish = Wish(min(count, len(asked.asked)), cluster, accept_unhealthy, force)
    with counted("planning", quiet or as_json) as done:
        swept = conduct(asked, out, wish, done=done)
    _tell(swept, out, as_json=as_json, quiet=quiet)
    raise typer.Exit(swept.exit_code)


@sweep.command(name="list", epilog=LIST_EPILOG)
def list_(
    folder: SweepFolder,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", metavar="CONDITION", help="Only rows with, say, budget>1.9M."),
    ] = None,
    sort: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Largest of this column first.")
    ] = None,
    least_first: Annotated[
        bool, typer.Option("--least-first", help="Smallest of the column first.")
    ] = False,
    top: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only the first N rows.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print all columns as CSV.")] = False,
    as_json: Json = False,
) -> None:
    """List the results of a sweep, filtered and sorted, without reading its plans."""
    found = _listing(folder).where(where or [])
    if sort is not None:
        found = found.by(sort, least_first=least_first)
    rows = found.rows[:top]
    if as_json:
        _print_json([dict(row) for row in rows])
    elif as_csv:
        from dataclasses import replace

        typer.echo(replace(found, rows=rows).to_csv(), nl=False)
    else:
        _print_rows(found, rows if top else rows[:SHOWN])


@sweep.command(name="compare", epilog=COMPARE_EPILOG)
def compare(
    folder: SweepFolder,
    cells: Annotated[
        list[str], typer.Argument(metavar="A B [C…]", help="Names of cells, or starts of keys.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for comparison.json, .csv and compare.html."),
    ] = None,
    xlsx: XlsxToo = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Put plans of a sweep side by side, as `allocator compare` does."""
    from allocator.cli.compare import compare as side_by_side
    from allocator.sweep.folder import Folder

    plans = [Folder(folder).plan_of(name) for name in cells]
    side_by_side(
        plans, out, xlsx=xlsx, rate=None, align=False, force=force, quiet=quiet, as_json=as_json
    )


def _listing(folder: Path) -> Listing:
    from allocator.sweep.folder import Folder
    from allocator.sweep.listing import listing

    cells = Folder(folder).cells()
    return listing(cells, Folder(folder).summaries([cell.key for cell in cells]))


def _tell(swept: Swept, out: Path, *, as_json: bool, quiet: bool) -> None:
    """What was planned, the cells without a plan, where the results are."""
    if as_json:
        _print_json(swept.told())
        return
    failures = swept.failures()
    for name, words in failures.items():
        typer.echo(f"{name}: {words}", err=True)
    if failures and not quiet:
        typer.echo(f"Why, and the ways out: {out / 'failed'}", err=True)
    if quiet:
        return
    count = len(swept.cells)
    cells = "1 cell" if count == 1 else f"{count:,} cells"
    typer.echo(f"{cells}: {swept.tally()}. {swept.made:,} planned now.")
    typer.echo(f"The table: {out / 'index.csv'}; `allocator sweep list {out}` filters it.")


def _print_rows(found: Listing, rows: Any) -> None:
    from allocator.sweep.text import results_table
    from mmm.console import console

    console().print(results_table(rows))
    left = len(found.rows) - len(rows)
    if left:
        typer.echo(f"… and {left:,} more; --top N, --csv or --json shows them.")


def _print_json(body: object) -> None:
    import json

    typer.echo(json.dumps(body, indent=2, ensure_ascii=False))
