"""A real server on a real socket: where a message ends, methods, and bodies without a length."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import uvicorn
from desk import settings_for

from allocator.web.app import create_app


@contextmanager
def listening(folder: Path) -> Iterator[int]:
    """A port with a server behind it, as ``allocator serve`` starts it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = settings_for(
        folder, public_url=f"http://localhost:{port}", insecure_localhost=True, upload_limit=50_000
    )
    config = uvicorn.Config(
        create_app(settings), port=port, access_log=False, log_level="critical",
        server_header=False, proxy_headers=False, http="h11",
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield port
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def port(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("wire")
    (folder / "allocator.db").write_bytes(migrated.read_bytes())
    with listening(folder) as found:
        yield found


def said(port: int, *parts: bytes, close: bool = True) -> list[str]:
    """First lines of the answers to what is sent in one connection."""
    host = f"Host: localhost:{port}" + ("\r\nConnection: close" if close else "")
    sent = b"".join(parts).replace(b"HOST", host.encode())
    answer = b""
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.settimeout(10 if close else 1)
        with suppress(ConnectionError, TimeoutError):
            one.sendall(sent)
            while more := one.recv(65536):
                answer += more
    return [line for line in answer.decode().splitlines() if line.startswith("HTTP/1.1 ")]


def test_a_length_beside_pieces_smuggles_no_second_request(port: int) -> None:
    smuggled = b"GET /healthz HTTP/1.1\r\nHOST\r\n\r\n"
    both = (
        b"POST /login HTTP/1.1\r\nHOST\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    sent = both % (5 + len(smuggled)), b"0\r\n\r\n", smuggled
    assert said(port, *sent, close=False)[0].split()[1] in ("400", "422")
    twice = b"POST /login HTTP/1.1\r\nHOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"
    assert said(port, twice)[0].split()[1] == "400"


@pytest.mark.parametrize(
    "head",
    [b"GET /login HTTP/1.1\r\nHOST\r\nHost: evil\r\n\r\n", b"GET /login HTTP/1.1\r\n\r\n",
     b"GET /login HTTP/1.1\r\nHOST\r\nbad header\r\n\r\n", b"nonsense\r\n\r\n",
     b"GET /login HTTP/1.1\r\nHOST\r\nx: " + b"y" * 100_000 + b"\r\n\r\n"],
    ids=["two hosts", "no host", "a bad header", "nonsense", "a long header"],
)  # fmt: skip
def test_odd_messages_are_refused(port: int, head: bytes) -> None:
    assert said(port, head)[0].split()[1] in ("400", "421", "431")


@pytest.mark.parametrize("method", [b"TRACE", b"TRACK", b"CONNECT", b"PUT", b"DELETE"])
def test_other_methods_are_not_done(port: int, method: bytes) -> None:
    line = said(port, method + b" /login HTTP/1.1\r\nHOST\r\n\r\n")[0]
    assert line.split()[1] in ("400", "405")


def test_pieces_without_a_length_are_counted(port: int) -> None:
    head = (
        b"POST /login HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    piece = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
    assert said(port, head, piece * 13, b"0\r\n\r\n")[0].split()[1] == "413"
    assert said(port, head, piece * 2, b"0\r\n\r\n")[0].split()[1] == "422"


def test_no_answer_names_the_server_or_its_version(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
        one.sendall(f"GET /login HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        head = one.recv(65536).decode().lower().partition("\r\n\r\n")[0]
    assert "200 ok" in head
    assert "server:" not in head
    assert "uvicorn" not in head
    assert "python" not in head
