"""The schema, brought up to date by alembic; every released schema can be migrated."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import ClassVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from allocator.errors import AllocatorError
from allocator.signoff.store.connect import Store


class WrongSchema(AllocatorError):
    """The database has another schema than this version works on."""

    exit_code: ClassVar[int] = 9


def configuration(connection: Connection | None = None) -> Config:
    """What alembic needs to know, without a file."""
    made = Config()
    made.set_main_option(
        "script_location", str(resources.files("allocator.signoff.store.migrations"))
    )
    if connection is not None:
        made.attributes["connection"] = connection
    return made


@cache
def revisions() -> tuple[str, ...]:
    """All that this version knows, the newest first; files that nobody changes while it runs."""
    found = ScriptDirectory.from_config(configuration()).walk_revisions()
    return tuple(one.revision for one in found)


def newest() -> str:
    """The revision this version works on."""
    return revisions()[0]


def migrate(store: Store, revision: str = "head") -> None:
    """Bring the schema to a revision, in one transaction: whole, or as it was.

    Raises WrongSchema for a database of a newer program: there is no way back.
    """

    def act(connection: Connection) -> None:
        _refuse_newer(MigrationContext.configure(connection).get_current_revision())
        command.upgrade(configuration(connection), revision)

    store.writing(act)


def current(store: Store) -> str | None:
    """The revision of a database; None of one without tables."""
    with store.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def refuse_other_schema(store: Store) -> None:
    """Raise WrongSchema unless the database is at this version's revision."""
    found = current(store)
    _refuse_newer(found)
    if found != newest():
        raise WrongSchema(
            f"the database has schema {found or 'none'}, this version works on {newest()}: "
            "make a backup, then run  allocator db migrate"
        )


def _refuse_newer(found: str | None) -> None:
    if found is not None and found not in revisions():
        raise WrongSchema(
            f"the database has schema {found}, which this version does not know (its newest is "
            f"{newest()}): a newer program made it; run that one. Nothing was done"
        )
