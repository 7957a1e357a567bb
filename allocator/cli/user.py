"""``allocator user``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.acting import DATABASE, As, Database, plain, say
from allocator.cli.options import Json, Quiet, Secret

if TYPE_CHECKING:
    from allocator.signoff.service.users import Newcomer
    from allocator.signoff.states import Role
    from allocator.signoff.store.connect import Store
    from allocator.signoff.store.people import Person
    from mmm.errors import Fault

user = typer.Typer(help="People: add, give roles, disable, export, forget.", no_args_is_help=True)

Mail = Annotated[str, typer.Argument(metavar="MAIL", help="Whom.")]
Held = Annotated[str, typer.Option("--role", metavar="ROLE:MARKET", help="finance:DE.")]


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
    quiet: Secret = False,
    as_json: Json = False,
) -> None:
    """Add a person, with a random password that is shown once."""
    from allocator.cli.acting import acting, now, opened
    from allocator.signoff.service.passwords import random_password
    from allocator.signoff.service.users import add as enter
    from allocator.signoff.service.users import first_admin

    password = random_password()
    newcomer = _newcomer(name, mail, password, role or [], alone=admin)
    if admin:
        with opened(db) as store:
            one, password = first_admin(store, name, mail, at=now())
    else:
        with acting(db, by, "all") as (store, actor):
            one = enter(store, actor, newcomer, at=now())
    said = f"{one.mail} was added. The password, shown this once: {password}"
    say((quiet, as_json), {**form_of(one), "password": password}, said, password)


@user.command("grant", epilog="Example: allocator user grant dora@example.org --role director:DE")
def grant(
    mail: Mail, role: Held, db: Database = DATABASE, by: As = "",
    quiet: Quiet = False, as_json: Json = False,
) -> None:  # fmt: skip
    """Give a person a role in a market."""
    from allocator.cli.acting import acting, now, role_of
    from allocator.signoff.service.users import grant as give

    held = role_of(role)
    with acting(db, by, "all") as (store, actor):
        one = give(store, actor, id_of(store, mail), held, at=now())
    say((quiet, as_json), form_of(one), f"{one.mail} is {_words(held)}.")


@user.command("revoke", epilog="Example: allocator user revoke dora@example.org --role director:DE")
def revoke(
    mail: Mail, role: Held, db: Database = DATABASE, by: As = "",
    quiet: Quiet = False, as_json: Json = False,
) -> None:  # fmt: skip
    """Take a role in a market away."""
    from allocator.cli.acting import acting, now, role_of
    from allocator.signoff.service.users import revoke as take

    held = role_of(role)
    with acting(db, by, "all") as (store, actor):
        one = take(store, actor, id_of(store, mail), held, at=now())
    say((quiet, as_json), form_of(one), f"{one.mail} is {_words(held)} no more.")


@user.command("disable", epilog="Example: allocator user disable dora@example.org")
def disable(
    mail: Mail, db: Database = DATABASE, by: As = "", quiet: Quiet = False, as_json: Json = False
) -> None:
    """Shut a person out at once: sessions and tokens end too."""
    from allocator.cli.acting import acting, now
    from allocator.signoff.service.users import disable as shut

    with acting(db, by, "all") as (store, actor):
        one = shut(store, actor, id_of(store, mail), at=now())
    say((quiet, as_json), form_of(one), f"{one.mail} is disabled.")


@user.command("enable", epilog="Example: allocator user enable dora@example.org")
def enable(
    mail: Mail, db: Database = DATABASE, by: As = "", quiet: Quiet = False, as_json: Json = False
) -> None:
    """Let a person in again who was disabled."""
    from allocator.cli.acting import acting, now
    from allocator.signoff.service.users import enable as let_in

    with acting(db, by, "all") as (store, actor):
        one = let_in(store, actor, id_of(store, mail), at=now())
    say((quiet, as_json), form_of(one), f"{one.mail} is here again.")


@user.command("password", epilog="Examples: allocator user password dora@example.org; "
              "allocator user password dora@example.org --as dora@example.org")  # fmt: skip
def password(
    mail: Mail, db: Database = DATABASE, by: As = "", quiet: Secret = False, as_json: Json = False
) -> None:
    """Give a person, or oneself, a new random password, shown once; sessions and tokens end.

    As oneself it replaces a password that somebody else gave, which is good for nothing else.
    """
    from allocator.cli.acting import acting, now
    from allocator.signoff.service.passwords import random_password
    from allocator.signoff.service.users import set_password

    made, own = random_password(), mail.strip().lower() == by.strip().lower()
    with acting(db, by, "all", given=own) as (store, actor):
        set_password(store, actor, id_of(store, mail), made, at=now())
    said = f"The password of {mail}, shown this once: {made}"
    say((quiet, as_json), {"mail": mail, "password": made}, said, made)


@user.command("list", epilog="Example: allocator user list --as ann@example.org")
def list_(
    db: Database = DATABASE, by: As = "", quiet: Quiet = False, as_json: Json = False
) -> None:
    """Everybody, and what they may be."""
    from allocator.cli.acting import acting
    from allocator.signoff.service.users import everybody
    from mmm.console import console, table

    with acting(db, by, "read") as (store, _):
        found = everybody(store)
    if quiet or as_json:
        say((quiet, as_json), [form_of(one) for one in found], "")
        return
    rows = [
        (plain(one.name), plain(one.mail),
         ", ".join(sorted(f"{role}:{plain(market)}" for role, market in one.grants)),
         "disabled" if one.disabled else "")
        for one in found
    ]  # fmt: skip
    console().print(table("People", ("Name", "Mail", "Roles", ""), rows))


@user.command("export", epilog="Example: allocator user export dora@example.org --out dora.json")
def export(
    mail: Mail,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    db: Database = DATABASE,
    by: As = "",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Everything that is kept of a person, as JSON: they themselves, or an admin."""
    import json

    from allocator.cli.acting import acting, now
    from allocator.plan.file import write
    from allocator.signoff.service.privacy import personal_data
    from mmm.files import refuse_existing

    refuse_existing([] if out is None else [out], force=force)  # before it is noted as handed out
    with acting(db, by, "read") as (store, actor):
        found = personal_data(store, actor, id_of(store, mail), at=now())
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    if out is not None:
        write(out, text, force=force)
    if as_json or (out is None and not quiet):
        typer.echo(text, nl=False)
    elif not quiet:
        typer.echo(f"{out}: everything that is kept of {mail}")


