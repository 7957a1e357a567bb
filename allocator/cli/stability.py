"""``allocator stability``."""

from __future__ import annotations

from typing import Annotated

import typer

from allocator.cli.options import Curves, Json, PlanFile, Quiet, share_of

EPILOG = (
    "Examples: allocator stability out/q1/plan.json; "
    "allocator stability out/q1/plan.json --within 2% --draws 80"
)


def stability(
    file: PlanFile,
    within: Annotated[
        str, typer.Option(metavar="SHARE", help="The loss a plan nearly as good may have.")
    ] = "1%",
    draws: Annotated[int, typer.Option(min=1, help="Single draws that are asked.")] = 40,
    curves: Curves = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Tell how far each line could move in plans nearly as good, and from draw to draw.

    Writes stability.json beside the plan.
    """
    import json

    from allocator.plan.file import write
    from allocator.sensitivity.opened import opened
    from allocator.sensitivity.stability import stability_of
    from mmm.files import refuse_existing
    from mmm.terminal import steps

    out = file.parent / "stability.json"
    loss = share_of("--within", within)
    refuse_existing([out], force=force)
    with steps(quiet or as_json) as tell:
        tell("reading")
        found = stability_of(opened(file, curves_file=curves), within=loss, draws=draws, tell=tell)
    text = json.dumps(found.document(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write(out, text, force=force)
    if as_json:
        typer.echo(text, nl=False)
    elif not quiet:
        from allocator.sensitivity.stability_text import stability_tables
        from allocator.show import console

        console().print(stability_tables(found))
