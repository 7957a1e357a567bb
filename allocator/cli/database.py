"""``allocator db``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.acting import AUTHORITY, DATABASE, AuthorityFile, Database, say
from allocator.cli.options import Json, Quiet

if TYPE_CHECKING:
    from allocator.signoff.audit.keep import Kept

db = typer.Typer(help="The database: migrate, back up, restore.", no_args_is_help=True)

Force = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]


@db.command("migrate", epilog="Example: allocator db migrate --db sqlite:///allocator.db")
def migrate(url: Database = DATABASE, quiet: Quiet = False, as_json: Json = False) -> None:
    """Make the tables, or bring them to this version's schema: whole, or as it was."""
    from contextlib import closing

    from allocator.signoff.store.connect import connect
    from allocator.signoff.store.migrate import current, newest
    from allocator.signoff.store.migrate import migrate as bring

    with closing(connect(url)) as store:
        before = current(store)
        bring(store)
    form = {"before": before, "schema": newest()}
    say((quiet, as_json), form, f"Schema {before or 'none'} → {newest()}.")


@db.command("backup", epilog="Example: allocator db backup backup/2026-11-22.db")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup, a SQLite file.")],
    force: Force = False,
    url: Database = DATABASE,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Keep every row of one moment in a file, while others work on."""
    from allocator.cli.acting import opened
    from allocator.signoff.audit.keep import backup as keep

    with opened(url) as store:
        _kept(keep(store, file, force=force), f"{file}: ", (quiet, as_json))


@db.command("restore", epilog="Example: allocator db restore backup.db --db sqlite:///new.db")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    url: Database = DATABASE,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Bring a backup into an empty database of either kind, and verify it."""
    from contextlib import closing

    from allocator.signoff.audit.keep import restore as bring
    from allocator.signoff.store.connect import connect

    with closing(connect(url)) as store:
        _kept(bring(file, store), "", (quiet, as_json))


@db.command("export", epilog="Example: allocator db export out/export")
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there.")],
    url: Database = DATABASE,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Every table as JSON lines, documents as files, and the SHA-256 of each."""
    from allocator.cli.acting import opened
    from allocator.signoff.audit.keep import export as write

    with opened(url) as store:
        _kept(write(store, folder), f"{folder}: ", (quiet, as_json))


@db.command("verify", epilog="Example: allocator db verify out/export")
def verify_export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An export.")],
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Hold an export against its manifest and its chain. Of a database: allocator audit verify."""
    from allocator.signoff.audit.keep import verify_export as hold

    _kept(hold(folder), f"{folder} is as it was written: ", (quiet, as_json))


@db.command("expire", epilog="Example: allocator db expire --db sqlite:///allocator.db")
def expire(
    authority: AuthorityFile = AUTHORITY,
    url: Database = DATABASE,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """End what nobody decided in time, and released plans whose weeks are over."""
    from allocator.cli.acting import matrix_of, now, opened
    from allocator.cli.decide import form_of
    from allocator.signoff.service.release import expire as end

    rules = matrix_of(authority).authority
    with opened(url) as store:
        rows = end(store, rules, at=now())
    say((quiet, as_json), [form_of(row) for row in rows], f"{len(rows)} expired.")


def _kept(kept: Kept, what: str, how: tuple[bool, bool]) -> None:
    form = {"rows": kept.rows, "number": kept.head.number, "hash": kept.head.hash}
    text = f"{what}{kept.rows:,} rows up to event {kept.head.number}, {kept.head.hash}"
    say(how, form, text)
