"""Where a request was made: by a page of ours, or by somebody else's in the same browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from allocator.web import state
from allocator.web.errors import Forged


def refuse_elsewhere(request: Request) -> None:
    """Raise Forged for a request that the browser says was made by another site.

    Browsers of today say so themselves (Sec-Fetch-Site, Origin); the token in the form is for the
    others.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    if site not in ("same-origin", "none"):
        raise Forged("the request came from another site")
    origin = request.headers.get("origin")
    if origin is not None and origin.lower() != state.settings(request).origin:
        raise Forged("the request came from another site")


def local(path: str, otherwise: str = "/") -> str:
    """The path, if it is one of this server's; an address elsewhere is ``otherwise``.

    Browsers read ``//host`` and ``/\\\\host`` as another host, and leave tabs and ends of
    lines out.
    """
    parts = urlsplit(path) if path.isprintable() else None
    plain = parts is not None and not (parts.scheme or parts.netloc)
    if not plain or not path.startswith("/") or path.startswith("//") or "\\" in path:
        return otherwise
    return path
