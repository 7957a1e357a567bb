"""Who is at the other end of a request: by a session of the pages, a token, or a proxy's word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated, Literal

from fastapi import Depends, Form, Request

from allocator.errors import NotAllowed
from allocator.signoff.service import identity, users
from allocator.signoff.store.people import Person
from allocator.signoff.store.sessions import Session
from allocator.web import sessions, state
from allocator.web.errors import Forged, Unidentified
from allocator.web.origin import refuse_elsewhere
from allocator.web.proxied import address, mail_of

SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Caller:
    """Who asks.

    csrf:  what every form of theirs must hold in the field ``csrf``
    fresh: whether they proved who they are a moment ago, as a signature needs
    scope: ``read``, ``submit`` or ``all``: of a token; a session is good for all
    """

    person: Person
    csrf: str
    fresh: bool
    scope: str
    via: Literal["session", "token", "proxy"]


def known(request: Request) -> Caller | None:
    """Whoever is at the browser; None where nobody is logged in."""
    settings = state.settings(request)
    if settings.proxy is not None and settings.proxy.header:
        return _by_proxy(request)
    found = _session(request)
    return None if found is None else _caller(request, *found, via="session")


def caller(request: Request) -> Caller:
    """Whoever is at the browser. Raises Unidentified, which a page answers with the login."""
    found = known(request)
    if found is None:
        raise Unidentified("nobody is logged in")
    request.state.person = found.person.id  # for the log
    return found


def posting(request: Request, csrf: Annotated[str, Form()] = "") -> Caller:
    """The same for what changes anything: sent by a form of ours, with the session's own token.

    Raises Forged, and TooFast for more in a minute than a person does.
    """
    found = caller(request)
    refuse_elsewhere(request)
    sent = csrf or request.headers.get("x-csrf-token", "")
    if not compare_digest(sent.encode(), found.csrf.encode()):
        raise Forged("the form is not of this session: load the page again")
    state.acts(request).count(found.person.id, state.now(request))
    return found


def bearing(scope: str) -> Callable[[Request], Caller]:
    """Of REST: whoever has a token that is good for ``scope``, or is at one of our pages.

    Raises Unidentified without either, NotAllowed for a token that is over or good for less.
    """

    def found(request: Request) -> Caller:
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and secret:
            who = _bearer(request, secret.strip(), scope)
            request.state.person = who.id
            if request.method not in SAFE:
                state.acts(request).count(who.id, state.now(request))
            return Caller(who, "", scope == "all", scope, "token")
        if request.method in SAFE:
            return caller(request)
        return posting(request)

    return found


def confirmed(request: Request, who: Caller, password: str) -> Caller:
    """The caller, after their password was asked again; their session goes on under a new secret.

    Without a password of their own (somebody else identifies them) a fresh login counts, see
    ``/again``. Raises NotAllowed, and TooMany as the login does.
    """
    if who.via == "token":
        return who
    store, at = state.store(request), state.now(request)
    if not password and who.fresh and not identity.has_password(store, who.person.id):
        return who
    found = identity.identify(store, who.person.mail, password, address=address(request), at=at)
    opened = sessions.begin(request, found.id)
    return _caller(request, found, opened.session, via=who.via)


def refuse_stale(who: Caller) -> None:
    """Raise NotAllowed for a session whose password was not given a moment ago.

    A token is its own proof.
    """
    if who.via != "token" and not who.fresh:
        raise NotAllowed("give the password again on the page, or use a token of scope all")


Reader = Annotated[Caller, Depends(caller)]
"""A page's parameter: who looks."""
Poster = Annotated[Caller, Depends(posting)]
"""A page's parameter: who acts, with a form of ours."""


def _caller(
    request: Request, who: Person, one: Session, *, via: Literal["session", "proxy"]
) -> Caller:
    return Caller(who, one.csrf, identity.is_fresh(one, at=state.now(request)), "all", via)


def _session(request: Request) -> tuple[Person, Session] | None:
    secret = sessions.secret_in(request)
    return identity.session(state.store(request), secret, at=state.now(request)) if secret else None


def _by_proxy(request: Request) -> Caller | None:
    """By the proxy's word on every request; the session beside it holds the token of forms."""
    mail = mail_of(request)
    who = users.person(state.store(request), mail=mail) if mail else None
    if who is None or who.disabled:
        return None
    found = _session(request)
    if found is None or found[0].id != who.id:
        found = who, sessions.begin(request, who.id, fresh=False).session
    return _caller(request, *found, via="proxy")


def _bearer(request: Request, secret: str, scope: str) -> Person:
    store, at = state.store(request), state.now(request)
    try:
        identity.bearer(store, secret, identity.SCOPES[0], at=at)
    except NotAllowed as error:
        raise Unidentified(str(error)) from None
    return identity.bearer(store, secret, scope, at=at)
