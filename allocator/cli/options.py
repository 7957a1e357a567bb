"""Options that several commands of ``allocator`` have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO.yaml", help="The scenario file.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless it is wrong.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN.json", help="The plan.")]
Curves = Annotated[
    Path | None, typer.Option(help="Where the curves are, if not where the plan says.")
]


def money_of(option: str, text: str) -> float:
    """An amount above nothing, written as in a scenario: ``10k``. Raises InputError."""
    from allocator.quantities import money  # pydantic: 0.1 s
    from mmm.errors import Fault, InputError

    try:
        value = money(text)
    except ValueError as error:
        raise InputError([Fault(option, 0, 0, "", repr(text), str(error))]) from None
    if value <= 0:
        raise InputError([Fault(option, 0, 0, "", repr(text), "an amount above nothing")])
    return value


def share_of(option: str, text: str) -> float:
    """A part above nothing, written as in a scenario: ``1%``. Raises InputError."""
    from pydantic import TypeAdapter, ValidationError

    from allocator.quantities import Share
    from mmm.errors import Fault, InputError

    try:
        value: float = TypeAdapter(Share).validate_python(text)
    except ValidationError as error:
        expected = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise InputError([Fault(option, 0, 0, "", repr(text), expected)]) from None
    if value <= 0:
        raise InputError([Fault(option, 0, 0, "", repr(text), "a percentage above 0%")])
    return value
