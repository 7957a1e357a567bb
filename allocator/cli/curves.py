"""``allocator curves``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.options import Quiet

IMPORT_EPILOG = (
    "Example: allocator curves import curves.csv --out curves.nc --currency EUR --weeks 13"
)

curves = typer.Typer(help="Curves made elsewhere.", no_args_is_help=True)


@curves.callback()
def curves_commands() -> None:
    """Curves made elsewhere."""


@curves.command("import", epilog=IMPORT_EPILOG)
def import_curves(
    table: Annotated[Path, typer.Argument(metavar="TABLE.csv", help="The table of curves.")],
    out: Annotated[Path, typer.Option("--out", metavar="CURVES.nc", help="Curves file to write.")],
    currency: Annotated[str, typer.Option(help="Currency of the spend, such as EUR.")],
    weeks: Annotated[int, typer.Option(min=1, help="Weeks that the totals are about.")] = 13,
    count: Annotated[
        list[str] | None,
        typer.Option(help="A KPI that counts (customers, orders); the others are money."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Make curves of a CSV table, to plan on what another tool has estimated.

    Columns channel[,campaign][,geo],kpi,spend,response[,draw], and label_audience or another
    label of the lines: totals over the plan's period, straight lines between the points, nothing
    known beyond the last.
    """
    from mmm.curves import save  # xarray: a third of a second
    from mmm.curves.importing import read_table

    curves = read_table(table, currency=currency, weeks=weeks, counts=tuple(count or ()))
    save(curves, out, force=force)
    if not quiet:
        typer.echo(
            f"{out}: {len(curves.lines)} lines, {len(curves.kpis)} KPIs, {curves.draws} draws "
            f"over {weeks} weeks; digest {curves.digest[:12]}…"
        )
