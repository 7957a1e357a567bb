"""``allocator check``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

EPILOG = (
    "Examples: allocator check scenarios/2027-q1-base.yaml scenarios/2027-q2-variants.yaml; "
    "allocator check scenarios/2027-q1-base.yaml --format sarif"
)


class Format(StrEnum):
    """How faults are told."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="SCENARIO.yaml...", help="The scenario files.")
    ],
    form: Annotated[
        Format, typer.Option("--format", help="text, or json or sarif on standard output, for CI.")
    ] = Format.TEXT,
) -> None:
    """Read scenarios with all they extend and every cell of their variants; tell what is wrong.

    Exits with 0 when nothing is, and with 2 when something is. Curves are not opened.
    """
    import json
    from importlib.metadata import version

    from allocator.cli.agreed import cells
    from allocator.sarif import faults_json, sarif
    from mmm.errors import Fault, InputError

    faults: list[Fault] = []
    count = 0
    for file in files:
        try:
            count += len(cells(file))
        except InputError as error:
            faults += error.faults
    every = InputError(dict.fromkeys(faults))
    if form is Format.TEXT:
        if faults:
            raise every
        typer.echo(f"{_of(len(files), 'file')}, {_of(count, 'cell')}: nothing to put right")
        return
    log = (
        sarif(every.faults, version("budget-allocation-engine"))
        if form is Format.SARIF
        else {"faults": faults_json(every.faults)}
    )
    typer.echo(json.dumps(log, indent=2, ensure_ascii=False))
    if faults:
        raise typer.Exit(every.exit_code)


def _of(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
