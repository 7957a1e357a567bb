"""``allocator diff``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.options import Json

EPILOG = (
    "Examples: allocator diff scenarios/2027-q1-base.yaml scenarios/2027-q1-growth.yaml; "
    "allocator diff A.yaml B.yaml --json"
)


def diff(
    a: Annotated[Path, typer.Argument(metavar="A.yaml", help="A scenario.")],
    b: Annotated[Path, typer.Argument(metavar="B.yaml", help="Another.")],
    as_json: Json = False,
) -> None:
    """Tell what differs in meaning between two scenarios, not in text."""
    from allocator.cli.agreed import load
    from allocator.scenario.difference import differences
    from mmm.errors import Fault, InputError

    loaded = []
    faults: list[Fault] = []
    for file in (a, b):
        try:
            loaded.append(load(file))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    found = differences(*(one.resolved for one in loaded))
    if as_json:
        import json

        rows = [{"path": row.path, "a": row.a, "b": row.b} for row in found]
        typer.echo(json.dumps({"a": str(a), "b": str(b), "differences": rows}, indent=2))
        return
    from allocator.show import console, difference_view

    console().print(difference_view(found, *(one.scenario for one in loaded)))
