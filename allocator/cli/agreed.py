"""Scenarios read at the command line: signed plans that they name by their ID are asked of the
store that the environment names."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from allocator.complaint import Complaint
    from allocator.scenario import Cell, LoadedScenario


def load(
    path: Path | str, *, cell: str | None = None, sets: Mapping[str, str] | None = None,
    text: str | None = None,
) -> LoadedScenario:  # fmt: skip
    """As ``allocator.scenario.load``."""
    from allocator.scenario import load as read  # pydantic builds the schema: 0.1 s

    return read(path, cell=cell, sets=sets, text=text, agreed=KeptPlans())


def cells(path: Path | str, *, sets: Mapping[str, str] | None = None) -> tuple[Cell, ...]:
    """As ``allocator.scenario.cells``."""
    from allocator.scenario import cells as read

    return read(path, sets=sets, agreed=KeptPlans())


@dataclass(frozen=True)
class KeptPlans:
    """Signed plans of a database, which is opened when a scenario asks for one and not before.

    With a token in the environment its person must be allowed to see the plan.
    """

    def plan(self, name: str) -> bytes | Complaint:
        """As ``allocator.scenario.Agreed`` has it. Raises Unavailable for a store that is away."""
        from allocator.cli.acting import DATABASE, TOKEN, URL, now, opened
        from allocator.complaint import Complaint
        from allocator.signoff.service.agreed import EXPECTED, agreed
        from allocator.signoff.service.identity import bearer

        url = os.environ.get(URL) or DATABASE
        if _no_file(url):
            found = f"{name}, and no database {url} to look in"
            fix = f"set {URL}; write ./{name} if it is a file"
            return Complaint(found, EXPECTED, fix)
        token = os.environ.get(TOKEN, "")
        with opened(url) as store:
            reader = bearer(store, token, "read", at=now()).id if token else None
            return agreed(store, name, reader=reader, at=now())


def _no_file(url: str) -> bool:
    """A SQLite file that is not there: to open it would make it."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    with suppress(ArgumentError):  # no URL at all: opening it says so
        made = make_url(url)
        file = made.database or ""
        if made.get_backend_name() == "sqlite" and not file.startswith("file:"):
            return not Path(file).is_file()
    return False
