"""The ``mmm`` command. Heavy imports stand inside the commands, so that --help starts at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mmm.terminal import run

app = typer.Typer(
    name="mmm",
    help="From a table of weekly media and sales to response curves.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # mmm.terminal.run words what goes wrong
)

ModelFile = Annotated[Path, typer.Argument(metavar="MODEL.yaml", help="The model file.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless it is wrong.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.callback()
def commands() -> None:
    """From a table of weekly media and sales to response curves."""


@app.command(epilog="Example: mmm check data/sample/model.yaml")
def check(model: ModelFile, as_json: Json = False, quiet: Quiet = False) -> None:
    """Read the data and tell what they hold, or everything that is wrong with them."""
    import json  # these load pandas and xarray: half a second that --help need not wait for
    from dataclasses import asdict

    from mmm.check import describe
    from mmm.check_text import data_summary
    from mmm.console import console
    from mmm.data import load
    from mmm.spec import load_spec

    spec = load_spec(model)
    summary = describe(load(spec), spec)
    if as_json:
        typer.echo(json.dumps(asdict(summary), default=str, indent=2, ensure_ascii=False))
    elif not quiet:
        console().print(data_summary(summary))


@app.command(epilog="Example: mmm fit data/sample/model.yaml --out fit")
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
            spec, load(spec), sampling=sampling, cores=cores, holdout=holdout, watch=watch
        )
    save(done, out, force=force, draws=curve_draws)
    if as_json:
        body = {"out": str(out), "health": json.loads(done.card.to_json())}
        typer.echo(json.dumps(body, indent=2, ensure_ascii=False))
    elif not quiet:
        console().print(health_table(done.card))
        console().print(f"Written: {out / 'curves.nc'} and, beside it, fit.nc and health.json")


@app.command(
    epilog="Examples: mmm curves fit/curves.nc · mmm curves fit/curves.nc --plot curves.png"
)
def curves(
    file: Annotated[Path, typer.Argument(metavar="CURVES.nc", help="Curves of a fit or import.")],
    weeks: Annotated[
        int | None, typer.Option(help="Weeks of recent spend the figures are about; 13 if unsaid.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the curves to a .png or .svg file.")
    ] = None,
    kpi: Annotated[str | None, typer.Option(help="KPI to draw; the first if unsaid.")] = None,
    campaigns: Annotated[
        bool, typer.Option("--campaigns", help="Draw each campaign, not each channel.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the drawing.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show what each line spends and brings, what more would bring, and how full it is."""
    import json
    from dataclasses import asdict

    from mmm.console import console
    from mmm.curve_table import curve_table
    from mmm.curve_text import curve_report, drawn_kpi, finding, legend
    from mmm.curves import load
    from mmm.terminal import progress

    read = load(file)
    with progress("Reading the curves", None, quiet or as_json):
        table = curve_table(read, weeks=weeks)
    if plot is not None:
        from mmm.curve_plot import draw_curves
        from mmm.curve_points import curve_points

        chosen = drawn_kpi(read.kpis, kpi)
        with progress("Drawing", None, quiet or as_json):
            points = curve_points(read, chosen, weeks=weeks, by_line=campaigns)
            title, below = finding(table, chosen), legend(table, chosen)
            draw_curves(points, plot, title=title, subtitle=below, force=force)
    elif kpi is not None or campaigns:
        raise typer.BadParameter("--kpi and --campaigns choose what --plot FILE draws")
    if as_json:
        body = asdict(table) | {"findings": {name: finding(table, name) for name in read.kpis}}
        typer.echo(json.dumps(body, indent=2, ensure_ascii=False, allow_nan=False))
    elif not quiet:
        console().print(curve_report(table))


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run(app))
