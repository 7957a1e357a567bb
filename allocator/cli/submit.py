"""``allocator submit``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.acting import AUTHORITY, DATABASE, As, AuthorityFile, Database
from allocator.cli.options import Json, Quiet

if TYPE_CHECKING:
    from allocator.plan import Plan
    from mmm.errors import Fault

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
    from allocator.cli.acting import acting, matrix_of, noting, now, plan_named, refuse
    from allocator.cli.decide import told
    from allocator.plan.file import read
    from allocator.signoff.authority import REQUIRED
    from allocator.signoff.service.submission import Submission, hand_in

    faults: list[Fault] = []
    with noting(faults):
        matrix = matrix_of(authority)
    with noting(faults):
        plan = read(folder / "plan.json")
    with noting(faults):
        papers = _papers(folder)
    refuse(faults)
    papers |= _curves(folder, plan)
    with acting(db, mail, "submit") as (store, actor):
        before = plan_named(store, actor, replaces) if replaces else None
        row = hand_in(store, actor, Submission(plan, market, papers, before), matrix, at=now())
    told(row, (quiet, as_json))
    if not (quiet or as_json):
        steps = ", then ".join(
            f"{one.words} ({', '.join(one.rules)})" for one in row.required.steps
        )
        typer.echo(f"To sign: {steps}")
        if matrix.authority.verified == REQUIRED:
            typer.echo("First a worker recomputes its figures: allocator worker --once")


def _curves(folder: Path, plan: Plan) -> dict[str, tuple[str, bytes]]:
    """The curves that the plan names, where they are still there and the same: kind -> (file name,
    content). Others are looked for by the worker in its data folder."""
    from allocator.signoff.kinds import KINDS
    from allocator.signoff.service.submission import MOST
    from mmm.curves import load
    from mmm.errors import InputError

    found: dict[str, tuple[str, bytes]] = {}
    kinds = [(name, kind) for name, kind in KINDS.items() if name.endswith(".nc")]
    for (name, kind), one in zip(kinds, (plan.curves, *plan.alternatives), strict=False):
        file = folder / one.path
        try:
            if file.is_file() and load(file).digest == one.digest:
                content = file.read_bytes()
                found |= {kind: (name, content)} if len(content) <= MOST else {}
        except (InputError, OSError):
            continue
    return found


def _papers(folder: Path) -> dict[str, tuple[str, bytes]]:
    """Documents beside the plan: kind -> (file name, content). Raises InputError."""
    from allocator.signoff.kinds import KINDS
    from mmm.errors import Fault, InputError, on_disk

    found, faults = {}, []
    for name, kind in KINDS.items():
        try:
            if (folder / name).is_file():
                found[kind] = (name, (folder / name).read_bytes())
        except OSError as error:
            faults.append(Fault(str(folder / name), 0, 0, "", on_disk(error), "a document"))
    if faults:
        raise InputError(faults)
    return found
