"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ModelFile = Annotated[Path, typer.Argument(metavar="MODEL.yaml", help="The model file.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless it is wrong.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]
