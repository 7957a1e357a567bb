"""A person's own things: password, sessions, tokens, and all that is kept of them."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from allocator.errors import NotAllowed
from allocator.signoff.service import identity, privacy, users
from allocator.signoff.service.guessed import refuse_leaked
from allocator.web import sessions, state
from allocator.web.caller import Caller, Poster, Reader, confirmed
from allocator.web.faults import status_of
from allocator.web.page import render
from allocator.web.proxied import address
from mmm.errors import InputError

router = APIRouter(include_in_schema=False, prefix="/account")
Password = Annotated[str, Form(max_length=1000)]


@router.get("", response_class=HTMLResponse)
def account(request: Request, who: Reader) -> HTMLResponse:
    """What is kept, and what can be changed."""
    return _page(request, who)


@router.post("/password", response_class=HTMLResponse)
def change_password(
    request: Request, who: Poster, password: Password, new: Password, repeated: Password
) -> Response:
    """A new password, against the old one, which may be given. Every other session ends."""
    store, at = state.store(request), state.now(request)
    if new != repeated:
        return _page(request, who, wrong="the new password was typed in two ways", status=422)
    try:
        identity.identify(
            store, who.person.mail, password, address=address(request), given=True, at=at
        )
        refuse_leaked(new, state.settings(request).leaked_passwords)
        users.set_password(store, who.person.id, who.person.id, new, at=at)
    except (NotAllowed, InputError) as error:
        return _page(request, who, wrong=str(error), status=status_of(error))
    sessions.begin(request, who.person.id)
    return RedirectResponse("/account", 303)


@router.post("/sessions/end")
def end_sessions(request: Request, who: Poster, password: Password = "") -> Response:
    """End every session but this one."""
    try:
        who = confirmed(request, who, password)
    except NotAllowed as error:
        return _page(request, who, wrong=str(error), status=status_of(error))
    identity.end_others(state.store(request), who.person.id, sessions.secret_in(request))
    return RedirectResponse("/account", 303)


@router.post("/tokens", response_class=HTMLResponse)
def add_token(
    request: Request,
    who: Poster,
    name: Annotated[str, Form(max_length=200)],
    scope: Annotated[str, Form(max_length=20)],
    days: Annotated[int, Form()],
    password: Password = "",
) -> Response:
    """A token for a program, shown once."""
    store, at = state.store(request), state.now(request)
    try:
        who = confirmed(request, who, password)
        _, secret = identity.add_token(store, who.person.id, name, scope, days=days, at=at)
    except (NotAllowed, InputError) as error:
        return _page(request, who, wrong=str(error), status=status_of(error))
    return _page(request, who, secret=secret)


@router.post("/tokens/revoke")
def revoke_token(
    request: Request, who: Poster, token: Annotated[str, Form(max_length=64)]
) -> Response:
    """End a token before its time."""
    store, at = state.store(request), state.now(request)
    identity.revoke_token(store, who.person.id, token, at=at)
    return RedirectResponse("/account", 303)


@router.post("/data")
def data(request: Request, who: Poster) -> Response:
    """Everything that is kept of the person, as JSON."""
    found = privacy.personal_data(
        state.store(request), who.person.id, who.person.id, at=state.now(request)
    )
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    headers = {"content-disposition": 'attachment; filename="personal-data.json"'}
    return Response(text, headers=headers, media_type="application/json")


def _page(
    request: Request, who: Caller, *, wrong: str = "", secret: str = "", status: int = 200
) -> HTMLResponse:
    store, at = state.store(request), state.now(request)
    here = identity.digest_of(sessions.secret_in(request))
    tokens = [
        one for one in identity.tokens_of(store, who.person.id)
        if one.revoked_at is None and one.ends_at > at
    ]  # fmt: skip
    values: dict[str, Any] = {
        "sessions": identity.sessions_of(store, who.person.id), "here": here, "tokens": tokens,
        "has_password": identity.has_password(store, who.person.id), "wrong": wrong,
        "replaces": identity.has_password(store, who.person.id, given=True),
        "secret": secret, "scopes": identity.SCOPES, "longest": identity.LONGEST_TOKEN,
    }  # fmt: skip
    return render(request, who, "account.html", status=status, **values)
