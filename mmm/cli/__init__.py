"""The ``mmm`` command: one file a command.

Heavy imports stand inside the commands, so that --help starts at once.
"""

from __future__ import annotations

import sys

import typer

from mmm.cli import (
    attribution,
    check,
    clv,
    curves,
    experiment,
    fit,
    qa,
    reach,
    refresh,
    score,
    simulate,
)
from mmm.terminal import run

__all__ = [
    "app",
    "attribution",
    "check",
    "clv",
    "commands",
    "curves",
    "experiment",
    "fit",
    "main",
    "qa",
    "reach",
    "refresh",
    "score",
    "simulate",
]

app = typer.Typer(
    name="mmm",
    help="From a table of weekly media and sales to response curves.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # mmm.terminal.run words what goes wrong
)


@app.callback()
def commands() -> None:
    """From a table of weekly media and sales to response curves."""


app.command(epilog=check.EPILOG)(check.check)
app.command(epilog=fit.EPILOG)(fit.fit)
app.command(epilog=refresh.EPILOG)(refresh.refresh)
app.command(epilog=curves.EPILOG)(curves.curves)
app.command(epilog=attribution.EPILOG)(attribution.attribution)
app.command(epilog=reach.EPILOG)(reach.reach)
app.command(epilog=clv.EPILOG)(clv.clv)
app.add_typer(qa.qa, name="qa")
app.command(epilog=simulate.EPILOG)(simulate.simulate)
app.command(epilog=score.EPILOG)(score.score)
app.command(epilog=experiment.EPILOG)(experiment.experiment)


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run(app))
