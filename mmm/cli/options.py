"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ModelFile = Annotated[Path, typer.Argument(metavar="MODEL.yaml", help="The model file.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless it is wrong.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]
Draws = Annotated[int | None, typer.Option(min=1, help="Draws kept per chain.")]
Tune = Annotated[int | None, typer.Option(min=1, help="Draws per chain to tune on.")]
Chains = Annotated[int | None, typer.Option(min=1, help="Independent chains.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of all randomness.")]
Cores = Annotated[int | None, typer.Option(min=1, help="Cores to use; all if unsaid.")]
Holdout = Annotated[
    int, typer.Option(min=0, help="Also score the forecast of this many last weeks.")
]
