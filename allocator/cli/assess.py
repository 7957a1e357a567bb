"""``allocator assess``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.options import Json, Quiet, share_of

if TYPE_CHECKING:
    from allocator.assess.conduct import Asked
    from allocator.scenario import LoadedScenario
    from mmm.curves import ResponseCurves

EPILOG = (
    "Examples: allocator assess data/sample/curves.nc --margin 35%; "
    "allocator assess data/sample/curves.nc --reference actuals:2026-W01:13 --move 10%; "
    "allocator assess data/sample/curves.nc --hurdle 1.5 --out out/today"
)


def assess(
    curves: Annotated[Path, typer.Argument(metavar="CURVES.nc", help="The response curves.")],
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="WEEKS|FILE",
            help="actuals:2026-W01:13, or a CSV line,spend; the last 13 weeks if unsaid.",
        ),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(metavar="WEEK:WEEKS", help="The weeks it is read in; those after the data."),
    ] = None,
    margin: Annotated[
        str | None, typer.Option(metavar="SHARE", help="What stays of revenue: profit counts.")
    ] = None,
    hurdle: Annotated[
        float | None,
        typer.Option(min=0.0, help="What the next unit of money must bring; 1 if unsaid."),
    ] = None,
    move: Annotated[
        str, typer.Option(metavar="SHARE", help="How far a line may move for a better split.")
    ] = "20%",
    platform: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What platforms report: line,kpi,reported.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for assessment.json, .csv and assess.html."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Tell where money stands today: on each curve, past the hurdle, with room, or misread.

    What was spent is read in the weeks that come next, as if it were spent again. Exits with 0,
    or 2 for bad input.
    """
    from allocator.assess.conduct import assess as look  # below: what the proof needs, a second
    from allocator.assess.platform import read_reports
    from allocator.assess.table import tidy
    from allocator.plan.file import write
    from allocator.reports.assess import assess_page
    from mmm.curves import load
    from mmm.files import refuse_existing
    from mmm.terminal import steps

    names = ("assessment.json", "assessment.csv", "assess.html")
    outputs = tuple(out / name for name in names) if out is not None else ()
    refuse_existing(outputs, force=force)
    known = load(curves)
    loaded, asked = _question(known, curves, (reference, period, margin, hurdle, move))
    reports = read_reports(platform, known.lines, known.units) if platform is not None else ()
    with steps(quiet or as_json) as step:
        found = look(loaded, known, asked, reports=reports, step=step)
    if outputs:
        written: tuple[str | bytes, ...] = (found.to_json(), tidy(found), assess_page(found))
        for path, content in zip(outputs, written, strict=True):
            write(path, content, force=force)
    if as_json:
        typer.echo(found.to_json(), nl=False)
    elif not quiet:
        from allocator.reports.assess_text import assess_tables
        from allocator.show import console

        console().print(assess_tables(found))
        if outputs:
            typer.echo(f"\nThe page: {outputs[-1].resolve().as_uri()}")


def _question(
    known: ResponseCurves,
    file: Path,
    said: tuple[str | None, str | None, str | None, float | None, str],
) -> tuple[LoadedScenario, Asked]:
    """The spend as the reference of a question without rules. Raises InputError."""
    from allocator.asked_plainly import (
        last_weeks,
        next_weeks,
        past,
        past_weeks,
        question,
        stretch_of,
    )
    from allocator.assess.conduct import Asked
    from allocator.scenario.schema.table import read_table

    reference, period, margin, hurdle, move = said
    if reference is not None and not reference.startswith("actuals:"):
        rows, _ = read_table(Path(reference), reference)
        money = sum(row.spend for row in rows)
        form: dict[str, object] = {"table": reference, "rows": [row.model_dump() for row in rows]}
        basis, count = f"As given in {reference}", None
    else:
        stretch = last_weeks(known) if reference is None else stretch_of("--reference", reference)
        weeks = past_weeks(known, stretch, "--reference")
        spent = past(known, stretch, "--reference").values()
        money = sum(round(float(row.sum()), 2) for row in spent)
        form, count = {"actuals": stretch.form()}, stretch.weeks
        basis = f"As spent in the {weeks.weeks} weeks from {weeks.start}"
    when = stretch_of("--period", period) if period is not None else next_weeks(known, count)
    loaded = question(
        known, file, title=basis, period=when, reference=form, money=round(money, 2),
        margin=None if margin is None else share_of("--margin", margin),
    )  # fmt: skip
    return loaded, Asked(basis, hurdle, share_of("--move", move))
