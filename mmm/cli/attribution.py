"""``mmm attribution``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmm.cli.options import Force, Json, Quiet

EPILOG = "Examples: mmm attribution fit · mmm attribution fit --by line --csv attribution.csv"


def attribution(
    fit: Annotated[Path, typer.Argument(metavar="FIT_DIR", help="Folder that mmm fit wrote.")],
    kpi: Annotated[str | None, typer.Option(help="KPI to divide; all if unsaid.")] = None,
    by: Annotated[
        str, typer.Option(help="line, channel, or geo (channels in each region).")
    ] = "channel",
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every week to a .csv file.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the weeks to a .png or .svg file.")
    ] = None,
    returns: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw returns to a .png or .svg file.")
    ] = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say what every channel and the baseline brought, week by week, and what it returned."""
    import json
    from dataclasses import asdict

    from mmm.attribution import attribution as divide
    from mmm.attribution import report, write_ledger
    from mmm.attribution.text import attribution_report, finding
    from mmm.console import console
    from mmm.curve_tables.text import drawn_kpi
    from mmm.fit.conduct import load, to_curves
    from mmm.terminal import progress

    read = load(fit)
    known = [str(name) for name in read.constants["kpi"].to_numpy()]
    chosen = known if kpi is None else [drawn_kpi(known, kpi)]
    with progress("Dividing the KPIs", None, quiet or as_json):
        curves = to_curves(read)
        every = [divide(read.posterior, read.constants, name) for name in chosen]
        reports = [report(one, curves, by) for one in every]
    if csv is not None:
        write_ledger(every, csv, by=by, force=force)
    if plot is not None or returns is not None:
        from mmm.attribution.plot import draw_returns, draw_weeks

        with progress("Drawing", None, quiet or as_json):
            if plot is not None:
                draw_weeks(every[0], reports[0], plot, force=force)
            if returns is not None:
                draw_returns(reports[0], returns, force=force)
    if as_json:
        body = [asdict(one) | {"finding": finding(one)} for one in reports]
        typer.echo(json.dumps({"kpis": body}, indent=2, ensure_ascii=False, allow_nan=False))
    elif not quiet:
        for one in reports:
            console().print(attribution_report(one))
