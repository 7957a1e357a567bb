"""``allocator show``."""

from __future__ import annotations

from typing import Annotated

import typer

from allocator.cli.options import Json, ScenarioFile

EPILOG = (
    "Examples: allocator show scenarios/2027-q1-base.yaml; "
    "allocator show scenarios/2027-q1-base.yaml --resolved --json"
)


def show(
    scenario: ScenarioFile,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Print every value, defaults filled in.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read a scenario and tell what it asks, or everything that is wrong with it."""
    from allocator.scenario import load, written_form  # pydantic builds the schema: 0.1 s

    loaded = load(scenario)
    if as_json:
        import json

        typer.echo(json.dumps(loaded.resolved, indent=2, ensure_ascii=False))
    elif resolved:
        from mmm.yamlfile import to_text

        typer.echo(to_text(written_form(loaded.scenario)), nl=False)
    else:
        from allocator.show import console, scenario_view  # rich: 0.1 s

        console().print(scenario_view(loaded.scenario))