@user.command("forget", epilog="Example: allocator user forget dora@example.org")
def forget(
    mail: Mail, db: Database = DATABASE, by: As = "", quiet: Quiet = False, as_json: Json = False
) -> None:
    """Take name, mail, password and roles of a person away; what they signed stays signed."""
    from allocator.cli.acting import acting, now
    from allocator.signoff.service.privacy import forget as gone

    with acting(db, by, "all") as (store, actor):
        left = gone(store, actor, id_of(store, mail), at=now())
    say((quiet, as_json), form_of(left), f"They are {left.name} now.")


def form_of(one: Person) -> dict[str, object]:
    """A person as plain JSON values."""
    return {
        "id": one.id, "name": one.name, "mail": one.mail, "disabled": one.disabled,
        "roles": sorted([str(role), market] for role, market in one.grants),
    }  # fmt: skip


def id_of(store: Store, mail: str) -> str:
    """Of the person with this mail. Raises InputError where nobody has it."""
    from allocator.signoff.service.users import person
    from mmm.errors import Fault, InputError

    one = person(store, mail=mail) if mail else None
    if one is None:
        raise InputError([Fault("user", 0, 0, "mail", repr(mail[:70]), "somebody who is here")])
    return one.id


def _newcomer(name: str, mail: str, password: str, roles: list[str], *, alone: bool) -> Newcomer:
    """Who is added; ``alone`` as the first admin. Raises InputError with every fault."""
    from allocator.cli.acting import noting, refuse, role_of
    from allocator.signoff.service.users import Newcomer, refuse_odd
    from mmm.errors import Fault

    faults: list[Fault] = []
    held = set()
    for one in roles:
        with noting(faults):
            held.add(role_of(one))
    if alone and roles:
        expected = "--admin alone: the first person administers, and gives roles to others"
        faults.append(Fault("--role", 0, 0, "", f"{roles[0]!r} with --admin", expected))
    newcomer = Newcomer(name, mail, frozenset(held), password)
    with noting(faults):
        refuse_odd(newcomer)
    refuse(faults)
    return newcomer


def _words(held: tuple[Role, str]) -> str:
    role, market = held
    return f"{role} in {'every market' if market == 'all' else plain(market)}"
