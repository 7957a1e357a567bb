"""Choosing a password of one's own in place of one that somebody else gave, and knows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from allocator.errors import NotAllowed
from allocator.signoff.service import identity, users
from allocator.signoff.service.guessed import refuse_leaked
from allocator.signoff.times import later
from allocator.web import sessions, state, stranger
from allocator.web.origin import local
from allocator.web.page import render
from allocator.web.signed import sealed, unsealed
from allocator.web.watch import LOG
from mmm.errors import InputError

router = APIRouter(include_in_schema=False)
SEAL = "choose"
LASTS = 10  # minutes between the login and the choice
Password = Annotated[str, Form(max_length=1000)]


def choosing(request: Request, person: str, given: str, *, next: str) -> HTMLResponse:
    """The form, in place of a session."""
    kept = {"person": person, "at": state.now(request), "given": given}
    proof = sealed(request.app.state.secret, SEAL, kept)
    return _form(request, proof, next)


@router.post("/login/choose", response_class=HTMLResponse)
def choose(
    request: Request,
    proof: Annotated[str, Form(max_length=1000)],
    new: Password,
    repeated: Password,
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Take the new password, and begin a session."""
    stranger.refuse_forged(request, csrf)
    store, at = state.store(request), state.now(request)
    kept = unsealed(request.app.state.secret, SEAL, proof)
    if kept is None or later(kept["at"], minutes=LASTS) < at:
        raise NotAllowed("that took too long; log in again")
    person = kept["person"]
    if identity.given_at(store, person) != kept["given"]:
        raise NotAllowed("the password was chosen already; log in with it")
    try:
        if new != repeated:
            raise NotAllowed("the new password was typed in two ways")
        refuse_leaked(new, state.settings(request).leaked_passwords)
        users.set_password(store, person, person, new, at=at)
    except (NotAllowed, InputError) as error:
        return _form(request, proof, local(next), words=str(error), status=422)
    sessions.begin(request, person)
    stranger.forget(request)
    LOG.info("first login of %s", person)
    return RedirectResponse(local(next), 303)


def _form(
    request: Request, proof: str, next: str, *, words: str = "", status: int = 200
) -> HTMLResponse:
    return render(
        request, None, "choose.html", status=status, proof=proof, next=next, words=words,
        csrf=stranger.token(request),
    )  # fmt: skip
