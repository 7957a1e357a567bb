"""The cookie of a session: sent, read and taken back."""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from allocator.signoff.service import identity
from allocator.signoff.service.identity import Opened
from allocator.web import state
from allocator.web.settings import Settings

NAME = "session"


def cookie_name(settings: Settings, name: str = NAME) -> str:
    """``__Host-session``: browsers take such a cookie only with Secure, for this host alone.

    On plain http on this machine, where it would not be taken, the name is bare.
    """
    return f"__Host-{name}" if settings.secure else name


def secret_in(request: Request, name: str = NAME) -> str:
    """What the cookie holds, or will from now on; empty where there is none."""
    begun: str = getattr(request.state, "secret", "")
    if begun and name == NAME:
        return begun
    return request.cookies.get(cookie_name(state.settings(request), name), "")


def send_cookie(
    request: Request, value: str, *, name: str = NAME, seconds: int | None = None
) -> None:
    """Set a cookie with whatever is answered; an empty value takes it back."""
    chosen = state.settings(request)
    parts = [f"{cookie_name(chosen, name)}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if chosen.secure:
        parts.append("Secure")
    if not value:
        parts.append("Max-Age=0")
    elif seconds is not None:
        parts.append(f"Max-Age={seconds}")
    cookies = dict(getattr(request.state, "cookies", {}))
    request.state.cookies = cookies | {name: "; ".join(parts)}


def begin(request: Request, person: str, *, fresh: bool = True) -> Opened:
    """A new session with a new secret; the one there was, if any, ends."""
    old = secret_in(request)
    at = state.now(request)
    opened = identity.open_session(state.store(request), person, at=at, old=old, fresh=fresh)
    send_cookie(request, opened.secret)
    request.state.secret = opened.secret
    return opened


def end(request: Request) -> None:
    """End the session at once, here and in the store."""
    identity.close_session(state.store(request), secret_in(request))
    send_cookie(request, "")


class Cookies:
    """Adds the cookies that were sent on the way to the answer's headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for cookie in scope.get("state", {}).get("cookies", {}).values():
                    headers.append("set-cookie", cookie)
            await send(message)

        await self.app(scope, receive, sending)
