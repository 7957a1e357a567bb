"""``allocator worker``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.acting import DATABASE, Database
from allocator.cli.options import Json, Quiet

EPILOG = (
    "Examples: allocator worker --db sqlite:///out/sign-off.db --once; "
    "allocator worker --db postgresql:///plans --data ."
)

Data = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="The only folder whose files a job may name.")
]
DATA = Path()


def worker(
    db: Database = DATABASE,
    data: Data = DATA,
    once: Annotated[bool, typer.Option("--once", help="End when nothing waits any more.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Do what people ask of the store: solve, sweep, make documents, recompute plans.

    Jobs are done one after another, each in a process of its own. A job whose worker is gone is
    done by another. `allocator serve` starts one of these; more may run, on other machines too.
    """
    import json

    from allocator.cli.acting import now
    from allocator.worker.beside import at_work

    count = at_work(db, data, now=now, once=once, quiet=quiet or as_json)
    if as_json:
        typer.echo(json.dumps({"jobs": count}))
