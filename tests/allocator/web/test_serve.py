"""``allocator serve``: what the first start makes, what later ones keep, what it refuses."""

from __future__ import annotations

import logging
import socket
import stat
import time
from pathlib import Path

import pytest
import uvicorn
from databases import opened
from fastapi.testclient import TestClient
from sqlalchemy import text

from allocator.cli import app
from allocator.signoff.service import identity, users
from mmm.terminal import run

AT = "2026-11-22T09:00:00.000000Z"
AUTHORITY = Path(__file__).parents[3] / "scenarios" / "authority.yaml"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[uvicorn.Config]:
    """Servers that were started, without one listening."""
    monkeypatch.chdir(tmp_path)
    for name in ("ALLOCATOR_DATABASE_URL", "ALLOCATOR_PUBLIC_URL", "ALLOCATOR_SECRET_FILE"):
        monkeypatch.delenv(name, raising=False)
    found: list[uvicorn.Config] = []

    def listening(self: uvicorn.Server, sockets: list[socket.socket]) -> None:
        (door,) = sockets
        assert door.getsockname()[1] == PORT
        found.append(self.config)
        door.close()

    monkeypatch.setattr(uvicorn.Server, "run", listening)
    return found


def _free() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


PORT = _free()


def serve(*options: str) -> int:
    own = ["--authority", str(AUTHORITY), "--no-worker", "--port", str(PORT)]
    return run(app, ["serve", *own, *options])


def test_the_first_start_makes_everything_and_the_second_nothing(
    started: list[uvicorn.Config], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serve("--insecure-localhost") == 0
    said = capsys.readouterr().out
    password = said.partition("shown this once: ")[2].split()[0]
    secret = tmp_path / "allocator.secret"
    content = secret.read_bytes()
    for file in (secret, tmp_path / "allocator.db"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(set(content)) > 30  # 64 random bytes
    with opened(f"sqlite:///{tmp_path / 'allocator.db'}") as store:
        admin = users.everybody(store)
        assert [(one.name, sorted(one.grants)) for one in admin] == [("Admin", [("admin", "all")])]
        assert (
            identity.identify(store, admin[0].mail, password, given=True, at=AT).id == admin[0].id
        )
        assert identity.given_at(store, admin[0].id) is not None  # to be replaced at once
    assert serve("--insecure-localhost", "--quiet") == 0
    assert capsys.readouterr().out == ""
    assert secret.read_bytes() == content
    for config in started:
        assert config.server_header is config.access_log is config.proxy_headers is False
        browser = TestClient(config.app, base_url=f"http://localhost:{PORT}")
        assert browser.get("/healthz").text == "ok\n"


def test_with_tls_in_front(started: list[uvicorn.Config]) -> None:
    assert serve("--public-url", "https://plans.example.org", "--host", "0.0.0.0") == 0
    browser = TestClient(started[0].app, base_url="https://plans.example.org")
    assert browser.get("/login").headers["set-cookie"].startswith("__Host-login=")


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), "insecure-localhost"),
        (("--public-url", "http://plans.example.org"), "https://HOST"),
        (("--insecure-localhost", "--host", "0.0.0.0"), "--host"),
        (("--insecure-localhost", "--db", "mysql://x"), "mysql"),
        (("--insecure-localhost", "--secret-file", "nothing/of/this\0"), ""),
    ],
    ids=["open", "plain http", "open host", "another database", "odd file"],
)
def test_what_is_not_safe_does_not_start(
    started: list[uvicorn.Config], capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...], found: str,
) -> None:  # fmt: skip
    assert serve(*options) in (1, 2)
    said = capsys.readouterr().err
    assert found in said
    assert "Traceback" not in said
    assert started == []


def test_a_port_that_is_taken_is_told_before_anything_is_made(
    started: list[uvicorn.Config], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", PORT)):
        assert serve("--insecure-localhost") == 2
    said = capsys.readouterr()
    assert f"127.0.0.1:{PORT}: address already in use" in said.err
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []
    assert started == []


def test_a_database_of_another_version_is_not_touched(
    started: list[uvicorn.Config], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serve("--insecure-localhost", "--quiet") == 0
    with opened(f"sqlite:///{tmp_path / 'allocator.db'}") as store:
        store.writing(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    assert serve("--insecure-localhost") != 0
    assert "newer program" in capsys.readouterr().err
    assert len(started) == 1


def test_a_secret_that_is_too_short_is_refused(
    started: list[uvicorn.Config], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "allocator.secret").write_bytes(b"secret")
    assert serve("--insecure-localhost") == 2
    assert "6 bytes" in capsys.readouterr().err
    assert started == []


def test_the_log_is_in_utc(started: list[uvicorn.Config], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.Formatter, "converter", time.localtime)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    assert serve("--insecure-localhost") == 0
    record = logging.makeLogRecord({"created": 1795338000.0, "msecs": 7.0, "msg": "said"})
    line = logging.getLogger().handlers[0].format(record)
    assert line.startswith("2026-11-22T09:00:00.007Z ")
