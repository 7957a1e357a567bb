"""``mmm score``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmm.cli.options import Json, Quiet

EPILOG = "Example: mmm score fit world/truth.json"


def score(
    fit: Annotated[Path, typer.Argument(metavar="FIT_DIR", help="Folder that mmm fit wrote.")],
    truth: Annotated[
        Path, typer.Argument(metavar="TRUTH.json", help="Truth that mmm simulate wrote.")
    ],
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Hold a fit against the truth of its simulated world: bias, coverage, accuracy, CRPS."""
    import json
    from dataclasses import asdict

    from mmm.console import console
    from mmm.fit.conduct import load
    from mmm.score import read_truth
    from mmm.score import score as score_all
    from mmm.score_text import score_report

    scores = score_all(load(fit), read_truth(truth), file=str(truth))
    if as_json:
        body = {"scores": [asdict(one) for one in scores]}
        typer.echo(json.dumps(body, indent=2, ensure_ascii=False, allow_nan=False))
    elif not quiet:
        console().print(score_report(scores))
