"""Logging in by OpenID Connect, for the first time or again before a signature."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from hmac import compare_digest
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from allocator.errors import NotAllowed
from allocator.signoff.service import users
from allocator.signoff.store.people import Person
from allocator.signoff.times import parsed
from allocator.web import sessions, state
from allocator.web.caller import caller
from allocator.web.oidc import Going, Provider
from allocator.web.origin import local, refuse_elsewhere
from allocator.web.signed import sealed, unsealed
from allocator.web.watch import LOG

router = APIRouter(include_in_schema=False, prefix="/oidc")
COOKIE, BACK = "oidc", "/oidc/callback"
LASTS = 600  # seconds between leaving for the provider and coming back
Short = Annotated[str, Query(max_length=2000)]


@router.get("/login")
def leave(request: Request, next: Short = "/", again: bool = False) -> Response:
    """Go to the provider. ``again``: the same person proves once more who they are."""
    refuse_elsewhere(request)  # nobody is logged in by another site's link
    who = caller(request).person.id if again else ""
    going = Going(
        secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), again,
        _seconds(request),
    )  # fmt: skip
    there = _provider(request).address(going, _back(request))
    kept = {key: str(value) for key, value in asdict(going).items()}
    kept |= {"fresh": "yes" if again else "", "next": local(next), "who": who}
    value = sealed(request.app.state.secret, COOKIE, kept)
    sessions.send_cookie(request, value, name=COOKIE, seconds=LASTS)
    return RedirectResponse(there, 303)


@router.get("/callback")
def callback(
    request: Request, code: Short = "", state_: Annotated[str, Query(alias="state")] = "",
    iss: Short = "",
) -> Response:  # fmt: skip
    """Come back: a session for whoever is here under the mail that the provider verified."""
    kept = unsealed(request.app.state.secret, COOKIE, sessions.secret_in(request, COOKIE))
    sessions.send_cookie(request, "", name=COOKIE)
    if kept is None or not compare_digest(kept["state"].encode(), state_.encode()):
        raise NotAllowed("this login was not begun here; log in again")
    going = Going(
        kept["state"], kept["nonce"], kept["verifier"], bool(kept["fresh"]), int(kept["began"])
    )
    if _seconds(request) - going.began > LASTS:
        raise NotAllowed("this login took too long; log in again")
    provider = _provider(request)
    if not code or not provider.issued_by(iss):
        raise NotAllowed("the login service let nobody in")
    said = provider.said(going, code, back=_back(request), now=_seconds(request))
    who = _person(request, said.mail)
    if going.fresh and who.id != kept["who"]:
        raise NotAllowed("somebody else logged in there; nothing was done")
    sessions.begin(request, who.id, fresh=going.fresh)
    LOG.info("login of %s by OpenID Connect", who.id)
    return RedirectResponse(local(kept["next"]), 303)


def _person(request: Request, mail: str) -> Person:
    who = users.person(state.store(request), mail=mail)
    if who is None or who.disabled:
        raise NotAllowed("nobody is here under this mail; an admin adds people")
    return who


def _provider(request: Request) -> Provider:
    found: Provider | None = request.app.state.provider
    if found is None:
        raise HTTPException(404)
    return found


def _back(request: Request) -> str:
    return state.settings(request).origin + BACK


def _seconds(request: Request) -> int:
    return int(parsed(state.now(request)).timestamp())
