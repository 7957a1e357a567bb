"""``allocator explain``."""

from __future__ import annotations

from typing import Annotated

import typer

from allocator.cli.options import Curves, Json, PlanFile, Quiet, money_of

EPILOG = (
    "Examples: allocator explain out/q1/plan.json; "
    "allocator explain out/q1/plan.json --step 10k --money 100k"
)


def explain(
    file: PlanFile,
    step: Annotated[
        str | None,
        typer.Option(metavar="MONEY", help="How far limits on money are eased; 1 % if unsaid."),
    ] = None,
    money: Annotated[
        str | None,
        typer.Option(metavar="MONEY", help="How much money is next; about 5 % if unsaid."),
    ] = None,
    curves: Curves = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Tell what holds a plan, what each rule costs, and where the next money would go.

    Every figure is the difference of two plans, each with its proof. Writes explanation.json
    beside the plan.
    """
    import json

    from allocator.plan.file import write
    from allocator.sensitivity.explanation import explanation_of
    from allocator.sensitivity.opened import opened
    from mmm.files import refuse_existing
    from mmm.terminal import steps

    out = file.parent / "explanation.json"
    sizes = {
        "step": money_of("--step", step) if step is not None else None,
        "money": money_of("--money", money) if money is not None else None,
    }
    refuse_existing([out], force=force)
    with steps(quiet or as_json) as tell:
        tell("reading")
        found = explanation_of(
            opened(file, curves_file=curves), step=sizes["step"], money=sizes["money"], tell=tell
        )
    text = json.dumps(found.document(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write(out, text, force=force)
    if as_json:
        typer.echo(text, nl=False)
    elif not quiet:
        from allocator.sensitivity.explain_text import explanation_tables
        from allocator.show import console

        console().print(explanation_tables(found))
