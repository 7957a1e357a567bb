"""``mmm check``."""

from __future__ import annotations

import typer

from mmm.cli.options import Json, ModelFile, Quiet

EPILOG = "Example: mmm check data/sample/model.yaml"


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
