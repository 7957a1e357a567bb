"""``mmm experiment``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmm.cli.options import Json, Quiet

EPILOG = (
    "Examples: mmm experiment data/sample/geo_test.csv --treated kiel --treated mainz "
    "--start 2026-08-17 --end 2026-09-13 · "
    "mmm experiment users.csv --treated test --outcome-column revenue · "
    "mmm experiment data/sample/geo_test.csv --plan --lengths 2,4,6 --shares 10,25,50"
)


def experiment(
    table: Annotated[Path, typer.Argument(metavar="TABLE.csv", help="The table of the test.")],
    treated: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Geo or group whose spend was changed; repeat it."),
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day of the change.")
    ] = None,
    end: Annotated[str | None, typer.Option(metavar="DATE", help="Last day of the change.")] = None,
    measured_until: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Last day the outcome counts; the end if unsaid."),
    ] = None,
    method: Annotated[
        str, typer.Option(help="Of a geo test, what counts: synthetic or difference.")
    ] = "synthetic",
    plan: Annotated[
        bool, typer.Option("--plan", help="Before a geo test: what would be seen.")
    ] = False,
    lengths: Annotated[str, typer.Option(help="With --plan: dates a test may last.")] = "2,4,6",
    shares: Annotated[
        str, typer.Option(help="With --plan: shares of the geos, in percent.")
    ] = "10,25,50",
    lift: Annotated[
        float | None, typer.Option(help="With --plan: effect that must be seen, in percent.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="With --plan: seed of the draw of geos.")] = 1,
    write: Annotated[
        Path | None, typer.Option(metavar="EXPERIMENTS.csv", help="Append the result's row to it.")
    ] = None,
    kpi: Annotated[str | None, typer.Option(help="Of the row: the model's KPI.")] = None,
    lines: Annotated[
        str | None, typer.Option(help="Of the row: lines changed, search/brand+social.")
    ] = None,
    geo: Annotated[
        str | None, typer.Option(help="Of the row: the model's geos, A+B; all if unsaid.")
    ] = None,
    spend_change: Annotated[
        float | None, typer.Option(help="Actual less planned spend; from a column of spend else.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="Of the row: holdout, scale_up, geo_lift.")
    ] = None,
    name: Annotated[str, typer.Option(help="Of the row: what to call it.")] = "",
    date_column: Annotated[str, typer.Option(help="Column of dates.")] = "date",
    geo_column: Annotated[str, typer.Option(help="Column of geos.")] = "geo",
    group_column: Annotated[str, typer.Option(help="Column of groups.")] = "group",
    outcome_column: Annotated[str, typer.Option(help="Column of the outcome.")] = "outcome",
    users_column: Annotated[
        str, typer.Option(help="Column of users, where a row counts conversions.")
    ] = "users",
    spend_column: Annotated[str, typer.Option(help="Column of spend.")] = "spend",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Analyse an A/B or geo test, or plan one, and write its row to a table of experiments."""
    from mmm.experiments.command import Asked, analysed, planned
    from mmm.experiments.lift import Columns

    columns = Columns(
        date_column, geo_column, group_column, outcome_column, users_column, spend_column
    )
    asked = Asked(table, columns, tuple(treated or ()), method, quiet=quiet, as_json=as_json)
    if plan:
        planned(asked, lengths=lengths, shares=shares, lift=lift, seed=seed)
        return
    dates = (start, end, measured_until)
    row = {"kpi": kpi, "lines": lines, "geo": geo, "kind": kind, "name": name}
    analysed(asked, dates, row, spend_change=spend_change, write=write)
