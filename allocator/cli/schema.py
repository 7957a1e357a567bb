"""``allocator schema``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.options import Quiet

EPILOG = "Example: allocator schema --out scenarios/schema/scenario.v1.json"


def schema(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it here.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Print the JSON Schema of the scenario file, with which editors complete and check."""
    from allocator.scenario.jsonschema import schema_text

    if out is None:
        typer.echo(schema_text(), nl=False)
        return
    from allocator.plan.file import write

    write(out, schema_text(), force=force)
    if quiet:
        return
    typer.echo(f"{out}: write  # yaml-language-server: $schema={out}  in a scenario's first line")
