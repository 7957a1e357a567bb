"""``allocator audit``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.acting import DATABASE, Database, say
from allocator.cli.options import Json, Quiet

audit = typer.Typer(help="Is everything as it was written?", no_args_is_help=True)


@audit.command("verify", epilog="Examples: allocator audit verify --head head.json; "
               "allocator audit verify --key 9f3c…")  # fmt: skip
def verify(
    head: Annotated[
        str, typer.Option(metavar="HASH|FILE", help="A head from elsewhere, or a receipt.json.")
    ] = "",
    key: Annotated[
        list[str] | None, typer.Option(metavar="HEX", help="A public key that signed heads.")
    ] = None,
    url: Database = DATABASE,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Read the whole chain, and hold every row against it. Exits with 6 where one differs."""
    from dataclasses import asdict

    from allocator.cli.acting import opened
    from allocator.errors import VerificationFailed
    from allocator.signoff.audit.anchor import read_head
    from allocator.signoff.audit.verify import verify as hold

    anchor = read_head(head) if head else None
    with opened(url) as store:
        found = hold(store, head=anchor, keys=[one.strip().lower() for one in key or ()])
    if as_json:
        say((quiet, as_json), asdict(found), "")
    if found.wrong:
        raise VerificationFailed("\n".join(str(one) for one in found.wrong))
    if as_json:
        return
    signed = f", {found.signed} signed heads" if found.signed else ""
    said = f"All is as it was written: {found.events:,} events{signed}, head {found.head}"
    if anchor is None:
        said += "\nWithout --head the end of the chain is only what the database says it is."
    say((quiet, as_json), None, said)


@audit.command("head", epilog="Example: allocator audit head --out head.json --key audit.key")
def head(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it.")] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Sign it with this private key.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    url: Database = DATABASE,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """The head of the chain, to be kept where the database's owner cannot change it."""
    from allocator.cli.acting import now, opened
    from allocator.plan.file import write
    from allocator.signoff.audit.anchor import head_form, sign_head
    from allocator.signoff.service.reading import anchor
    from mmm.files import refuse_existing

    refuse_existing([] if out is None else [out], force=force)  # before anything is signed
    with opened(url) as store:
        if key is not None:
            signed = sign_head(store, key, at=now())
            number, hash_ = signed.number, signed.hash
        else:
            number, hash_ = anchor(store)
    if out is not None:
        write(out, head_form(number, hash_, now()), force=force)
    say((quiet, as_json), {"number": number, "hash": hash_}, f"{number} {hash_}")


@audit.command("key", epilog="Example: allocator audit key audit.key")
def key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, for you alone.")],
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Make a key that signs heads; keep it away from the database."""
    from allocator.signoff.audit.anchor import make_key

    public = make_key(file)
    say((quiet, as_json), {"public": public}, f"The public key: {public}")


@audit.command("attack", epilog="Example: allocator audit attack --db sqlite:///allocator.db")
def attack(url: Database = DATABASE, quiet: Quiet = False, as_json: Json = False) -> None:
    """Make twelve attacks on copies of the database. Exits with 6 unless each is found."""
    from dataclasses import asdict

    from allocator.cli.acting import now, opened
    from allocator.errors import VerificationFailed
    from allocator.signoff.audit.attack import attack as attempt
    from mmm.console import console, table

    with opened(url) as store:
        outcomes = attempt(store, at=now())
    if quiet or as_json:
        say((quiet, as_json), [asdict(one) for one in outcomes], "")
    else:
        rows = [
            (one.words, "refused" if one.refused else "let through", one.found[:50] or "NOT FOUND")
            for one in outcomes
        ]
        heads = ("Attack", "With triggers", "Without: what the audit found")
        console().print(table("Attacks on copies", heads, rows))
    missed = [one.words for one in outcomes if not one.found]
    if missed:
        raise VerificationFailed(f"not found: {'; '.join(missed)}")
