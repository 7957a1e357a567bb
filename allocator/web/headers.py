"""Headers of every answer: nothing from elsewhere, nothing inline, nothing kept, nothing framed."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
"""Of pages: scripts and styles are files of ours."""
DOCUMENT_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
"""Of documents that a program fetches: opened in a browser all the same, they run nothing, reach
nobody and have no origin."""
OTHERS = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("cache-control", "no-store"),
)
STATIC = "public, max-age=86400"
YEAR = 365 * 24 * 3600


class Headers:
    """Sets what an answer does not say itself."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope.get("path", "").startswith("/static/") and message["status"] < 400:
                    headers.setdefault("cache-control", STATIC)
                headers.setdefault("content-security-policy", POLICY)
                for name, value in OTHERS:
                    headers.setdefault(name, value)
                if self.secure:
                    headers["strict-transport-security"] = f"max-age={YEAR}; includeSubDomains"
            await send(message)

        await self.app(scope, receive, sending)
