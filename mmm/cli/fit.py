"""``mmm fit``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmm.cli.options import Json, ModelFile, Quiet

EPILOG = "Example: mmm fit data/sample/model.yaml --out fit"


def fit(
    model: ModelFile,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for curves.nc and the rest.")],
    draws: Annotated[int | None, typer.Option(min=1, help="Draws kept per chain.")] = None,
    tune: Annotated[int | None, typer.Option(min=1, help="Draws per chain to tune on.")] = None,
    chains: Annotated[int | None, typer.Option(min=1, help="Independent chains.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of all randomness.")] = None,
    cores: Annotated[int | None, typer.Option(min=1, help="Cores to use; all if unsaid.")] = None,
    holdout: Annotated[
        int, typer.Option(min=0, help="Also score the forecast of this many last weeks.")
    ] = 0,
    backtest: Annotated[
        int,
        typer.Option(
            min=0, metavar="N", help="Also score forecasts made 13, 26, … N·13 weeks ago."
        ),
    ] = 0,
    placebo: Annotated[
        bool, typer.Option("--placebo", help="Also fit a line that did nothing: it must earn none.")
    ] = False,
    curve_draws: Annotated[int, typer.Option(min=1, help="Draws kept in curves.nc.")] = 500,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an earlier fit.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fit the model and write DIR/curves.nc, DIR/fit.nc and DIR/health.json."""
    import json  # these load pandas, xarray and SciPy; PyMC is loaded by the workers alone

    from mmm.console import console
    from mmm.console_health import health_table
    from mmm.data import load
    from mmm.files import refuse_existing
    from mmm.fit import fit as fit_all
    from mmm.fit import outputs, save
    from mmm.fit_progress import fit_bars
    from mmm.spec import load_spec

    refuse_existing(outputs(out), force=force)
    spec = load_spec(model)
    stated = {"draws": draws, "tune": tune, "chains": chains, "seed": seed}
    sampling = spec.sampling.model_copy(
        update={key: value for key, value in stated.items() if value is not None}
    )
    with fit_bars(quiet or as_json) as watch:
        done = fit_all(
            spec,
            load(spec),
            sampling=sampling,
            cores=cores,
            holdout=holdout,
            backtest=backtest,
            placebo=placebo,
            watch=watch,
        )
    save(done, out, force=force, draws=curve_draws)
    if as_json:
        body = {"out": str(out), "health": json.loads(done.card.to_json())}
        typer.echo(json.dumps(body, indent=2, ensure_ascii=False))
    elif not quiet:
        console().print(health_table(done.card))
        console().print(f"Written: {out / 'curves.nc'} and, beside it, fit.nc and health.json")
