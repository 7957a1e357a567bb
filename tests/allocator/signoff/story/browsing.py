"""A server as people start it, and people at browsers of their own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desk import PASSWORD

SERVE = Path(__file__).parent / "serve_then.py"


@contextmanager
def served(database: str, folder: Path) -> Iterator[str]:
    """Address of ``allocator serve`` on a database, with the authority.yaml of a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = [
        sys.executable, str(SERVE), "--insecure-localhost", "--no-worker",
        "--port", str(port), "--authority", str(folder / "authority.yaml"),
        "--secret-file", str(folder / "secret"),
    ]  # fmt: skip
    environment = {**os.environ, "ALLOCATOR_DATABASE_URL": database}
    log = (folder / "serve.log").open("w")
    running = subprocess.Popen(line, env=environment, stdout=log, stderr=log)
    address = f"http://localhost:{port}"
    try:
        _wait(running, f"{address}/api/v1/health", folder / "serve.log")
        yield address
    finally:
        running.terminate()
        running.wait(20)
        log.close()


def _wait(running: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(600):
        assert running.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"no server: {log.read_text()}")


class Somebody:
    """One person at a browser, logged in by the login page."""

    def __init__(self, browser: Any, address: str, name: str, *, script: bool = True) -> None:
        self.name, self.address = name, address
        self.context = browser.new_context(java_script_enabled=script, base_url=address)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.goto("/login")
        self.page.fill("#mail", f"{name}@example.org")
        self.page.fill("#password", PASSWORD)
        self.page.click("button.primary")
        assert self.page.locator("text=Log out").count() == 1, self.says()

    def says(self) -> str:
        """All that stands on the page."""
        return str(self.page.inner_text("body"))

    def state(self) -> str:
        """Of the plan whose page is open."""
        assert self.page.locator(".standing .state").count() == 1, self.says()
        return str(self.page.inner_text(".standing .state")).strip()

    def at(self, path: str) -> str:
        """Open a page; what stands on it."""
        self.page.goto(path)
        return self.says()

    def hands_in(self, folder: Path, *, market: str = "DE") -> str:
        """Hand a plan's folder in; its digest."""
        self.at("/hand-in")
        return self.chooses(folder, market=market)

    def chooses(self, folder: Path, *, market: str = "DE") -> str:
        """Choose the files on the page that asks for them, and send them."""
        names = ("plan.json", "plan.html", "curves.nc")
        files = [str(folder / name) for name in names if (folder / name).exists()]
        self.page.set_input_files("#files", files)
        if self.page.locator("select#market").count():
            self.page.select_option("#market", market)
        self.page.click("main button.primary")
        return self.page.url.split("/plans/")[-1].partition("?")[0]

    def presses(self, digest: str, button: str) -> str:
        """A button on a plan's page; the plan's state then."""
        self.at(f"/plans/{digest}")
        self.page.click(f".decide >> text={button}")
        return self.state()

    def decides(self, digest: str, act: str, reason: str = "fits") -> str:
        """Approve, send back, withdraw or release on the page that asks; the plan's state then."""
        self.at(f"/plans/{digest}/{act}")
        self.fills(reason)
        return self.state()

    def fills(self, reason: str) -> None:
        """The form of the page that is open, and send it."""
        if self.page.locator("#reason").count():
            self.page.fill("#reason", reason)
        if self.page.locator("#password").count():
            self.page.fill("#password", PASSWORD)
        self.page.click("main button.primary")

    def sends(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        """A form of one's own making, past the page; status and what is said."""
        answer = self.context.request.post(
            path, form=form, headers={"origin": self.address}, max_redirects=0
        )
        return answer.status, answer.text()

    def fields(self) -> dict[str, str]:
        """The hidden fields of the open page's form of decision."""
        found: dict[str, str] = {}
        for one in self.page.locator("form.narrow input[type=hidden]").all():
            found[one.get_attribute("name")] = one.get_attribute("value")
        return found

    def saves(self, path: str, file: Path) -> dict[str, Any]:
        """Download a file."""
        answer = self.context.request.get(path)
        assert answer.status == 200, answer.text()
        file.write_bytes(answer.body())
        form: dict[str, Any] = json.loads(answer.body())
        return form


def copied(folder: Path, files: Sequence[str], target: Path) -> Path:
    """Some files of a plan's folder in another."""
    target.mkdir()
    for name in files:
        shutil.copy(folder / name, target / name)
    return target
