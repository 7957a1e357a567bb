"""``allocator token``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.acting import DATABASE, As, Database, plain, say
from allocator.cli.options import Json, Quiet, Secret

if TYPE_CHECKING:
    from allocator.signoff.store.tokens import Token

token = typer.Typer(help="Tokens for programs.", no_args_is_help=True)


@token.command("add", epilog="Example: allocator token add --name ci --scope submit --days 30")
def add(
    name: Annotated[str, typer.Option(help="What it is for.")],
    scope: Annotated[str, typer.Option(help="read, submit or all.")] = "read",
    days: Annotated[int, typer.Option(help="How long it is good.")] = 90,
    db: Database = DATABASE,
    by: As = "",
    quiet: Secret = False,
    as_json: Json = False,
) -> None:
    """A token of your own for a program, shown once."""
    from allocator.cli.acting import acting, now
    from allocator.signoff.service.identity import add_token

    with acting(db, by, "all") as (store, actor):
        one, secret = add_token(store, actor, name, scope, days=days, at=now())
    said = (
        f"Token {one.token[:12]}, good for {scope} until {one.ends_at[:10]}.\n"
        f"Shown this once: {secret}"
    )
    say((quiet, as_json), {**_form(one), "secret": secret}, said, secret)


@token.command("list", epilog="Example: allocator token list --as paula@example.org")
def list_(
    db: Database = DATABASE, by: As = "", quiet: Quiet = False, as_json: Json = False
) -> None:
    """Your own tokens, the oldest first."""
    from allocator.cli.acting import acting
    from allocator.signoff.service.identity import tokens_of
    from mmm.console import console, table

    with acting(db, by, "read") as (store, actor):
        found = tokens_of(store, actor)
    if quiet or as_json or not found:
        say((quiet, as_json), [_form(one) for one in found], "You have no token.")
        return
    rows = [
        (plain(one.name), one.token[:12], one.scope, one.ends_at[:10], (one.revoked_at or "")[:10])
        for one in found
    ]
    console().print(table("Tokens", ("For", "Token", "Scope", "Until", "Revoked"), rows))


@token.command("revoke", epilog="Example: allocator token revoke 3f2a9c01d4e5")
def revoke(
    start: Annotated[str, typer.Argument(metavar="TOKEN", help="Its first 12 digits.")],
    db: Database = DATABASE,
    by: As = "",
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """End a token before its time."""
    from allocator.cli.acting import acting, now
    from allocator.signoff.service.identity import revoke_token

    with acting(db, by, "all") as (store, actor):
        at = now()
        one = revoke_token(store, actor, start, at=at)
    said = f"Token {one.token[:12]} is good for nothing any more."
    say((quiet, as_json), {**_form(one), "revoked_at": at}, said)


def _form(one: Token) -> dict[str, object]:
    return {
        "token": one.token[:12], "name": one.name, "scope": one.scope,
        "created_at": one.created_at, "ends_at": one.ends_at, "revoked_at": one.revoked_at,
    }  # fmt: skip
