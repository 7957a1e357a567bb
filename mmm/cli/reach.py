"""``mmm reach``."""

from __future__ import annotations

from typing import Annotated

import typer

from mmm.cli.options import Json, ModelFile, Quiet

EPILOG = "Example: mmm reach data/sample/model.yaml"


def reach(
    model: ModelFile,
    draws: Annotated[int, typer.Option(min=100, help="Draws of every reach curve.")] = 1000,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show how many people each audience and line reaches, how often, and at what spend."""
    import json
    from dataclasses import asdict

    from mmm.audiences import audiences
    from mmm.console import console
    from mmm.data import load
    from mmm.reach import frequency_table
    from mmm.reach_text import finding, frequency_report
    from mmm.spec import load_spec
    from mmm.terminal import progress

    spec = load_spec(model)
    with progress("Reading reach", None, quiet or as_json):
        data = load(spec)
        every = audiences(spec, data, draws=draws)
        rows = frequency_table(every)
    if as_json:
        body = {
            "currency": data.currency,
            "audiences": [
                {
                    "name": one.name,
                    "window_weeks": one.weeks,
                    "curve": one.curve.family.name,
                    "source": one.source,
                    "finding": finding(one, [row for row in rows if row.audience == one.name]),
                }
                for one in every
            ],
            "rows": [asdict(row) for row in rows],
        }
        typer.echo(json.dumps(body, indent=2, ensure_ascii=False, allow_nan=False))
    elif not quiet:
        console().print(frequency_report(every, rows, data.currency))
