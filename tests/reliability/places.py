"""Databases to be unkind to: an empty one of each kind, as often as asked."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from databases import DIALECTS, database, missing, opened, started, template

from allocator.signoff.store.migrate import migrate

__all__ = ["DIALECTS", "Place", "load", "missing", "opened", "place"]


@dataclass
class Place:
    """Where databases of one kind come from.

    server: URL of PostgreSQL, or empty; running: what started it, None where it was given
    """

    dialect: str
    folder: Path
    server: str = ""
    running: Any = None
    like: str = ""
    kept: ExitStack = field(default_factory=ExitStack)

    def empty(self) -> Any:
        """A context with the URL of a database without tables."""
        return self._fresh("template1") if self.server else self._file(None)

    def migrated(self) -> Any:
        """A context with the URL of a database with today's tables and no rows."""
        if self.server:
            self.like = self.like or self.kept.enter_context(template(self.server))
            return self._fresh(self.like)
        like = self.folder / "template.db"
        if not like.exists():
            with opened(f"sqlite:///{like}") as store:
                migrate(store)
        return self._file(like)

    def _fresh(self, like: str) -> Any:
        return database(self.server, like)

    @contextmanager
    def _file(self, like: Path | None) -> Iterator[str]:
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            file = Path(name) / "allocator.db"
            if like is not None:
                shutil.copy(like, file)
            yield f"sqlite:///{file}"


@contextmanager
def place(dialect: str) -> Iterator[Place]:
    """A place for one kind of database, with a PostgreSQL of its own."""
    with tempfile.TemporaryDirectory(prefix="reliability-") as name, ExitStack() as kept:
        folder = Path(name)
        if dialect == "sqlite":
            yield Place(dialect, folder, kept=kept)
            return
        given = os.environ.get("TEST_POSTGRESQL_URL", "")
        running = None if given else kept.enter_context(started(folder))
        url = given or running.get_uri()
        made = Place(dialect, folder, url, running)
        with made.kept:
            yield made


def load() -> str:
    """The machine at this moment, in words."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
