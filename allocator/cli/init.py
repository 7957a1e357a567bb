"""``allocator init``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.options import Quiet

EPILOG = (
    "Examples: allocator init weekly.csv --currency EUR --out my; "
    "allocator init data.csv --currency USD --spend x1 --spend x2 --kpi y --out my"
)


def init(
    table: Annotated[Path, typer.Argument(metavar="TABLE.csv", help="One row a week, or day.")],
    currency: Annotated[str, typer.Option(help="Of spend and revenue, such as EUR.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for model.yaml and scenario.yaml.")
    ],
    spend: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="A column of spend, by name.")
    ] = None,
    kpi: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="A column of what you sell.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Write a commented model.yaml and a first scenario from the columns of a CSV."""
    from allocator.plan.file import write
    from allocator.starter import model_text, read_table, roles_of, scenario_text
    from mmm.errors import Fault, InputError
    from mmm.files import refuse_existing

    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        expected = "a currency code of three capital letters, such as EUR"
        raise InputError([Fault("--currency", 0, 0, "", repr(currency), expected)])
    found = read_table(table)
    roles = roles_of(found, spend=spend or (), kpi=kpi or ())
    files = (out / "model.yaml", out / "scenario.yaml")
    refuse_existing(files, force=force)
    model = model_text(found, roles, folder=out, currency=currency)
    question = scenario_text(found, roles, currency=currency, curves="fit/curves.nc")
    write(files[0], model, force=force)
    write(files[1], question, force=force)
    channels = ", ".join(roles.channels)
    if quiet:
        return
    typer.echo(f"{files[0]}: {len(roles.channels)} channels ({channels}); read it, then:")
    typer.echo(f"  mmm check {files[0]}")
    typer.echo(f"  mmm fit {files[0]} --out {out / 'fit'}")
    typer.echo(f"  allocator plan {files[1]} --out {out / 'plan'}")
