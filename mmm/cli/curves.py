"""``mmm curves``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmm.cli.options import Json, Quiet

EPILOG = (
    "Examples: mmm curves fit/curves.nc · mmm curves fit/curves.nc --by geo · "
    "mmm curves fit/curves.nc --plot curves.png"
)


def curves(
    file: Annotated[Path, typer.Argument(metavar="CURVES.nc", help="Curves of a fit or import.")],
    weeks: Annotated[
        int | None, typer.Option(help="Weeks of recent spend the figures are about; 13 if unsaid.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the curves to a .png or .svg file.")
    ] = None,
    kpi: Annotated[str | None, typer.Option(help="KPI to draw; the first if unsaid.")] = None,
    campaigns: Annotated[
        bool, typer.Option("--campaigns", help="Draw each campaign, not each channel.")
    ] = False,
    by: Annotated[
        str | None, typer.Option(help="geo: each region with its lines, not each channel.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the drawing.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show what each line spends and brings, what more would bring, and how full it is."""
    import json
    from dataclasses import asdict

    from mmm.console import console
    from mmm.curve_tables.table import curve_table
    from mmm.curve_tables.text import curve_report, drawn_kpi, finding, legend
    from mmm.curves import load
    from mmm.terminal import progress
    from mmm.worth_text import worth_lines

    read = load(file)
    with progress("Reading the curves", None, quiet or as_json):
        table = curve_table(read, weeks=weeks, by=by or "channel")
    if plot is not None:
        from mmm.curve_tables.plot import draw_curves
        from mmm.curve_tables.points import curve_points

        chosen = drawn_kpi(read.kpis, kpi)
        with progress("Drawing", None, quiet or as_json):
            own = ("channel", "campaign") if campaigns else () if by == "geo" else ("channel",)
            keys = (*own, "geo") if by == "geo" else own
            points = curve_points(read, chosen, weeks=weeks, keys=keys)
            title, below = finding(table, chosen), legend(table, chosen)
            draw_curves(points, plot, title=title, subtitle=below, force=force)
    elif kpi is not None or campaigns:
        raise typer.BadParameter("--kpi and --campaigns choose what --plot FILE draws")
    if as_json:
        body = asdict(table) | {"findings": {name: finding(table, name) for name in read.kpis}}
        body["worth"] = worth_lines(read)
        typer.echo(json.dumps(body, indent=2, ensure_ascii=False, allow_nan=False))
    elif not quiet:
        console().print(curve_report(table))
        for line in worth_lines(read):
            console().print(line)
