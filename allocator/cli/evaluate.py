"""``allocator evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.options import CellName, Json, Quiet, Sets, loaded_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from allocator.engine.setting import Setting
    from allocator.scenario import LoadedScenario
    from mmm.curves import ResponseCurves

    Amounts = Callable[[Setting], np.ndarray]

EPILOG = (
    "Examples: allocator evaluate plan.csv --scenario scenarios/2027-q1-base.yaml --out out/given; "
    "allocator evaluate --actuals 2026-W01:13 --curves data/sample/curves.nc --out out/last-year"
)


def evaluate(
    table: Annotated[
        Path | None,
        typer.Argument(metavar="PLAN.csv", help="A split: line,spend or line,week,spend."),
    ] = None,
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for plan.json and plan.html.")
    ],
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The question: period, rules, objective.")
    ] = None,
    curves: Annotated[
        Path | None, typer.Option(help="The curves, without a scenario or instead of its own.")
    ] = None,
    actuals: Annotated[
        str | None,
        typer.Option(metavar="WEEK:WEEKS", help="What was spent then, in place of a table."),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(metavar="WEEK:WEEKS", help="Without a scenario: the weeks; or those next."),
    ] = None,
    accept_unhealthy: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="Use a fit that fails its health card, and why."),
    ] = None,
    cell: CellName = None,
    sets: Sets = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Give a split that somebody wrote, or last year's, every figure of a plan.

    It is evaluated, not optimised: the plan says which rules it breaks and how much more they
    would allow. Exits with 0 when written, 2 for bad input, 5 when the fit is unhealthy.
    """
    from allocator.answer import curve_series  # below: NumPy and what the proof needs, a second
    from allocator.engine.setting import settle
    from allocator.evaluate import evaluated
    from allocator.plan.file import write
    from allocator.reports.planner import planner_page
    from mmm.curves import load as load_curves
    from mmm.files import refuse_existing
    from mmm.terminal import steps

    _one_of(table, actuals, scenario, curves)
    _none_without(scenario, {"--cell": cell, "--set": sets})
    outputs = (out / "plan.json", out / "plan.html")
    refuse_existing(outputs, force=force)
    question = None if scenario is None else loaded_of(scenario, cell, sets)
    loaded, known, amounts = _asked(table, actuals, (question, curves, period))
    others = tuple(map(load_curves, loaded.alternative_files))
    with steps(quiet or as_json) as step:
        made = evaluated(
            loaded, known, amounts,
            folder=out, alternatives=others, accepted=accept_unhealthy, step=step,
        )  # fmt: skip
    write(outputs[0], made.to_json(), force=force)
    page = planner_page(made, curve_series(settle(loaded, known, others), made))
    write(outputs[1], page, force=force)
    if as_json:
        typer.echo(made.to_json(), nl=False)
    elif not quiet:
        from allocator.reports.terminal import plan_tables
        from allocator.show import console

        console().print(plan_tables(made))
        typer.echo(f"\nThe page: {outputs[1].resolve().as_uri()}")


def _one_of(
    table: Path | None, actuals: str | None, scenario: Path | None, curves: Path | None
) -> None:
    """Raise InputError unless there is one split, and something to ask about it."""
    from mmm.errors import Fault, InputError

    faults = []
    if (table is None) == (actuals is None):
        found = "neither" if table is None else "both"
        expected = "PLAN.csv or --actuals WEEK:WEEKS, one of the two"
        faults.append(Fault("evaluate", 0, 0, "", found, expected))
    if scenario is None and curves is None:
        found, expected = "neither", "--scenario FILE, or --curves FILE without one"
        faults.append(Fault("evaluate", 0, 0, "", found, expected))
    if faults:
        raise InputError(faults)


def _none_without(scenario: Path | None, options: Mapping[str, object]) -> None:
    """Raise InputError for options about a scenario where there is none."""
    from mmm.errors import Fault, InputError

    stated = [name for name, value in options.items() if value]
    if scenario is None and stated:
        raise InputError(
            [Fault(name, 0, 0, "", "no scenario", "--scenario FILE beside it") for name in stated]
        )


def _asked(
    table: Path | None,
    actuals: str | None,
    named: tuple[LoadedScenario | None, Path | None, str | None],
) -> tuple[LoadedScenario, ResponseCurves, Amounts]:
    """The question, its curves, and how its setting turns the split into weekly amounts."""
    from allocator.asked_plainly import past, stretch_of
    from allocator.evaluate import of_history, of_rows
    from allocator.scenario.schema.table import read_table
    from mmm.curves import load as load_curves

    question, curves, period = named
    rows, places = read_table(table, str(table)) if table is not None else ((), ())
    if question is not None:
        loaded = question if curves is None else question.on(curves)
        known = load_curves(loaded.curves_file)
    else:
        assert curves is not None  # _one_of has asked
        known = load_curves(curves)
        loaded = _plainly(known, curves, (rows, actuals, period, str(table)))
    if actuals is None:
        return loaded, known, lambda setting: of_rows(setting, rows, (str(table), places))
    stretch = stretch_of("--actuals", actuals)
    spent = past(known, stretch, "--actuals")

    def amounts(setting: Setting) -> np.ndarray:
        from mmm.errors import Fault, InputError

        if stretch.weeks != setting.weeks.weeks:
            expected = f"as many as the period has, {setting.weeks.weeks}"
            found = f"{stretch.weeks} weeks"
            raise InputError([Fault("--actuals", 0, 0, "", found, expected)])
        return of_history(setting, spent)

    return loaded, known, amounts


def _plainly(
    known: ResponseCurves, file: Path, given: tuple[tuple, str | None, str | None, str]
) -> LoadedScenario:
    """The question of curves alone: the next weeks, against the same weeks of the year before."""
    from allocator.asked_plainly import next_weeks, past, question, stretch_of, year_before

    rows, actuals, period, name = given
    stretch = stretch_of("--actuals", actuals) if actuals is not None else None
    count = stretch.weeks if stretch is not None else len({r.week for r in rows if r.week}) or None
    weeks = stretch_of("--period", period) if period is not None else next_weeks(known, count)
    if stretch is not None:
        money = sum(
            round(float(row.sum()), 2) for row in past(known, stretch, "--actuals").values()
        )
    else:
        money = sum(row.spend for row in rows)
    if known.history is None:
        reference: dict = {"table": name, "rows": [row.model_dump() for row in rows]}
    else:
        reference = {"actuals": year_before(known, weeks).form()}
    title = f"As spent from {stretch.start}" if stretch is not None else f"As given in {name}"
    return question(
        known, file, title=title, period=weeks, reference=reference, money=round(money, 2)
    )
