"""``allocator delegate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.acting import DATABASE, As, Database, say
from allocator.cli.options import Json, Quiet

if TYPE_CHECKING:
    from allocator.signoff.states import Role
    from mmm.errors import Fault

EPILOG = (
    "Examples: allocator delegate carla@example.org --role director:DE --from 2026-12-01 "
    "--until 2026-12-14 --reason holiday --as dora@example.org; "
    "allocator delegate --end 7c1f… --as dora@example.org"
)


def delegate(
    mail: Annotated[str, typer.Argument(metavar="MAIL", help="Who stands in.")] = "",
    role: Annotated[str, typer.Option(metavar="ROLE:MARKET", help="director:DE.")] = "",
    starts: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day.")] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="The last day.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    end: Annotated[str, typer.Option(metavar="ID", help="End one before its time.")] = "",
    db: Database = DATABASE,
    by: As = "",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Let somebody stand in for you in a role, from a day to a day (UTC), for a reason."""
    from allocator.cli.acting import acting, now
    from allocator.cli.user import id_of
    from allocator.signoff.service.delegation import Deputy, delegation_form, end_delegation
    from allocator.signoff.service.delegation import delegate as give

    asked = {"MAIL": mail, "--role": role, "--until": until, "--reason": reason}
    held = _held({**asked, "--from": starts} if end else asked, end)
    with acting(db, by, "all") as (store, actor):
        if held is None:
            one = end_delegation(store, actor, end, at=now())
            said = "The delegation has ended."
        else:
            last = f"{until}T23:59:59.999999Z" if len(until) == 10 else until
            deputy = Deputy(id_of(store, mail), *held, starts or now(), last, reason)
            one = give(store, actor, deputy, at=now())
            said = (
                f"{mail} is {held[0]} in {one.market} for you until {one.ends[:10]}; "
                f"to end it: --end {one.id}"
            )
    say((quiet, as_json), {**delegation_form(one), "revoked_at": one.revoked_at}, said)


def _held(asked: dict[str, str], end: str) -> tuple[Role, str] | None:
    """The role that is given; None where a delegation ends. Raises InputError with every fault."""
    from allocator.cli.acting import noting, refuse, role_of
    from mmm.errors import Fault

    faults: list[Fault] = []
    held = None
    if end:
        faults += [
            Fault(name, 0, 0, "", f"{value[:50]!r} with --end", "--end alone")
            for name, value in asked.items()
            if value
        ]
    else:
        faults += [
            Fault(name, 0, 0, "", "nothing", "who, as what, until when and why")
            for name, value in asked.items()
            if not value.strip()
        ]
        if asked["--role"].strip():
            with noting(faults):
                held = role_of(asked["--role"])
    refuse(faults)
    return held
