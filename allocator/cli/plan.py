"""``allocator plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.options import Json, Quiet, ScenarioFile

EPILOG = (
    "Examples: allocator plan scenarios/2027-q1-base.yaml --out out/q1; "
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
    solver: Annotated[
        str | None, typer.Option(help="highs, or scip (an extra), instead of the scenario's.")
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
    loaded = loaded if solver is None else loaded.solved_by(solver)
    refuse_existing(outputs, force=force)
    known = load_curves(loaded.curves_file)
    others = tuple(map(load_curves, loaded.alternative_files))
    with steps(quiet or as_json) as step:
        answer = answer_to(
            loaded, known, folder=out, alternatives=others, accepted=accept_unhealthy, step=step
        )
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
