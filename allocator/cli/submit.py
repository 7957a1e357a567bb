"""``allocator submit``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.acting import AUTHORITY, DATABASE, As, AuthorityFile, Database
from allocator.cli.options import Json, Quiet

EPILOG = (
    "Examples: allocator submit out/q1 --market DE --as paula@example.org; "
    "allocator submit out/q1b --market DE --replaces 3f2a9c01"
)


def submit(
    folder: Annotated[Path, typer.Argument(metavar="PLAN_DIR", help="Folder with a plan.json.")],
    market: Annotated[str, typer.Option(help="Whose money it is: DE.")],
    replaces: Annotated[
        str, typer.Option(metavar="PLAN", help="The plan that it was changed from.")
    ] = "",
    authority: AuthorityFile = AUTHORITY,
    db: Database = DATABASE,
    mail: As = "",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Hand a plan and its documents in for signatures; from then on nothing of it changes.

    Who has to sign is decided now, by the authority file, and kept with the plan.
    """
    from allocator.cli.acting import acting, matrix_of, now, plan_named
    from allocator.cli.decide import told
    from allocator.plan_file import read
    from allocator.signoff.kinds import KINDS
    from allocator.signoff.service.submission import Submission, create
    from allocator.signoff.service.submission import submit as ask
    from allocator.signoff.states import State
    from allocator.signoff.store import plan_rows

    matrix = matrix_of(authority)
    plan = read(folder / "plan.json")
    papers = {
        kind: (name, (folder / name).read_bytes())
        for name, kind in KINDS.items()
        if (folder / name).is_file()
    }
    with acting(db, mail, "submit") as (store, actor):
        before = plan_named(store, replaces) if replaces else None
        with store.reading() as connection:
            known = plan_rows.get(connection, plan.digest)
        if known is None or known.state is not State.DRAFT:
            create(store, actor, Submission(plan, market, papers, before), at=now())
        row = ask(store, actor, plan.digest, matrix, at=now())
    told(row, (quiet, as_json))
    if not (quiet or as_json):
        steps = ", then ".join(
            f"{one.words} ({', '.join(one.rules)})" for one in row.required.steps
        )
        typer.echo(f"To sign: {steps}")
