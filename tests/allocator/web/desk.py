"""A server in a test: people with one password, browsers of theirs, and a clock."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.testclient import TestClient
from office import STAFF, Office

from allocator.signoff.service.identity import open_session
from allocator.signoff.service.passwords import hashed
from allocator.signoff.store import events, people
from allocator.signoff.store.events import Act
from allocator.signoff.times import later
from allocator.web.app import create_app, furnish
from allocator.web.sessions import cookie_name
from allocator.web.settings import Settings, checked

ORIGIN = "https://plans.example.org"
PASSWORD = "correct horse battery"
START = "2026-11-22T09:00:00.000000Z"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@cache
def kept() -> str:
    """The hash, made once: it is slow on purpose."""
    return hashed(PASSWORD)


def settings_for(folder: Path, **also: Any) -> Settings:
    """A server at ``ORIGIN`` on the SQLite file in a folder."""
    secret = folder / "secret"
    if not secret.exists():
        secret.write_bytes(secrets.token_bytes(64))
    made = Settings(
        f"sqlite:///{folder / 'allocator.db'}", folder / "authority.yaml", ORIGIN, secret
    )
    return replace(made, **also)


_FREE: dict[tuple[str, int], list[FastAPI]] = {}
"""Applications that no test uses: the first request of a new one takes a sixth of a second."""


class Desk:
    """The server; ``at`` is the time on its clock."""

    def __init__(self, settings: Settings, *, hire: bool = True) -> None:
        self.at = START
        self.settings = settings
        free = _FREE.setdefault((settings.public_url, settings.upload_limit), [])
        if free:
            self.app = free.pop()
            furnish(self.app, checked(settings), lambda: self.at)
        else:
            self.app = create_app(settings, now=lambda: self.at)
        self.store = self.app.state.store
        if hire:
            Office(self.store).hire()
            self.give_passwords()

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()
        _FREE[self.settings.public_url, self.settings.upload_limit].append(self.app)

    def give_passwords(self) -> None:
        """Everybody of the office has ``PASSWORD``, and chose it."""

        def act(connection: Any) -> None:
            for name in STAFF:
                people.change(connection, name, password=kept())
                events.append(connection, Act(self.at, name, "", "set password", name))

        self.store.writing(act)

    def later(self, **passed: float) -> None:
        """Move the clock: ``later(minutes=31)``."""
        self.at = later(self.at, **passed)

    def browser(
        self, *, client: tuple[str, int] = ("testclient", 50000), **headers: str
    ) -> TestClient:
        """A browser without a session, at an address."""
        return TestClient(
            self.app, base_url=self.settings.public_url, headers=headers, client=client,
            follow_redirects=False, raise_server_exceptions=False,
        )  # fmt: skip

    def as_(self, name: str) -> TestClient:
        """A browser with somebody's session, opened past the login: that is slow on purpose."""
        browser = self.browser()
        opened = open_session(self.store, name, at=self.at)
        host = urlsplit(self.settings.public_url).hostname or ""
        browser.cookies.set(cookie_name(self.settings), opened.secret, domain=host, path="/")
        return browser

    def login(self, name: str, password: str = PASSWORD) -> TestClient:
        """A browser with somebody's session, by the real login page."""
        browser = self.browser()
        answer = browser.post("/login", data={
            "mail": f"{name}@example.org", "password": password,
            "csrf": csrf_in(browser.get("/login").text),
        })  # fmt: skip
        assert answer.status_code == 303, answer.text
        return browser


def csrf_in(page: str) -> str:
    """The token of the first form of a page."""
    found = CSRF.search(page)
    assert found is not None, "no form"
    return found.group(1)
