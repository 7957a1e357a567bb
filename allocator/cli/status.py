"""``allocator status``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.options import Json, Quiet

if TYPE_CHECKING:
    from allocator.status_files import Found

EPILOG = "Examples: allocator status out; allocator status out/q1/plan.json --scenarios scenarios"


def status(
    places: Annotated[
        list[Path] | None,
        typer.Argument(metavar="DIR|PLAN.json...", help="Plans; this folder if none is named."),
    ] = None,
    scenarios: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR|FILE", help="Where the scenarios are; the folder scenarios if not said."
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 6 if any is stale.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Tell which plans are current, which are stale, and by what.

    A plan is stale when its data, model, scenario, policy or the engine's version have moved. Its
    curves are looked for where it found them, its scenario by its id, the data and the model file
    beside the curves or a folder up. `unknown` is what could not be found.
    """
    from allocator.cli.agreed import KeptPlans
    from allocator.status_files import Shelf, plan_files

    places_of = scenarios or [place for place in (Path("scenarios"),) if place.is_dir()]
    shelf = Shelf(places_of, KeptPlans())
    found = [shelf.standing_of(file) for file in plan_files(places or [Path()])]
    if as_json:
        _print_json(found)
    elif not quiet:
        _print_table(found)
    stale = [one for one in found if one.state != "current"]
    if strict and stale:
        from allocator.errors import VerificationFailed

        raise VerificationFailed(f"{len(stale)} of {len(found)} plans are not known to be current")


def _print_table(found: Sequence[Found]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from mmm.console import console

    if not found:
        typer.echo("No plan.json is there.")
        return
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("plan", "scenario", "state", "by what"):
        made.add_column(head, overflow="fold", ratio=3 if head == "by what" else None)
    for one in found:
        name = one.plan.scenario.id if one.plan is not None else ""
        why = [*one.standing.words, *one.standing.unknown, *one.standing.notes]
        words = "\n".join(why) or one.error.splitlines()[0] if one.error or why else ""
        made.add_row(*map(Text, (str(one.file), name, one.state, words)))
    console().print(made)


def _print_json(found: Sequence[Found]) -> None:
    import json

    body = [
        {
            "plan": str(one.file),
            "scenario": one.plan.scenario.id if one.plan is not None else None,
            "state": one.state,
            "reasons": [
                {"cause": reason.cause, "words": reason.words} for reason in one.standing.reasons
            ],
            "unknown": one.standing.unknown,
            "notes": one.standing.notes,
            **({"error": one.error} if one.error else {}),
        }
        for one in found
    ]
    typer.echo(json.dumps(body, indent=2, ensure_ascii=False))
