"""Options that several commands of ``allocator`` have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO.yaml", help="The scenario file.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless it is wrong.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
