"""``mmm refresh``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmm.cli.options import (
    Chains,
    Cores,
    Draws,
    Holdout,
    Json,
    ModelFile,
    Quiet,
    Seed,
    Tune,
)

EPILOG = "Example: mmm refresh data/sample/model.yaml --out fit"


def refresh(
    model: ModelFile,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the earlier fit.")],
    draws: Draws = None,
    tune: Tune = None,
    chains: Chains = None,
    seed: Seed = None,
    cores: Cores = None,
    holdout: Holdout = 0,
    curve_draws: Annotated[int, typer.Option(min=1, help="Draws kept in curves.nc.")] = 500,
    cold: Annotated[
        bool, typer.Option("--cold", help="Start the sampler as if there had been no earlier fit.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Fit again even if nothing has changed.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fit again when new weeks have arrived, from where the earlier fit ended; say what moved.

    The earlier fit is kept in DIR/earlier; what moved is in DIR/refresh.json, too.
    """
    import json

    from mmm.console import console
    from mmm.fit.files import Wish
    from mmm.fit.progress import fit_bars
    from mmm.refresh import Unchanged, refresh_text
    from mmm.refresh import refresh as conduct

    wish = Wish(
        stated={"draws": draws, "tune": tune, "chains": chains, "seed": seed},
        holdout=holdout,
        curve_draws=curve_draws,
        force=force,
        cores=cores,
    )
    with fit_bars(quiet or as_json) as watch:
        found = conduct(
            model,
            out,
            wish,
            tell=lambda text: typer.echo(text, err=True),
            watch=watch,
            cold=cold,
        )
    if isinstance(found, Unchanged):
        if as_json:
            typer.echo(
                json.dumps({"out": str(out), "fit": found.digest, "already": True}, indent=2)
            )
        elif not quiet:
            console().print(
                f"Nothing has changed since the fit in {out} ({found.digest[:12]}); nothing was "
                "done (--force fits again)"
            )
    elif as_json:
        body = {"out": str(out), "already": False, **found.to_json()}
        typer.echo(json.dumps(body, indent=2, ensure_ascii=False))
    elif not quiet:
        console().print(refresh_text(found))
        console().print(f"Written: {out / 'curves.nc'}; the fit before is in {out / 'earlier'}")
