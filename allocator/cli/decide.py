"""``allocator review``, ``approve``, ``reject``, ``withdraw``, ``release``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.acting import DATABASE, As, Database, PlanDigest, plain, say
from allocator.cli.options import Json, Quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from allocator.signoff.conditions import Condition
    from allocator.signoff.service.decision import Decision
    from allocator.signoff.store.connect import Store
    from allocator.signoff.store.plan_rows import PlanRow
    from mmm.errors import Fault

REVIEW_EPILOG = "Example: allocator review 3f2a9c01 --as fiona@example.org"
APPROVE_EPILOG = (
    "Examples: allocator approve out/q1/plan.json --reason 'fits the year' --as dora@example.org; "
    "allocator approve 3f2a9c01 --reason fits --condition not_before=2026-12-01; "
    "allocator approve 3f2a9c01 --reason fits --condition most=tv:100k --yes"
)
REJECT_EPILOG = "Example: allocator reject 3f2a9c01 --reason 'tv is booked' --as dora@example.org"
WITHDRAW_EPILOG = "Example: allocator withdraw 3f2a9c01 --reason mistaken --as paula@example.org"
RELEASE_EPILOG = "Example: allocator release 3f2a9c01 --as fiona@example.org"

Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why; kept for ever.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask whether the figures are seen.")]


def review(
    plan: PlanDigest, db: Database = DATABASE, mail: As = "",
    quiet: Quiet = False, as_json: Json = False,
) -> None:  # fmt: skip
    """Take a submitted plan into review. Whoever reviews it does not sign it."""
    from allocator.cli.acting import acting, now, plan_named
    from allocator.signoff.service.decision import review as take

    with acting(db, mail, "all") as (store, actor):
        told(take(store, actor, plan_named(store, actor, plan), at=now()), (quiet, as_json))


def approve(
    plan: PlanDigest,
    reason: Reason,
    condition: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND=VALUE", help="not_before, document, most=LINE:AMOUNT, current."),
    ] = None,
    db: Database = DATABASE,
    mail: As = "",
    yes: Yes = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Sign a plan. Shows its figures first: the signature is bound to them."""
    from allocator.cli.acting import acting, noting, now, refuse
    from allocator.signoff.service.acts import refuse_empty
    from allocator.signoff.service.decision import sign

    conditions: list[Condition] = []
    faults: list[Fault] = []
    with noting(faults):
        refuse_empty("--reason", reason)
    for one in condition or ():
        with noting(faults):
            conditions.append(_condition(one))
    refuse(faults)
    with acting(db, mail, "all") as (store, actor):
        said = _seen(store, actor, plan, reason, conditions, yes=yes)
        told(sign(store, actor, said, at=now()), (quiet, as_json))


def reject(
    plan: PlanDigest, reason: Reason, db: Database = DATABASE, mail: As = "", yes: Yes = False,
    quiet: Quiet = False, as_json: Json = False,
) -> None:  # fmt: skip
    """Send a plan back. What changes comes as a new plan."""
    from allocator.cli.acting import acting, now
    from allocator.signoff.service.decision import reject as send_back

    with acting(db, mail, "all") as (store, actor):
        said = _seen(store, actor, plan, reason, (), yes=yes)
        told(send_back(store, actor, said, at=now()), (quiet, as_json))


def withdraw(
    plan: PlanDigest, reason: Reason, db: Database = DATABASE, mail: As = "",
    quiet: Quiet = False, as_json: Json = False,
) -> None:  # fmt: skip
    """Take a plan back: its author while nobody has decided, a director afterwards."""
    from allocator.cli.acting import acting, now, plan_named, refuse_token
    from allocator.signoff.service.reading import plan as row_of
    from allocator.signoff.service.release import withdraw as take_back

    with acting(db, mail, "submit") as (store, actor):
        digest = plan_named(store, actor, plan)
        row = row_of(store, actor, digest, at=now())
        if row is not None and row.author != actor:
            refuse_token(store, mail, "all")
        told(take_back(store, actor, digest, reason, at=now()), (quiet, as_json))


def release(
    plan: PlanDigest,
    scenario: Annotated[
        str | None, typer.Option(metavar="DIGEST", help="Of the scenario in force today.")
    ] = None,
    curves: Annotated[
        str | None, typer.Option(metavar="DIGEST", help="Of the curves in force today.")
    ] = None,
    db: Database = DATABASE,
    mail: As = "",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Release the money of an approved plan, if every condition of its approval holds."""
    from allocator.cli.acting import acting, now, plan_named
    from allocator.signoff.service.release import release as let_go

    with acting(db, mail, "all") as (store, actor):
        row = let_go(
            store, actor, plan_named(store, actor, plan), scenario=scenario, curves=curves, at=now()
        )
        told(row, (quiet, as_json))


def told(row: PlanRow, how: tuple[bool, bool]) -> None:
    """Say where a plan stands now; how: (quiet, as JSON)."""
    say(how, form_of(row), f"Plan {row.digest[:12]}… ({plain(row.title)}, {row.market}) is "
                           f"{row.state}.")  # fmt: skip


def form_of(row: PlanRow) -> dict[str, object]:
    """Where a plan stands, as plain JSON values."""
    return {
        "plan": row.digest, "title": row.title, "market": row.market, "state": str(row.state),
        "version": row.version, "spend": row.spend, "currency": row.currency,
    }  # fmt: skip


def _seen(
    store: Store, actor: str, plan: str, reason: str, conditions: Sequence[Condition], *, yes: bool
) -> Decision:
    """Show the figures that a decision is bound to, and ask whether they are meant."""
    import sys

    from allocator.cli.acting import now, plan_named
    from allocator.signoff.service.decision import Decision
    from allocator.signoff.service.opened import open_plan
    from mmm.errors import Fault, InputError

    opened = open_plan(store, actor, plan_named(store, actor, plan), at=now())
    assert opened is not None  # it was named a moment ago
    row, again = opened.row, ("figures", f"recomputed: {opened.check.words}")
    if not yes:
        shown = ("plan", row.title), ("market", row.market), *opened.seen.items(), again
        for name, value in shown:
            typer.echo(f"{name:>10}  {plain(value)}", err=True)
        if not sys.stdin.isatty():
            fault = Fault("--yes", 0, 0, "", "nobody to ask", "a terminal, or --yes")
            raise InputError([fault])
        if not typer.confirm("Is this what you decide on?", err=True):
            raise InputError([Fault("decision", 0, 0, "", "no", "yes; nothing was done")])
    return Decision(row.digest, opened.seen, row.version, reason, tuple(conditions))


def _condition(text: str) -> Condition:
    """``not_before=2026-12-01``, ``most=tv:100k``, ``document=purchase order``, ``current``."""
    from pydantic import ValidationError

    from allocator.signoff.conditions import Condition
    from mmm.errors import Fault, InputError

    kind, _, value = text.partition("=")
    line, _, amount = value.rpartition(":")
    form: object = value
    if kind == "most":
        form = {"line": line or "all", "amount": amount}
    elif kind == "current":
        form = True
    try:
        return Condition.model_validate({kind: form})
    except ValidationError as error:
        expected = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise InputError([Fault("--condition", 0, 0, kind, repr(text), expected)]) from None
