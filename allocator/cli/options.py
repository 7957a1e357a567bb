"""Options that several commands of ``allocator`` have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from allocator.scenario import LoadedScenario

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO.yaml", help="The scenario file.")]
CellName = Annotated[
    str | None,
    typer.Option("--cell", metavar="NAME", help="A cell of its variants: low, low.strict."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A value instead of the file's; repeatable."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless it is wrong.")]
Secret = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the secret.")]
XlsxToo = Annotated[bool, typer.Option("--xlsx", help="With --out also compare.xlsx, for finance.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN.json", help="The plan.")]
Curves = Annotated[
    Path | None, typer.Option(help="Where the curves are, if not where the plan says.")
]


def sets_of(written: Sequence[str] | None) -> dict[str, str]:
    """``--set KEY=VALUE`` as key -> value. Raises InputError."""
    from mmm.errors import Fault, InputError

    sets: dict[str, str] = {}
    faults = []
    for one in written or ():
        key, sign, value = one.partition("=")
        if not sign or not key:
            fix = "such as --set budget.exactly=1.8M"
            faults.append(Fault("--set", 0, 0, "", repr(one), "KEY=VALUE", fix))
        elif key in sets:
            faults.append(Fault("--set", 0, 0, key, "the key again", "each key once"))
        sets[key] = value
    if faults:
        raise InputError(faults)
    return sets


def loaded_of(scenario: Path, cell: str | None, sets: Sequence[str] | None) -> LoadedScenario:
    """The scenario, or the cell of its variants, with the values of ``--set``."""
    from allocator.cli.agreed import load

    return load(scenario, cell=cell, sets=sets_of(sets))


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
