"""``allocator plan``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.documents import (
    By,
    Csv,
    FiscalStart,
    Ledger,
    Lines,
    On,
    OnePager,
    Promised,
    Wish,
    Xlsx,
    tell_written,
)
from allocator.cli.options import CellName, Json, Quiet, ScenarioFile, Sets, loaded_of, share_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from allocator.plan import Plan
    from allocator.scenario import LoadedScenario

EPILOG = (
    "Examples: allocator plan scenarios/2027-q1-base.yaml --out out/q1; "
    "allocator plan scenarios/2027-q1-base.yaml --out out/q1 --json --force; "
    "allocator plan scenarios/2027-q1-base.yaml --out out/simple --simplify 5%; "
    "allocator plan scenarios/2027-q1-base.yaml --out out/wish --fix search/brand=100k; "
    "allocator plan scenarios/2027-q1-base.yaml --out out/q1 --xlsx --onepager --by 'Jana Weber'"
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
    simplify: Annotated[
        str | None,
        typer.Option(metavar="SHARE", help="The fewest changes that lose no more of the gain."),
    ] = None,
    fix: Annotated[
        list[str] | None,
        typer.Option(metavar="LINE=AMOUNT", help="Set by hand; the rest is best. Repeatable."),
    ] = None,
    cell: CellName = None,
    sets: Sets = None,
    xlsx: Xlsx = False,
    onepager: OnePager = False,
    csv: Csv = False,
    lines: Lines = None,
    promised: Promised = None,
    ledger: Ledger = None,
    fiscal_start: FiscalStart = 1,
    by: By = "",
    on: On = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Find the best plan a scenario allows, and prove it.

    With --xlsx, --onepager or --csv its documents too: as by `allocator documents`.

    Exits with 0 when proven, 2 for bad input, 3 when no plan satisfies the rules, 4 when the plan
    is written but not proven within the gap, 5 when the fit is unhealthy.
    """
    from allocator.plan.file import write  # below: the solver and all it needs, a second or two
    from mmm.files import refuse_existing

    loss = share_of("--simplify", simplify) if simplify is not None else None
    outputs = (out / "plan.json", out / "plan.html")
    loaded = loaded_of(scenario, cell, sets)
    loaded = loaded if curves is None else loaded.on(curves)
    loaded = loaded if solver is None else loaded.solved_by(solver)
    refuse_existing(outputs, force=force)
    papers = Wish(xlsx, onepager, csv, lines, promised, ledger, fiscal_start, by, on)
    if papers.any:
        papers.refuse(out, force=force)
    wish = _Wish(out, accept_unhealthy, loss, _fixes(fix, loss), quiet or as_json, as_json)
    made, page, prepare = _made(loaded, wish)
    text = made.to_json()
    write(outputs[0], text, force=force)
    write(outputs[1], page, force=force)
    written = prepare(papers)
    if as_json:
        typer.echo(text, nl=False)
    elif not quiet:
        _tell(made, outputs[1])
        tell_written(written)
    _refuse_unproven(made, outputs[0])


def _fixes(written: list[str] | None, loss: float | None) -> dict[str, float]:
    """What is set by hand: line -> amount. Raises InputError."""
    if not written:
        return {}
    from allocator.sensitivity.wish import wishes_of
    from mmm.errors import Fault, InputError

    if loss is not None:
        fault = Fault("--fix", 0, 0, "", "--fix and --simplify", "one of the two")
        raise InputError([fault])
    return wishes_of(written)


@dataclass(frozen=True)
class _Wish:
    """How a plan is to be made, besides its scenario."""

    out: Path
    accepted: str | None
    loss: float | None
    fixes: dict[str, float]
    quiet: bool
    as_json: bool


def _made(
    loaded: LoadedScenario, wish: _Wish
) -> tuple[Plan, bytes, Callable[[Wish], tuple[Path, ...]]]:
    """The plan, its page, and what makes its other documents once it is written.

    Raises Infeasible with the conflict, as JSON on the way if asked.
    """
    import json
    from functools import partial

    from allocator.answer import curve_series, refusal, refusal_json
    from allocator.errors import Infeasible
    from allocator.reports.planner import planner_page
    from allocator.run import plan as answer_to
    from mmm.curves import load as load_curves
    from mmm.terminal import steps

    known = load_curves(loaded.curves_file)
    others = tuple(map(load_curves, loaded.alternative_files))
    with steps(wish.quiet) as step:
        find = partial(answer_to, loaded, known)
        if wish.fixes:
            from allocator.sensitivity.wish import plan_wish, wishing

            find = partial(plan_wish, loaded, known, wish.fixes)
            loaded = wishing(loaded, known, wish.fixes)
        answer = find(folder=wish.out, alternatives=others, accepted=wish.accepted, step=step)
        made = answer.plan
        if made is not None and wish.loss is not None:
            from allocator.sensitivity.simplify import simplify

            made = simplify(answer, loaded, loss=wish.loss, folder=wish.out, tell=step)
    if made is None or answer.infeasible is not None:
        assert answer.infeasible is not None
        if wish.as_json:
            typer.echo(json.dumps(refusal_json(loaded, answer.infeasible), indent=2))
        earlier = (wish.out / "plan.json").exists()
        kept = f"\n{wish.out} still holds an earlier plan." if earlier else ""
        raise Infeasible(refusal(loaded, answer.infeasible) + kept)

    def papers(asked: Wish) -> tuple[Path, ...]:
        from allocator.plan.file import read
        from allocator.sensitivity.opened import standing

        if not asked.any:
            return ()
        file = wish.out / "plan.json"  # as whoever verifies a document will read it
        source = standing(read(file), str(file), known, others, loaded=loaded)
        with steps(wish.quiet) as step:
            return asked.make(source, wish.out, tell=step)

    return made, planner_page(made, curve_series(answer.setting, made)), papers


def _tell(made: Plan, page: Path) -> None:
    from allocator.reports.terminal import plan_tables
    from allocator.show import console

    console().print(plan_tables(made))
    if made.simplified is not None:
        from allocator.sensitivity.words import simplified_words

        typer.echo(f"\n{simplified_words(made.simplified)}")
    typer.echo(f"\nThe page: {page.resolve().as_uri()}")


def _refuse_unproven(made: Plan, file: Path) -> None:
    """Raise NotProven for a plan that is written, but not proven."""
    from allocator.errors import NotProven
    from allocator.plan import Status

    proof = made.certificate
    if proof.status is not Status.PROVEN:
        raise NotProven(
            f"{file} is written, but not proven: another plan may be worth up to "
            f"{proof.gap:,.2f} more ({proof.gap_of_outcome:.2%} of what is at stake; asked: "
            f"{proof.asked:.2%}), or a rule is missed (worst: {proof.worst_violation:.2g} of its "
            "limit)"
        )
