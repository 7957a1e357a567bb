"""Logging in with a password, and out."""

from __future__ import annotations

from hmac import compare_digest
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from allocator.errors import NotAllowed
from allocator.signoff.service import identity
from allocator.web import sessions, state
from allocator.web.caller import Poster, known
from allocator.web.errors import Forged
from allocator.web.origin import local, refuse_elsewhere
from allocator.web.page import render
from allocator.web.proxied import address
from allocator.web.signed import nonce, token_of
from allocator.web.watch import LOG

router = APIRouter(include_in_schema=False)
COOKIE = "login"
NEXT = Annotated[str, Query(max_length=2000)]


@router.get("/login", response_class=HTMLResponse)
def login(request: Request, next: NEXT = "/") -> Response:
    """The form. Its token belongs to a cookie of this browser: nobody logs others in."""
    if known(request) is not None:
        return RedirectResponse(local(next), 303)
    return _form(request, local(next))


@router.post("/login", response_class=HTMLResponse)
def log_in(
    request: Request,
    mail: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Begin a session, or say that mail and password do not fit."""
    refuse_elsewhere(request)
    cookie = sessions.secret_in(request, COOKIE)
    right = token_of(request.app.state.secret, COOKIE, cookie)
    if not cookie or not compare_digest(csrf.encode(), right.encode()):
        raise Forged("the form is too old: load the page again")
    try:
        who = identity.identify(
            state.store(request), mail, password,
            address=address(request), at=state.now(request),
        )  # fmt: skip
    except NotAllowed as error:
        LOG.warning("login failed from %s", address(request))
        status = 429 if isinstance(error, identity.TooMany) else 403
        return _form(request, local(next), mail=mail, words=str(error), status=status)
    sessions.begin(request, who.id)
    LOG.info("login of %s by password from %s", who.id, address(request))
    sessions.send_cookie(request, "", name=COOKIE)
    return RedirectResponse(local(next), 303)


@router.post("/logout")
def logout(request: Request, who: Poster) -> Response:
    """End the session, and have the browser forget what it kept of us."""
    sessions.end(request)
    return RedirectResponse("/login", 303, {"clear-site-data": '"cache", "storage"'})


def _form(
    request: Request, next: str, *, mail: str = "", words: str = "", status: int = 200
) -> HTMLResponse:
    cookie = sessions.secret_in(request, COOKIE) or nonce()
    sessions.send_cookie(request, cookie, name=COOKIE, seconds=3600)
    proxy, oidc = state.settings(request).proxy, state.settings(request).oidc
    return render(
        request, None, "login.html", status=status, next=next, mail=mail, words=words,
        csrf=token_of(request.app.state.secret, COOKIE, cookie), oidc=oidc is not None,
        proxied=proxy is not None and bool(proxy.header),
    )  # fmt: skip
