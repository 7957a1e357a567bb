"""The ``allocator`` command. Heavy imports stand inside the commands, so that --help starts at
once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mmm.terminal import run

app = typer.Typer(
    name="allocator",
    help="From a scenario file and response curves to a proven plan.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # mmm.terminal.run words what goes wrong
)

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO.yaml", help="The scenario file.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless it is wrong.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@app.callback()
def commands() -> None:
    """From a scenario file and response curves to a proven plan."""


@app.command(
    epilog="Examples: allocator show scenarios/2027-q1-base.yaml; "
    "allocator show scenarios/2027-q1-base.yaml --resolved --json"
)
def show(
    scenario: ScenarioFile,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Print every value, defaults filled in.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read a scenario and tell what it asks, or everything that is wrong with it."""
    from allocator.scenario import load, written_form  # pydantic builds the schema: 0.1 s

    loaded = load(scenario)
    if as_json:
        import json

        typer.echo(json.dumps(loaded.resolved, indent=2, ensure_ascii=False))
    elif resolved:
        from mmm.yamlfile import to_text

        typer.echo(to_text(written_form(loaded.scenario)), nl=False)
    else:
        from allocator.show import console, scenario_view  # rich: 0.1 s

        console().print(scenario_view(loaded.scenario))


@app.command(
    epilog="Examples: allocator plan scenarios/2027-q1-base.yaml --out out/q1; "
    "allocator plan scenarios/2027-q1-base.yaml --out out/q1 --json --force"
)
def plan(
    scenario: ScenarioFile,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for plan.json and plan.html.")
    ],
    curves: Annotated[
        Path | None, typer.Option(help="Plan on these curves, not those the scenario names.")
    ] = None,
    accept_unhealthy: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="Plan from a fit that fails its health card, and why."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Find the best plan a scenario allows, and prove it.

    Exits with 0 when proven, 2 for bad input, 3 when no plan satisfies the rules, 4 when the plan
    is written but not proven within the gap, 5 when the fit is unhealthy.
    """
    import json  # below: the solver and all it needs, a second or two

    from allocator.answer import curve_series, refusal, refusal_json
    from allocator.errors import Infeasible, NotProven
    from allocator.plan import Status
    from allocator.plan_file import write
    from allocator.reports.planner import planner_page
    from allocator.run import plan as answer_to
    from allocator.scenario import load
    from mmm.curves import load as load_curves
    from mmm.files import refuse_existing
    from mmm.terminal import steps

    outputs = (out / "plan.json", out / "plan.html")
    loaded = load(scenario) if curves is None else load(scenario).on(curves)
    refuse_existing(outputs, force=force)
    known = load_curves(loaded.curves_file)
    with steps(quiet or as_json) as step:
        answer = answer_to(loaded, known, folder=out, accepted=accept_unhealthy, step=step)
    if answer.plan is None or answer.infeasible is not None:
        assert answer.infeasible is not None
        if as_json:
            typer.echo(json.dumps(refusal_json(loaded, answer.infeasible), indent=2))
        kept = f"\n{out} still holds an earlier plan." if outputs[0].exists() else ""
        raise Infeasible(refusal(loaded, answer.infeasible) + kept)
    text = answer.plan.to_json()
    page = planner_page(answer.plan, curve_series(answer.setting, answer.plan))
    write(outputs[0], text, force=force)
    write(outputs[1], page, force=force)
    if as_json:
        typer.echo(text, nl=False)
    elif not quiet:
        from allocator.reports.terminal import plan_tables
        from allocator.show import console

        console().print(plan_tables(answer.plan))
        typer.echo(f"\nThe page: {outputs[1].resolve().as_uri()}")
    if answer.plan.certificate.status is not Status.PROVEN:
        proof = answer.plan.certificate
        raise NotProven(
            f"{outputs[0]} is written, but not proven: another plan may be worth up to "
            f"{proof.gap:,.2f} more ({proof.gap_of_outcome:.2%} of what is at stake; asked: "
            f"{proof.asked:.2%}), or a rule is missed (worst: {proof.worst_violation:.2g} of its "
            "limit)"
        )


@app.command(
    epilog="Examples: allocator verify out/q1/plan.json; "
    "allocator verify plan.json --curves data/sample/curves.nc"
)
def verify(
    file: Annotated[Path, typer.Argument(metavar="PLAN.json", help="The plan to check.")],
    curves: Annotated[
        Path | None, typer.Option(help="Where the curves are, if not where the plan says.")
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Recompute a plan from its scenario and curves, without the solver that made it.

    Exits with 0 if every figure agrees, 6 with the list of what does not.
    """
    import json

    from allocator.errors import VerificationFailed
    from allocator.verify import verify as recompute

    verdict = recompute(file, curves_file=curves)
    if as_json:
        wrong = [
            {"path": d.path, "stated": d.stated, "recomputed": d.recomputed}
            for d in verdict.differences
        ]
        typer.echo(
            json.dumps(
                {"agrees": not wrong, "compared": verdict.compared, "differences": wrong},
                default=str,
                ensure_ascii=False,
                indent=2,
            )
        )
    if verdict.differences:
        listed = "\n".join(f"  {difference}" for difference in verdict.differences)
        count = len(verdict.differences)
        raise VerificationFailed(
            f"{file}: {count} figure{'s' if count > 1 else ''} "
            f"{'do' if count > 1 else 'does'} not agree:\n{listed}"
        )
    if not (quiet or as_json):
        typer.echo(f"{file} agrees: {verdict.compared:,} figures recomputed, the bound among them.")


curves_app = typer.Typer(help="Curves made elsewhere.", no_args_is_help=True)
app.add_typer(curves_app, name="curves")


@curves_app.callback()
def curves_commands() -> None:
    """Curves made elsewhere."""


@curves_app.command(
    "import",
    epilog="Example: allocator curves import curves.csv --out curves.nc --currency EUR --weeks 13",
)
def import_curves(
    table: Annotated[Path, typer.Argument(metavar="TABLE.csv", help="The table of curves.")],
    out: Annotated[Path, typer.Option("--out", metavar="CURVES.nc", help="Curves file to write.")],
    currency: Annotated[str, typer.Option(help="Currency of the spend, such as EUR.")],
    weeks: Annotated[int, typer.Option(min=1, help="Weeks that the totals are about.")] = 13,
    count: Annotated[
        list[str] | None,
        typer.Option(help="A KPI that counts (customers, orders); the others are money."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
) -> None:
    """Make curves of a CSV table, to plan on what another tool has estimated.

    Columns channel[,campaign][,geo],kpi,spend,response[,draw], and label_audience or another
    label of the lines: totals over the plan's period, straight lines between the points, nothing
    known beyond the last.
    """
    from mmm.curves import save  # xarray: a third of a second
    from mmm.curves.importing import read_table

    curves = read_table(table, currency=currency, weeks=weeks, counts=tuple(count or ()))
    save(curves, out, force=force)
    if not quiet:
        typer.echo(
            f"{out}: {len(curves.lines)} lines, {len(curves.kpis)} KPIs, {curves.draws} draws "
            f"over {weeks} weeks; digest {curves.digest[:12]}…"
        )


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run(app))
