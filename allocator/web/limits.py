"""How much one request may bring: counted as it comes, whatever it said beforehand."""

from __future__ import annotations

from contextlib import suppress

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class TooLarge(Exception):
    """More came than is taken."""


class BodyLimit:
    """Refuses a body above ``most`` bytes with 413, also one that came in pieces without length."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        came, over, started = 0, False, False
        stated = dict(scope["headers"]).get(b"content-length", b"0")
        if not stated.isdigit() or int(stated) > self.most:
            await refusal(self.most)(scope, receive, send)
            return

        async def receiving() -> Message:
            nonlocal came, over
            message = await receive()
            came += len(message.get("body", b""))
            if came > self.most:
                over = True
                raise TooLarge
            return message

        async def sending(message: Message) -> None:
            nonlocal started
            if over and not started:
                return  # whatever was made of the fault; the refusal is said below
            started = True
            await send(message)

        with suppress(TooLarge):
            await self.app(scope, receiving, sending)
        if over and not started:
            await refusal(self.most)(scope, receive, send)


def refusal(most: int) -> Response:
    """413, and the connection is closed: nobody reads the rest."""
    words = f"A request of more than {most / 1e6:.0f} MB is not taken.\n"
    return Response(words, 413, {"connection": "close"}, "text/plain; charset=utf-8")
