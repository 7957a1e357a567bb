"""Forms of people who are not logged in yet: their token belongs to a cookie of the browser."""

from __future__ import annotations

from hmac import compare_digest

from fastapi import Request

from allocator.web import sessions
from allocator.web.errors import Forged
from allocator.web.origin import refuse_elsewhere
from allocator.web.signed import nonce, token_of

COOKIE = "login"
LASTS = 3600  # seconds


def token(request: Request) -> str:
    """What a form must hold; sends the cookie it belongs to."""
    cookie = sessions.secret_in(request, COOKIE) or nonce()
    sessions.send_cookie(request, cookie, name=COOKIE, seconds=LASTS)
    return token_of(request.app.state.secret, COOKIE, cookie)


def refuse_forged(request: Request, csrf: str) -> None:
    """Raise Forged for a form that this browser did not get from us."""
    refuse_elsewhere(request)
    cookie = sessions.secret_in(request, COOKIE)
    right = token_of(request.app.state.secret, COOKIE, cookie)
    if not cookie or not compare_digest(csrf.encode(), right.encode()):
        raise Forged("the form is too old: load the page again")


def forget(request: Request) -> None:
    """Take the cookie back: whoever it was is somebody now."""
    sessions.send_cookie(request, "", name=COOKIE)
