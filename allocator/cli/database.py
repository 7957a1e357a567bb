"""``allocator db`` and ``allocator audit``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.acting import AUTHORITY, DATABASE, AuthorityFile, Database

db = typer.Typer(help="The database: migrate, back up, restore.", no_args_is_help=True)
audit = typer.Typer(help="Is everything as it was written?", no_args_is_help=True)

Force = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]


@db.command("migrate", epilog="Example: allocator db migrate --db sqlite:///allocator.db")
def migrate(url: Database = DATABASE) -> None:
    """Make the tables, or bring them to this version's schema: whole, or as it was."""
    from contextlib import closing

    from allocator.signoff.store.connect import connect
    from allocator.signoff.store.migrate import current, newest
    from allocator.signoff.store.migrate import migrate as bring

    with closing(connect(url)) as store:
        before = current(store)
        bring(store)
    typer.echo(f"Schema {before or 'none'} → {newest()}.")


@db.command("backup", epilog="Example: allocator db backup backup/2026-11-22.db")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup, a SQLite file.")],
    force: Force = False,
    url: Database = DATABASE,
) -> None:
    """Keep every row of one moment in a file, while others work on."""
    from allocator.cli.acting import opened
    from allocator.signoff.audit.keep import backup as keep

    with opened(url) as store:
        kept = keep(store, file, force=force)
    typer.echo(f"{file}: {kept.rows:,} rows up to event {kept.head.number}, {kept.head.hash}")


@db.command("restore", epilog="Example: allocator db restore backup.db --db sqlite:///new.db")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    url: Database = DATABASE,
) -> None:
    """Bring a backup into an empty database of either kind, and verify it."""
    from contextlib import closing

    from allocator.signoff.audit.keep import restore as bring
    from allocator.signoff.store.connect import connect

    with closing(connect(url)) as store:
        kept = bring(file, store)
    typer.echo(f"{kept.rows:,} rows up to event {kept.head.number}, {kept.head.hash}")


@db.command("export", epilog="Example: allocator db export out/export")
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there.")],
    url: Database = DATABASE,
) -> None:
    """Every table as JSON lines, documents as files, and the SHA-256 of each."""
    from allocator.cli.acting import opened
    from allocator.signoff.audit.keep import export as write

    with opened(url) as store:
        kept = write(store, folder)
    typer.echo(f"{folder}: {kept.rows:,} rows up to event {kept.head.number}, {kept.head.hash}")


@db.command("verify", epilog="Example: allocator db verify out/export")
def verify_export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An export.")],
) -> None:
    """Hold an export against its manifest and its chain. Of a database: allocator audit verify."""
    from allocator.signoff.audit.keep import verify_export as hold

    kept = hold(folder)
    typer.echo(f"{folder} is as it was written: {kept.rows:,} rows, {kept.head.number:,} events.")


@db.command("expire", epilog="Example: allocator db expire --db sqlite:///allocator.db")
def expire(authority: AuthorityFile = AUTHORITY, url: Database = DATABASE) -> None:
    """End what nobody decided in time, and released plans whose weeks are over."""
    from allocator.cli.acting import matrix_of, now, opened
    from allocator.signoff.service.release import expire as end

    rules = matrix_of(authority).authority
    with opened(url) as store:
        rows = end(store, rules, at=now())
    typer.echo(f"{len(rows)} expired.")


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
) -> None:
    """Read the whole chain, and hold every row against it. Exits with 6 where one differs."""
    from allocator.cli.acting import opened
    from allocator.errors import VerificationFailed
    from allocator.signoff.audit.anchor import read_head
    from allocator.signoff.audit.verify import verify as hold

    anchor = read_head(head) if head else None
    with opened(url) as store:
        found = hold(store, head=anchor, keys=[one.strip().lower() for one in key or ()])
    if found.wrong:
        raise VerificationFailed("\n".join(str(one) for one in found.wrong))
    signed = f", {found.signed} signed heads" if found.signed else ""
    typer.echo(f"All is as it was written: {found.events:,} events{signed}, head {found.head}")
    if anchor is None:
        typer.echo("Without --head the end of the chain is only what the database says it is.")


@audit.command("head", epilog="Example: allocator audit head --out head.json --key audit.key")
def head(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it.")] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Sign it with this private key.")
    ] = None,
    force: Force = False,
    url: Database = DATABASE,
) -> None:
    """The head of the chain, to be kept where the database's owner cannot change it."""
    from allocator.cli.acting import now, opened
    from allocator.plan_file import write
    from allocator.signoff.audit.anchor import head_form, sign_head
    from allocator.signoff.service.reading import anchor

    with opened(url) as store:
        if key is not None:
            signed = sign_head(store, key, at=now())
            number, hash_ = signed.number, signed.hash
        else:
            number, hash_ = anchor(store)
    if out is not None:
        write(out, head_form(number, hash_, now()), force=force)
    typer.echo(f"{number} {hash_}")


@audit.command("key", epilog="Example: allocator audit key audit.key")
def key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, for you alone.")],
) -> None:
    """Make a key that signs heads; keep it away from the database."""
    from allocator.signoff.audit.anchor import make_key

    typer.echo(f"The public key: {make_key(file)}")


@audit.command("attack", epilog="Example: allocator audit attack --db sqlite:///allocator.db")
def attack(url: Database = DATABASE) -> None:
    """Make twelve attacks on copies of the database. Exits with 6 unless each is found."""
    from allocator.cli.acting import now, opened
    from allocator.errors import VerificationFailed
    from allocator.signoff.audit.attack import attack as attempt
    from mmm.console import console, table

    with opened(url) as store:
        outcomes = attempt(store, at=now())
    rows = [
        (one.words, "refused" if one.refused else "let through", one.found[:50] or "NOT FOUND")
        for one in outcomes
    ]
    heads = ("Attack", "With triggers", "Without: what the audit found")
    console().print(table("Attacks on copies", heads, rows))
    missed = [one.words for one in outcomes if not one.found]
    if missed:
        raise VerificationFailed(f"not found: {'; '.join(missed)}")
