"""The server at a real socket, and browsers with somebody's session, to look at pages."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from desk import Desk, settings_for

from allocator.signoff.service.identity import open_session
from allocator.web.sessions import cookie_name


@contextmanager
def open_house(folder: Path, *, hire: bool = False) -> Iterator[Desk]:
    """A desk on the file in a folder, open at ``http://localhost:PORT``."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        at = f"http://localhost:{taken.getsockname()[1]}"
        settings = settings_for(folder, public_url=at, insecure_localhost=True)
        with Desk(settings, hire=hire) as desk:
            server = uvicorn.Server(uvicorn.Config(desk.app, log_level="error", lifespan="off"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
            thread.start()
            try:
                while not server.started:
                    time.sleep(0.02)
                yield desk
            finally:
                server.should_exit = True
                thread.join()


def context_of(browser: Any, desk: Desk, who: str, **how: Any) -> Any:
    """A browser's context with somebody's session."""
    made = browser.new_context(base_url=desk.settings.public_url, **how)
    opened = open_session(desk.store, who, at=desk.at)
    made.add_cookies([{
        "name": cookie_name(desk.settings), "value": opened.secret,
        "url": desk.settings.public_url, "httpOnly": True,
    }])  # fmt: skip
    return made
