"""``mmm simulate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmm.cli.options import Force, Json, Quiet

EPILOG = "Example: mmm simulate easy --seed 1 --out world"

KINDS = (
    "One of easy, collinear, demand_chasing, s_shaped, short_history, many_channels, geo, "
    "campaign; hyphens are as good."
)


def simulate(
    preset: Annotated[str, typer.Argument(metavar="PRESET", help=KINDS)],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the tables and the rest.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of all randomness.")] = 1,
    weeks: Annotated[
        int | None, typer.Option(min=26, help="Weeks of data; the preset's own if unsaid.")
    ] = None,
    experiments: Annotated[
        int, typer.Option(min=0, help="Lift tests of every line, in experiments.csv.")
    ] = 0,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a world whose truth is known: tables, a model.yaml to fit, and truth.json to score."""
    import json

    from mmm.console import console
    from mmm.simulate import simulate as simulate_world
    from mmm.simulate.files import write_preset
    from mmm.simulate.presets import by_name
    from mmm.simulate.world_text import truth_table

    kind = by_name(preset)
    world = simulate_world(kind.recipe(seed, weeks or kind.weeks), seed)
    written = write_preset(world, out, experiments=experiments, force=force)
    if as_json:
        body = {"out": str(out), "files": [path.name for path in written]}
        typer.echo(json.dumps(body, indent=2, ensure_ascii=False))
    elif not quiet:
        console().print(truth_table(world))
        console().print(f"Written: {', '.join(str(path) for path in written)}", soft_wrap=True)
