"""``mmm fit``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmm.cli.options import Chains, Cores, Draws, Holdout, Json, Quiet, Seed, Tune

if TYPE_CHECKING:
    from mmm.fit.files import Outcome

EPILOG = "Example: mmm fit data/sample/model.yaml --out fit"


def fit(
    models: Annotated[
        list[Path], typer.Argument(metavar="MODEL.yaml...", help="The model file, or several.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="Folder for curves.nc and the rest; of several models, for a folder each.",
        ),
    ],
    draws: Draws = None,
    tune: Tune = None,
    chains: Chains = None,
    seed: Seed = None,
    cores: Cores = None,
    holdout: Holdout = 0,
    backtest: Annotated[
        int,
        typer.Option(
            min=0, metavar="N", help="Also score forecasts from N points, 13 weeks apart."
        ),
    ] = 0,
    placebo: Annotated[
        bool, typer.Option("--placebo", help="Also fit a line that did nothing: it must earn none.")
    ] = False,
    curve_draws: Annotated[int, typer.Option(min=1, help="Draws kept in curves.nc.")] = 500,
    force: Annotated[
        bool,
        typer.Option("--force", help="Fit again; what is there is kept in DIR/earlier."),
    ] = False,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Sample on the workers of this Dask scheduler."),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fit the model and write DIR/curves.nc, DIR/fit.nc and DIR/health.json.

    Several models share the cores, and each gets DIR/NAME: its file's name without .yaml or, where
    two are called the same, its folder's. One that fails stops no other.
    """
    from mmm.fit.files import Wish, fit_files  # pandas, xarray, SciPy; PyMC only in the workers
    from mmm.fit.progress import fit_bars

    wish = Wish(
        stated={"draws": draws, "tune": tune, "chains": chains, "seed": seed},
        holdout=holdout,
        backtest=backtest,
        placebo=placebo,
        curve_draws=curve_draws,
        force=force,
        cores=cores,
        cluster=cluster,
    )
    places = _places(models, out)
    with fit_bars(quiet or as_json) as watch:
        outcomes = fit_files(
            places, wish, tell=lambda text: typer.echo(text, err=True), watch=watch
        )
    if len(places) == 1:
        _tell_one(*outcomes.values(), as_json=as_json, quiet=quiet)
    else:
        _tell_all(outcomes, as_json=as_json, quiet=quiet)


def _places(models: list[Path], out: Path) -> dict[str, tuple[Path, Path]]:
    """Name -> (model file, folder)."""
    if len(models) == 1:
        return {models[0].stem: (models[0], out)}
    names = [model.stem for model in models]
    if len(set(names)) < len(names):
        names = [model.resolve().parent.name for model in models]
    if twice := [name for name in names if names.count(name) > 1]:
        problem = f"two models are called {twice[0]}, and would share {out / twice[0]}: rename one"
        raise typer.BadParameter(problem)
    return {name: (model, out / name) for name, model in zip(names, models, strict=True)}


def _tell_one(outcome: Outcome, *, as_json: bool, quiet: bool) -> None:
    from mmm.console import console
    from mmm.console_health import health_table

    if outcome.failure is not None:
        raise outcome.failure
    assert outcome.card is not None
    out = outcome.out
    if as_json:
        _print_json(_body(outcome))
    elif not quiet:
        if outcome.already:
            console().print(
                f"{out} already holds the fit of this model and these data "
                f"({outcome.digest[:12]}); nothing was done (--force fits again)"
            )
            return
        console().print(health_table(outcome.card))
        console().print(f"Written: {out / 'curves.nc'} and, beside it, fit.nc and health.json")


def _tell_all(outcomes: Mapping[str, Outcome], *, as_json: bool, quiet: bool) -> None:
    from mmm.console import console, table

    failures = {name: one.failure for name, one in outcomes.items() if one.failure is not None}
    if as_json:
        _print_json({"models": {name: _body(one) for name, one in outcomes.items()}})
    elif not quiet:
        rows = [(name, *_row(one)) for name, one in outcomes.items()]
        console().print(table("Models", ("model", "fit", "health"), rows))
        folder = next(iter(outcomes.values())).out.parent
        console().print(f"Each is in a folder of its name in {folder}")
    for name, failure in failures.items():
        for line in str(failure).splitlines() or [type(failure).__name__]:
            typer.echo(f"{name}: {line}", err=True)
    if failures:
        raise typer.Exit(max(getattr(one, "exit_code", 1) for one in failures.values()))


def _row(outcome: Outcome) -> tuple[str, str]:
    if outcome.card is None:
        return "failed", "–"
    return "was there" if outcome.already else "made", outcome.card.verdict.value


def _body(outcome: Outcome) -> dict[str, object]:
    import json

    if outcome.card is None:
        return {"out": str(outcome.out), "failure": str(outcome.failure)}
    return {
        "out": str(outcome.out),
        "fit": outcome.digest,
        "already": outcome.already,
        "health": json.loads(outcome.card.to_json()),
    }


def _print_json(body: object) -> None:
    import json

    typer.echo(json.dumps(body, indent=2, ensure_ascii=False))
