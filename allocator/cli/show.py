"""``allocator show``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.options import CellName, Json, ScenarioFile, Sets, loaded_of, sets_of

EPILOG = (
    "Examples: allocator show scenarios/2027-q1-base.yaml; "
    "allocator show scenarios/2027-q1-base.yaml --resolved --json; "
    "allocator show scenarios/2027-q2-variants.yaml --cell low.loose --resolved --why; "
    "allocator show scenarios/2027-q2-variants.yaml --variants; "
    "allocator show scenarios/2027-q1-base.yaml --set budget.exactly=1.8M --why"
)


def show(
    scenario: ScenarioFile,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Print every value, defaults filled in.")
    ] = False,
    why: Annotated[
        bool, typer.Option("--why", help="Print every value with the file and line it is from.")
    ] = False,
    variants: Annotated[
        bool, typer.Option("--variants", help="List the cells of its variants, and what differs.")
    ] = False,
    cell: CellName = None,
    sets: Sets = None,
    as_json: Json = False,
) -> None:
    """Read a scenario and tell what it asks, or everything that is wrong with it."""
    if variants:
        _list_cells(scenario, sets, as_json)
        return
    loaded = loaded_of(scenario, cell, sets)
    if why:
        from dataclasses import asdict

        from allocator.origin_view import origins_view
        from allocator.show import console  # rich: 0.1 s

        origins = loaded.origins()
        if as_json:
            typer.echo(json.dumps([asdict(one) for one in origins], indent=2, ensure_ascii=False))
        else:
            console().print(origins_view(loaded, origins))
    elif as_json:
        typer.echo(json.dumps(loaded.resolved, indent=2, ensure_ascii=False))
    elif resolved:
        from allocator.scenario import written_form
        from mmm.yamlfile import to_text

        typer.echo(to_text(written_form(loaded.scenario)), nl=False)
    else:
        from allocator.show import console, scenario_view

        console().print(scenario_view(loaded.scenario))


def _list_cells(scenario: Path, sets: list[str] | None, as_json: bool) -> None:
    from dataclasses import asdict

    from allocator.cli.agreed import cells
    from allocator.origin_view import cells_view
    from allocator.scenario import written_form
    from allocator.scenario.difference import differences
    from allocator.show import console

    found = cells(scenario, sets=sets_of(sets))
    base = written_form(found[0].loaded.scenario)
    rows = [(one, differences(base, written_form(one.loaded.scenario))) for one in found]
    if as_json:
        listed = [
            {
                "name": one.name,
                "choices": dict(one.choices),
                "id": one.loaded.scenario.id,
                "digest": one.loaded.digest,
                "differences": [asdict(part) for part in parts],
            }
            for one, parts in rows
        ]
        typer.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    console().print(cells_view(found[0].loaded.scenario, rows))
