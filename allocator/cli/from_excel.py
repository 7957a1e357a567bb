"""``allocator from-excel``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.options import Quiet

EPILOG = (
    "Examples: allocator from-excel out/form.xlsx --out scenarios/mine.yaml; "
    "allocator from-excel out/form.xlsx --out scenarios/mine.yaml --force"
)


def from_excel(
    form: Annotated[Path, typer.Argument(metavar="FORM.xlsx", help="The form, filled in.")],
    out: Annotated[Path, typer.Option("--out", metavar="SCENARIO.yaml", help="The scenario.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Write the scenario that a filled-in form asks, or say which cells are not understood.

    Nothing is written unless it is a scenario where it is to stand: put it beside the one that the
    form was made from. Exits with 0 when written, 2 for bad input, with the address of every cell.
    """
    from allocator.cli.agreed import load
    from allocator.form import scenario_text
    from allocator.plan.file import write
    from mmm.files import refuse_existing, write_whole

    refuse_existing([out], force=force)
    tried = out.with_name(f".{out.name}.tried")

    def loads(text: str) -> None:
        """Read the text as a scenario in its folder, as a file that is gone afterwards."""

        def look(part: Path) -> None:
            part.write_text(text, encoding="utf-8")
            load(part)
            raise _Read

        try:
            write_whole(tried, look)
        except _Read:
            return

    text = scenario_text(form, loads)
    write(out, text, force=force)
    if not quiet:
        typer.echo(f"The scenario: {out.resolve().as_uri()}")


class _Read(Exception):
    """The text is a scenario."""
