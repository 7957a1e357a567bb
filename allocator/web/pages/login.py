"""Logging in with a password, and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from allocator.errors import NotAllowed
from allocator.signoff.service import identity
from allocator.web import sessions, state, stranger
from allocator.web.caller import Poster, known
from allocator.web.faults import status_of
from allocator.web.origin import local
from allocator.web.page import render
from allocator.web.pages.choose import choosing
from allocator.web.proxied import address
from allocator.web.watch import LOG

router = APIRouter(include_in_schema=False)
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
    stranger.refuse_forged(request, csrf)
    try:
        who = identity.identify(
            state.store(request), mail, password,
            address=address(request), given=True, at=state.now(request),
        )  # fmt: skip
    except NotAllowed as error:
        LOG.warning("login failed from %s", address(request))
        status = status_of(error)
        page = _form(request, local(next), mail=mail, words=str(error), status=status)
        if status == 429:
            page.headers["retry-after"] = str(60 * identity.WINDOW)
        return page
    given = identity.given_at(state.store(request), who.id)
    if given is not None:
        return choosing(request, who.id, given, next=local(next))
    sessions.begin(request, who.id)
    LOG.info("login of %s by password from %s", who.id, address(request))
    stranger.forget(request)
    return RedirectResponse(local(next), 303)


@router.post("/logout")
def logout(request: Request, who: Poster) -> Response:
    """End the session, and have the browser forget what it kept of us."""
    sessions.end(request)
    return RedirectResponse("/login", 303, {"clear-site-data": '"cache", "storage"'})


def _form(
    request: Request, next: str, *, mail: str = "", words: str = "", status: int = 200
) -> HTMLResponse:
    proxy, oidc = state.settings(request).proxy, state.settings(request).oidc
    return render(
        request, None, "login.html", status=status, next=next, mail=mail, words=words,
        csrf=stranger.token(request), oidc=oidc is not None,
        proxied=proxy is not None and bool(proxy.header),
    )  # fmt: skip
