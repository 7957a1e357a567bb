"""``mmm clv``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmm.cli.options import Force, Json, Quiet

EPILOG = (
    "Examples: mmm clv data/sample/transactions.csv --segment channel --currency EUR "
    "--margin 0.4 --out out/clv.yaml · mmm clv clv-spec.yaml --out out/clv.yaml"
)


def clv(
    table: Annotated[
        Path,
        typer.Argument(
            metavar="TRANSACTIONS.csv", help="A table of orders, or a .yaml that describes one."
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the values go, a .yaml.")],
    weekly: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write new customers and repeat revenue by week here."),
    ] = None,
    customer: Annotated[
        str | None, typer.Option(help="Column of the customer; customer_id if unsaid.")
    ] = None,
    date: Annotated[str | None, typer.Option(help="Column of the day; date if unsaid.")] = None,
    amount: Annotated[
        str | None, typer.Option(help="Column of the revenue; amount if unsaid.")
    ] = None,
    segment: Annotated[
        str | None, typer.Option(help="Column of the acquisition channel or segment.")
    ] = None,
    consent: Annotated[
        str | None, typer.Option(help="Column of the consent; one called consent if unsaid.")
    ] = None,
    date_format: Annotated[
        str | None, typer.Option(help="How dates are written; YYYY-MM-DD if unsaid.")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Three letters, such as EUR.")] = None,
    margin: Annotated[
        float | None, typer.Option(help="Share of revenue that is kept; 1 if unsaid.")
    ] = None,
    horizon_weeks: Annotated[
        float | None, typer.Option(help="Weeks a new customer counts for; 104 if unsaid.")
    ] = None,
    discount_rate: Annotated[float | None, typer.Option(help="A year; 0.1 if unsaid.")] = None,
    end: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Last day the table covers; the last order if unsaid."),
    ] = None,
    new_since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Leave out customers whose first order is earlier."),
    ] = None,
    min_size: Annotated[
        int | None, typer.Option(help="Fewest customers of a segment; 50 if unsaid.")
    ] = None,
    min_weekly: Annotated[
        int | None, typer.Option(help="Fewest customers behind a weekly figure; 10 if unsaid.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of the draws; 1 if unsaid.")] = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Tell what a new customer is worth, in total and per segment, from a table of orders.

    Identifiers are hashed on reading and go nowhere; rows without consent are left out; no
    segment below a minimum size is shown.
    """
    from mmm.clv.conduct import conduct
    from mmm.clv.spec import csv_spec, load_spec
    from mmm.clv.text import clv_report
    from mmm.console import console
    from mmm.terminal import steps

    options: dict[str, object] = {
        "customer": customer,
        "date": date,
        "amount": amount,
        "segment": segment,
        "consent": consent,
        "date_format": date_format,
        "currency": currency,
        "margin": margin,
        "horizon_weeks": horizon_weeks,
        "discount_rate": discount_rate,
        "end": end,
        "new_since": new_since,
        "min_size": min_size,
        "min_weekly": min_weekly,
        "seed": seed,
    }
    if table.suffix.lower() in (".yaml", ".yml"):
        given = [name for name, value in options.items() if value is not None]
        if given:
            option = f"--{given[0].replace('_', '-')}"
            raise typer.BadParameter(f"{option} is written in {table.name}, as `{given[0]}`")
        spec = load_spec(table)
    else:
        spec = csv_spec(table, options)
    with steps(quiet or as_json) as step:
        made = conduct(spec, out, weekly_out=weekly, force=force, step=step)
    if as_json:
        typer.echo(made.model_dump_json(indent=2))
    elif not quiet:
        console().print(clv_report(made))
