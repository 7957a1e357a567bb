"""Proving once more who one is, before what counts: by password, or a fresh OpenID login."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from allocator.errors import NotAllowed
from allocator.signoff.service import identity
from allocator.web import state
from allocator.web.caller import Caller, Poster, Reader, confirmed
from allocator.web.faults import status_of
from allocator.web.origin import local
from allocator.web.page import render

router = APIRouter(include_in_schema=False)


@router.get("/again", response_class=HTMLResponse)
def again(
    request: Request, who: Reader, next: Annotated[str, Query(max_length=2000)] = "/"
) -> HTMLResponse:
    """Ask."""
    return _form(request, who, local(next))


@router.post("/again", response_class=HTMLResponse)
def prove(
    request: Request,
    who: Poster,
    password: Annotated[str, Form(max_length=1000)],
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Take the password, and go on under a new cookie."""
    try:
        confirmed(request, who, password)
    except NotAllowed as error:
        status = status_of(error)
        return _form(request, who, local(next), words=str(error), status=status)
    return RedirectResponse(local(next), 303)


def _form(
    request: Request, who: Caller, next: str, *, words: str = "", status: int = 200
) -> HTMLResponse:
    return render(
        request, who, "again.html", status=status, next=next, words=words,
        oidc=state.settings(request).oidc is not None,
        has_password=identity.has_password(state.store(request), who.person.id),
    )  # fmt: skip
