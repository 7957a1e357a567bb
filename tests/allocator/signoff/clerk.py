"""Somebody at a terminal: runs commands on one store, as whoever holds a token."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from office import AUTHORITY, STAFF, Office, plan
from typer.main import get_command

from allocator.cli import app
from allocator.cli.acting import TOKEN, URL
from allocator.signoff.audit.verify import verify
from allocator.signoff.service.identity import add_token
from allocator.signoff.store import events
from mmm.terminal import run

COMMANDS = get_command(app)
"""Built once: a Typer builds all its commands again for every run."""


@dataclass
class Clerk:
    """Commands on one store. ``folder`` holds authority.yaml and a folder for each plan."""

    office: Office
    folder: Path
    set: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]
    tokens: dict[str, str] = field(default_factory=dict)

    def open(self) -> Clerk:
        """Everybody of the staff with a token, and a clock that tells of one day."""
        (self.folder / "authority.yaml").write_text(AUTHORITY)
        store = self.office.hire().store
        at = self.office.now()
        self.tokens = {
            who: add_token(store, who, "terminal", "all", days=90, at=at)[1] for who in STAFF
        }
        self.set.setenv(URL, store.engine.url.render_as_string(hide_password=False))
        self.set.setattr("allocator.cli.acting.now", self.office.now)
        self.set.chdir(self.folder)
        return self

    def plan(self, title: str, factor: float = 1.0) -> str:
        """Name of a folder with this plan in it."""
        made = self.folder / title
        made.mkdir(exist_ok=True)
        (made / "plan.json").write_text(plan(title, factor).to_json())
        return title

    def run(self, who: str, *arguments: str) -> tuple[int, str, str]:
        """(exit code, output, errors) of a command with the token of ``who``; or nobody's."""
        self.set.setenv(TOKEN, self.tokens.get(who, who))
        code = run(COMMANDS, arguments)  # type: ignore[arg-type]  # called like a Typer
        said = self.capture.readouterr()
        assert "Traceback" not in said.err
        assert "internal fault" not in said.err
        return code, said.out, said.err

    def done(self, who: str, *arguments: str) -> str:
        """The output of a command that must succeed."""
        code, out, err = self.run(who, *arguments)
        assert code == 0, err
        return out

    def read(self, who: str, *arguments: str) -> Any:
        """What a command prints as JSON."""
        return json.loads(self.done(who, *arguments, "--json"))

    def refused(self, who: str, *arguments: str, code: int, said: str, faults: int = 0) -> None:
        """The command fails with this code and says so, and nothing of it stays.

        faults: so many stand in one list, where it is bad input
        """
        before = self.events()
        found, out, err = self.run(who, *arguments)
        assert (found, out) == (code, ""), err
        assert said in err, err
        if code == 2 and faults:
            assert len(err.splitlines()) == faults + 1, err
            assert err.startswith(f"{faults} thing")
        assert self.events() == before

    def events(self) -> int:
        """How many there are."""
        with self.office.store.reading() as connection:
            last = events.last(connection)
        return 0 if last is None else last.number

    def close(self) -> None:
        """What was done and what was refused left a store that verifies."""
        assert verify(self.office.store).wrong == ()

    def state(self, name: str) -> str:
        """Of a plan, as its author's inbox or an auditor sees it."""
        found = self.read("aude", "receipt", name)
        return str(found["state"])
