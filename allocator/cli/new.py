"""``allocator new``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.options import Quiet

EPILOG = (
    "Examples: allocator new q2 --from actuals:2026-W14 --start 2027-W14 "
    "--curves data/sample/curves.nc --out scenarios/q2.yaml; "
    "allocator new q2 --from plan:out/q1/plan.json --curves data/sample/curves.nc "
    "--out scenarios/q2.yaml"
)


def new(
    name: Annotated[str, typer.Argument(metavar="ID", help="Its id, such as 2027-q2.")],
    source: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="WHAT",
            help="actuals[:WEEK], plan:PLAN.json, total:AMOUNT or csv:FILE.csv.",
        ),
    ],
    curves: Annotated[Path, typer.Option(help="The response curves to plan on.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.yaml", help="Where to write it.")],
    start: Annotated[
        str | None, typer.Option(metavar="WEEK", help="First week; by default that after the data.")
    ] = None,
    weeks: Annotated[int, typer.Option(min=1, max=104, help="How many weeks.")] = 13,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Write a new scenario: from what was spent, an earlier plan, a total, or a table."""
    from allocator.plan.file import write
    from allocator.scenario.schema.constraint import slug
    from allocator.starter import Wish, new_scenario
    from mmm.curves import load
    from mmm.errors import Fault, InputError
    from mmm.files import refuse_existing

    try:
        slug(name)
    except ValueError as error:
        raise InputError([Fault("ID", 0, 0, "", repr(name), str(error))]) from None
    refuse_existing([out], force=force)
    wish = Wish(name, source, curves, out.parent, start, weeks)
    text = new_scenario(wish, load(curves))
    write(out, text, force=force)
    if quiet:
        return
    typer.echo(f"{out}: read it with  allocator show {out}  and plan with  allocator plan {out}")
