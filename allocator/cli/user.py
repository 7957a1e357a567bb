"""``allocator user``, ``allocator token`` and ``allocator delegate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.acting import DATABASE, As, Database

if TYPE_CHECKING:
    from allocator.signoff.store.connect import Store

user = typer.Typer(help="People: add, give roles, disable, export, forget.", no_args_is_help=True)
token = typer.Typer(help="Tokens for programs.", no_args_is_help=True)

Mail = Annotated[str, typer.Argument(metavar="MAIL", help="Whom.")]
Held = Annotated[str, typer.Option("--role", metavar="ROLE:MARKET", help="finance:DE.")]
DELEGATE_EPILOG = (
    "Examples: allocator delegate carla@example.org --role director:DE --from 2026-12-01 "
    "--until 2026-12-14 --reason holiday --as dora@example.org; "
    "allocator delegate --end 7c1f… --as dora@example.org"
)


@user.command("add", epilog="Examples: allocator user add ann@example.org --name Ann --admin; "
              "allocator user add dora@example.org --name Dora --role director:DE "
              "--as ann@example.org")  # fmt: skip
def add(
    mail: Mail,
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[
        list[str] | None, typer.Option(metavar="ROLE:MARKET", help="finance:DE; repeatable.")
    ] = None,
    admin: Annotated[
        bool, typer.Option("--admin", help="The first person of an empty store.")
    ] = False,
    db: Database = DATABASE,
    by: As = "",
) -> None:
    """Add a person, with a random password that is shown once."""
    from allocator.cli.acting import acting, now, opened, role_of
    from allocator.signoff.service.passwords import random_password
    from allocator.signoff.service.users import Newcomer, first_admin
    from allocator.signoff.service.users import add as enter

    if admin:
        with opened(db) as store:
            _, password = first_admin(store, name, mail, at=now())
    else:
        password = random_password()
        held = frozenset(role_of(one) for one in role or ())
        with acting(db, by, "all") as (store, actor):
            enter(store, actor, Newcomer(name, mail, held, password), at=now())
    typer.echo(f"{mail} was added. The password, shown this once: {password}")


@user.command("grant", epilog="Example: allocator user grant dora@example.org --role director:DE")
def grant(mail: Mail, role: Held, db: Database = DATABASE, by: As = "") -> None:
    """Give a person a role in a market."""
    from allocator.cli.acting import acting, now, role_of
    from allocator.signoff.service.users import grant as give

    with acting(db, by, "all") as (store, actor):
        give(store, actor, _id(store, mail), role_of(role), at=now())
    typer.echo(f"{mail} has {role}.")


@user.command("revoke", epilog="Example: allocator user revoke dora@example.org --role director:DE")
def revoke(mail: Mail, role: Held, db: Database = DATABASE, by: As = "") -> None:
    """Take a role in a market away."""
    from allocator.cli.acting import acting, now, role_of
    from allocator.signoff.service.users import revoke as take

    with acting(db, by, "all") as (store, actor):
        take(store, actor, _id(store, mail), role_of(role), at=now())
    typer.echo(f"{mail} has {role} no more.")


@user.command("disable", epilog="Example: allocator user disable dora@example.org")
def disable(mail: Mail, db: Database = DATABASE, by: As = "") -> None:
    """Shut a person out at once: sessions and tokens end too."""
    from allocator.cli.acting import acting, now
    from allocator.signoff.service.users import disable as shut

    with acting(db, by, "all") as (store, actor):
        shut(store, actor, _id(store, mail), at=now())
    typer.echo(f"{mail} is disabled.")


@user.command("password", epilog="Example: allocator user password dora@example.org")
def password(mail: Mail, db: Database = DATABASE, by: As = "") -> None:
    """Give a person a new random password, shown once; every session of theirs ends."""
    from allocator.cli.acting import acting, now
    from allocator.signoff.service.passwords import random_password
    from allocator.signoff.service.users import set_password

    made = random_password()
    with acting(db, by, "all") as (store, actor):
        set_password(store, actor, _id(store, mail), made, at=now())
    typer.echo(f"The password of {mail}, shown this once: {made}")


@user.command("list", epilog="Example: allocator user list --as ann@example.org")
def list_(db: Database = DATABASE, by: As = "") -> None:
    """Everybody, and what they may be."""
    from allocator.cli.acting import acting
    from allocator.signoff.service.users import everybody
    from mmm.console import console, table

    with acting(db, by, "read") as (store, _):
        rows = [
            (one.name, one.mail, ", ".join(sorted(f"{r}:{m}" for r, m in one.grants)),
             "disabled" if one.disabled else "")
            for one in everybody(store)
        ]  # fmt: skip
    console().print(table("People", ("Name", "Mail", "Roles", ""), rows))


@user.command("export", epilog="Example: allocator user export dora@example.org --out dora.json")
def export(
    mail: Mail,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it.")] = None,
    db: Database = DATABASE,
    by: As = "",
) -> None:
    """Everything that is kept of a person, as JSON: they themselves, or an admin."""
    import json

    from allocator.cli.acting import acting, now
    from allocator.plan_file import write
    from allocator.signoff.service.privacy import personal_data

    with acting(db, by, "read") as (store, actor):
        found = personal_data(store, actor, _id(store, mail), at=now())
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        write(out, text)


@user.command("forget", epilog="Example: allocator user forget dora@example.org")
def forget(mail: Mail, db: Database = DATABASE, by: As = "") -> None:
    """Take name, mail, password and roles of a person away; what they signed stays signed."""
    from allocator.cli.acting import acting, now
    from allocator.signoff.service.privacy import forget as gone

    with acting(db, by, "all") as (store, actor):
        left = gone(store, actor, _id(store, mail), at=now())
    typer.echo(f"They are {left.name} now.")


@token.command("add", epilog="Example: allocator token add --name ci --scope submit --days 30")
def add_token(
    name: Annotated[str, typer.Option(help="What it is for.")],
    scope: Annotated[str, typer.Option(help="read, submit or all.")] = "read",
    days: Annotated[int, typer.Option(help="How long it is good.")] = 90,
    db: Database = DATABASE,
    by: As = "",
) -> None:
    """A token of your own for a program, shown once."""
    from allocator.cli.acting import acting, now
    from allocator.signoff.service.identity import add_token as made

    with acting(db, by, "all") as (store, actor):
        one, secret = made(store, actor, name, scope, days=days, at=now())
    typer.echo(f"Token {one.token[:12]}, good for {scope} until {one.ends_at[:10]}.")
    typer.echo(f"Shown this once: {secret}")


@token.command("revoke", epilog="Example: allocator token revoke 3f2a9c01d4e5")
def revoke_token(
    start: Annotated[str, typer.Argument(metavar="TOKEN", help="Its first 12 digits.")],
    db: Database = DATABASE,
    by: As = "",
) -> None:
    """End a token before its time."""
    from allocator.cli.acting import acting, now
    from allocator.signoff.service.identity import revoke_token as end

    with acting(db, by, "all") as (store, actor):
        one = end(store, actor, start, at=now())
    typer.echo(f"Token {one.token[:12]} is good for nothing any more.")


def delegate(
    mail: Annotated[str, typer.Argument(metavar="MAIL", help="Who stands in.")] = "",
    role: Held = "",
    starts: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day.")] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="The last day.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    end: Annotated[str, typer.Option(metavar="ID", help="End one before its time.")] = "",
    db: Database = DATABASE,
    by: As = "",
) -> None:
    """Let somebody stand in for you in a role, from a day to a day (UTC), for a reason."""
    from allocator.cli.acting import acting, now, role_of
    from allocator.signoff.service.delegation import Deputy, end_delegation
    from allocator.signoff.service.delegation import delegate as give

    with acting(db, by, "all") as (store, actor):
        if end:
            end_delegation(store, actor, end, at=now())
            typer.echo("The delegation has ended.")
            return
        last = f"{until}T23:59:59.999999Z" if len(until) == 10 else until
        deputy = Deputy(_id(store, mail), *role_of(role), starts or now(), last, reason)
        made = give(store, actor, deputy, at=now())
    typer.echo(f"{mail} is {role} for you until {made.ends[:10]}; to end it: --end {made.id}")


def _id(store: Store, mail: str) -> str:
    from allocator.signoff.service.users import person
    from mmm.errors import Fault, InputError

    one = person(store, mail=mail) if mail else None
    if one is None:
        raise InputError([Fault("user", 0, 0, "mail", repr(mail), "somebody who is here")])
    return one.id
