"""``allocator ladder``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.options import CellName, Json, Quiet, ScenarioFile, Sets, loaded_of

EPILOG = (
    "Examples: allocator ladder scenarios/2027-q1-base.yaml --out out/q1; "
    "allocator ladder scenarios/2027-q1-base.yaml --out out/q1 --budgets 80,100,120 --json"
)


def ladder(
    scenario: ScenarioFile,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for ladder.json and ladder.html.")
    ],
    budgets: Annotated[
        str, typer.Option(help="Budgets to try, in percent of the scenario's, with commas.")
    ] = "50,62.5,75,87.5,100,112.5,125,137.5,150",
    curves: Annotated[
        Path | None, typer.Option(help="Plan on these curves, not those the scenario names.")
    ] = None,
    cell: CellName = None,
    sets: Sets = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Solve a scenario from careful to bold, and from less money to more.

    Exits with 0 when written, 2 for bad input, 3 when no plan satisfies the rules.
    """
    import json  # below: the solver and all it needs, a second or two

    from allocator.ladder import ladder as climb
    from allocator.ladder import work
    from allocator.plan.file import write
    from allocator.reports.ladder import ladder_page
    from allocator.reports.ladder_text import ladder_tables
    from allocator.show import console
    from mmm.curves import load as load_curves
    from mmm.files import refuse_existing
    from mmm.terminal import progress

    shares = _shares(budgets)
    outputs = (out / "ladder.json", out / "ladder.html")
    loaded = loaded_of(scenario, cell, sets)
    loaded = loaded if curves is None else loaded.on(curves)
    refuse_existing(outputs, force=force)
    known = load_curves(loaded.curves_file)
    with progress("climbing", work(shares), quiet or as_json) as advance:
        found = climb(loaded, known, shares=shares, advance=advance)
    text = json.dumps(found.document(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    write(outputs[0], text, force=force)
    write(outputs[1], ladder_page(found), force=force)
    if as_json:
        typer.echo(text, nl=False)
    elif not quiet:
        console().print(ladder_tables(found))
        typer.echo(f"\nThe page: {outputs[1].resolve().as_uri()}")


def _shares(text: str) -> tuple[float, ...]:
    """Percentages of the budget as shares, with 100 among them. Raises InputError."""
    from mmm.errors import Fault, InputError

    try:
        shares = {float(part) / 100 for part in text.replace("%", "").split(",")}
    except ValueError:
        shares = set()
    if not shares or not all(0 < share <= 10 for share in shares):
        expected = "percentages above 0 and up to 1000, such as 80,100,120"
        raise InputError([Fault("--budgets", 0, 0, "", repr(text), expected)])
    return tuple(sorted(shares | {1.0}))
