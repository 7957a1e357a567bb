"""``allocator inbox``, ``log``, ``receipt``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.acting import (
    AUTHORITY,
    DATABASE,
    As,
    AuthorityFile,
    Database,
    PlanDigest,
    plain,
    say,
)
from allocator.cli.options import Json, Quiet

INBOX_EPILOG = "Example: allocator inbox --as dora@example.org"
LOG_EPILOG = "Examples: allocator log 3f2a9c01 --as aude@example.org; allocator log --json"
RECEIPT_EPILOG = "Example: allocator receipt out/q1/plan.json --out out/q1/receipt.json"


def inbox(
    authority: AuthorityFile = AUTHORITY, db: Database = DATABASE, mail: As = "",
    quiet: Quiet = False, as_json: Json = False,
) -> None:  # fmt: skip
    """What waits for you, the longest wait first."""
    from rich.text import Text

    from allocator.cli.acting import acting, matrix_of, now
    from allocator.signoff.service.reading import inbox as waiting
    from mmm.console import console, table

    rules = matrix_of(authority).authority if authority.exists() else None
    with acting(db, mail, "read") as (store, actor):
        found = waiting(store, actor, authority=rules, at=now())
    if as_json or quiet or not found:
        shown = [
            {"plan": one.row.digest, "title": one.row.title, "market": one.row.market,
             "state": str(one.row.state), "todo": one.todo, "since": one.row.changed_at}
            for one in found
        ]  # fmt: skip
        say((quiet, as_json), shown, "Nothing waits for you.")
    else:
        rows = [
            (plain(one.row.title)[:40], one.row.digest[:12], one.row.market, one.todo,
             f"{one.row.cents / 100:,.2f} {one.row.currency}", one.row.changed_at[:10])
            for one in found
        ]  # fmt: skip
        heads = ("Plan", "Digest", "Market", "To do", "Spend", "Since")
        console().print(Text(""), table("What waits for you", heads, rows))


def log(
    plan: Annotated[
        str, typer.Argument(metavar="PLAN", help="One plan; left out, everything.")
    ] = "",
    after: Annotated[int, typer.Option(metavar="N", help="Events after this number.")] = 0,
    db: Database = DATABASE,
    mail: As = "",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """What was done to a plan, by whom, in which order; to everything, for auditors and admins."""
    import json
    from dataclasses import asdict

    from allocator.cli.acting import acting, plan_named
    from allocator.signoff.service.reading import log as done
    from allocator.signoff.service.trail import whole
    from mmm.console import console, table

    with acting(db, mail, "read") as (store, actor):
        if plan:
            found = done(store, plan_named(store, actor, plan), after=after)
        else:
            found = tuple(one for some in whole(store, actor, after=after) for one in some)
    if as_json or quiet:
        shown = [
            {**asdict(one.event), "details": json.loads(one.event.details),
             "actor_name": one.actor, "behalf_name": one.behalf}
            for one in found
        ]  # fmt: skip
        say((quiet, as_json), shown, "")
        return
    rows = [
        (str(one.event.number), one.event.at[:19].replace("T", " "), plain(one.actor or "system"),
         one.event.role, one.event.action, one.event.subject[:12])
        for one in found
    ]  # fmt: skip
    heads = ("No.", "At (UTC)", "Who", "As", "Did", "To")
    console().print(table("What was done", heads, rows))


def receipt(
    plan: PlanDigest,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    db: Database = DATABASE,
    mail: As = "",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Who agreed to a plan, with the head of the chain: a JSON file that goes with the plan."""
    from allocator.cli.acting import acting, plan_named
    from allocator.plan.file import write
    from allocator.signoff.service.receipts import receipt as made
    from mmm.files import refuse_existing

    refuse_existing([] if out is None else [out], force=force)
    with acting(db, mail, "read") as (store, actor):
        found = made(store, plan_named(store, actor, plan))
    if out is not None:
        write(out, found.to_json(), force=force)
    if as_json or (out is None and not quiet):
        typer.echo(found.to_json(), nl=False)
    elif not quiet:
        typer.echo(f"{out}: {plain(found.words)}")
