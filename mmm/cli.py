"""The ``mmm`` command. Heavy imports stand inside the commands, so that --help starts at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mmm.terminal import run

app = typer.Typer(
    name="mmm",
    help="From a table of weekly media and sales to response curves.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # mmm.terminal.run words what goes wrong
)

ModelFile = Annotated[Path, typer.Argument(metavar="MODEL.yaml", help="The model file.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless it is wrong.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.callback()
def commands() -> None:
    """From a table of weekly media and sales to response curves."""


@app.command(epilog="Example: mmm check data/sample/model.yaml")
def check(model: ModelFile, as_json: Json = False, quiet: Quiet = False) -> None:
    """Read the data and tell what they hold, or everything that is wrong with them."""
    import json  # these load pandas and xarray: half a second that --help need not wait for
    from dataclasses import asdict

    from mmm.check import describe
    from mmm.check_text import data_summary
    from mmm.console import console
    from mmm.data import load
    from mmm.spec import load_spec

    spec = load_spec(model)
    summary = describe(load(spec), spec)
    if as_json:
        typer.echo(json.dumps(asdict(summary), default=str, indent=2, ensure_ascii=False))
    elif not quiet:
        console().print(data_summary(summary))


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run(app))
