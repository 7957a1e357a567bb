"""What comes first and last with every request: the header Host, the log, faults of our own."""

from __future__ import annotations

import logging
import secrets
import time
import traceback

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("allocator.web")
ALIVE = "/healthz"
"""Asked by machines, under whatever address they know; it says ``ok`` and no more."""
MOST_HEADERS = 32_768  # bytes
QUIET = (ALIVE, "/static/")


class Watch:
    """Refuses another Host, logs a line a request, and says one sentence where the server failed.

    The log holds a number, the person's id, method, path, status and milliseconds; never the
    query, a header, a form or a cookie: secrets stand there. Of a fault it names the places in the
    program, not the message, in which values may stand.
    """

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, began, number = 0, time.perf_counter(), secrets.token_hex(4)
        scope.setdefault("state", {})["number"] = number

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            refusal = self._refusal(scope)
            await (refusal or self.app)(scope, receive, sending)
        except Exception as error:
            LOG.error("%s internal fault: %s", number, _places(error))
            if not status:
                words = f"Something is wrong on our side; nothing was done. Number {number}\n"
                await Response(words, 500, media_type="text/plain")(scope, receive, sending)
        finally:
            path = scope["path"][:200].encode("unicode_escape").decode()
            spent = 1000 * (time.perf_counter() - began)
            level = logging.DEBUG if path.startswith(QUIET) else logging.INFO
            who = scope["state"].get("person", "-")
            line = number, who, scope["method"], path, status, spent
            LOG.log(level, "%s %s %s %s %d %.0f ms", *line)

    def _refusal(self, scope: Scope) -> Response | None:
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADERS:
            return Response("Too long a header.\n", 431, media_type="text/plain")
        if _host(scope) not in self.hosts and scope["path"] != ALIVE:
            return Response("This server has another name.\n", 421, media_type="text/plain")
        return None


def _host(scope: Scope) -> str:
    named = [value for name, value in scope["headers"] if name == b"host"]
    return named[0].decode("latin-1").lower() if len(named) == 1 else ""


def _places(error: Exception) -> str:
    """``ValueError at store.py:10 in get < page.py:20 in plan``: where, without what."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    at = [f"{one.filename.rpartition('/')[2]}:{one.lineno} in {one.name}" for one in frames]
    return f"{type(error).__name__} at {' < '.join(reversed(at))}"
