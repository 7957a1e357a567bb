"""``mmm qa``: checks of the engine itself, which take long."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmm.cli.options import Force, Json, Quiet

EPILOG = "Example: mmm qa sbc --datasets 200 --out sbc.json"

qa = typer.Typer(help="Check the engine itself.", no_args_is_help=True)


@qa.callback()
def commands() -> None:
    """Check the engine itself."""


@qa.command(epilog=EPILOG)
def sbc(
    datasets: Annotated[int, typer.Option(min=1, help="Simulated data sets to fit.")] = 200,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Report, written after every data set.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where the report in --out ends.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all randomness.")] = 1,
    draws: Annotated[int, typer.Option(min=50, help="Draws kept per chain.")] = 500,
    tune: Annotated[int, typer.Option(min=50, help="Draws per chain to tune on.")] = 400,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulation-based calibration: truths drawn from the prior, fitted, and ranked.

    Two lines and 70 weeks a data set; exits with 1 where ranks are not uniform.
    """
    from mmm.console import console
    from mmm.sbc import Settings, calibrate, case
    from mmm.sbc.report_text import calibration_report
    from mmm.terminal import progress

    settings = Settings(seed=seed, draws=draws, tune=tune)
    with progress("Fitting data sets", datasets, quiet or as_json) as bar:
        result = calibrate(case(), datasets, settings, out, resume=resume, force=force, watch=bar)
    if as_json:
        typer.echo(result.to_json())
    elif not quiet:
        console().print(calibration_report(result))
    if not result.uniform:
        raise typer.Exit(1)
