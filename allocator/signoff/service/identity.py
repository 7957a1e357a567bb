"""Who is at the other end: a password, a session of the pages, or a token of a program."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection

from allocator.errors import NotAllowed
from allocator.signoff.service.acts import note
from allocator.signoff.service.passwords import matches
from allocator.signoff.service.standing import Standing, as_self, present
from allocator.signoff.states import Role
from allocator.signoff.store import events, people, sessions, tokens
from allocator.signoff.store.connect import Store
from allocator.signoff.store.people import EVERY, Person
from allocator.signoff.store.sessions import Session
from allocator.signoff.store.tokens import Token
from allocator.signoff.times import later
from mmm.errors import Fault, InputError

SCOPES = ("read", "submit", "all")
"""Each lets do what the one before does, and more."""
IDLE, ABSOLUTE, FRESH = 30, 12 * 60, 5
"""Minutes that a session lasts unused, at most, and that a password counts as just given."""
WINDOW, PER_NAME, PER_ADDRESS = 15, 10, 50
"""Minutes, and logins that may fail in them under one name and from one address."""
LONGEST_TOKEN = 366  # days
GIVEN = 7  # days that a password which somebody else gave is good, for choosing one's own
NEVER = "1970-01-01T00:00:00.000000Z"


class TooMany(NotAllowed):
    """Too many logins failed: nobody is let in for a while."""


@dataclass(frozen=True)
class Opened:
    """A session that began: ``secret`` goes into the cookie and is kept nowhere."""

    secret: str
    session: Session


def identify(
    store: Store, mail: str, password: str, *, address: str = "", given: bool = False, at: str
) -> Person:
    """The person with this mail and password.

    given: whether one that somebody else gave will do, which is so only where it is replaced

    Raises NotAllowed, always in the same words and after the same work, and TooMany after ten
    failures under a name, or fifty from an address, within a quarter of an hour. A right password
    that somebody else gave is refused in words of its own, and anywhere after seven days.
    """
    since = later(at, minutes=-WINDOW)
    with store.reading() as connection:
        names = sessions.failures(connection, since, name=mail)
        there = sessions.failures(connection, since, address=address) if address else 0
        who = people.person(connection, mail=mail)
        kept = None if who is None else people.password_of(connection, who.id)
        since_given = None if who is None else _given_at(connection, who.id)
    if names >= PER_NAME or there >= PER_ADDRESS:
        raise TooMany(f"too many logins failed; try again in {WINDOW} minutes")
    if not matches(password, kept) or who is None or who.disabled:
        store.writing(lambda connection: sessions.failed(connection, mail, address, at))
        raise NotAllowed("mail and password do not fit")
    if names:
        store.writing(lambda connection: sessions.forget_failures(connection, name=mail))
    if since_given is not None:
        _refuse_given(since_given, replaced=given, at=at)
    return who


def has_password(store: Store, person: str, *, given: bool = False) -> bool:
    """Whether they have one of their own; others are identified by somebody else.

    given: whether one counts that somebody else gave them
    """
    with store.reading() as connection:
        own = given or _given_at(connection, person) is None
        return own and people.password_of(connection, person) is not None


def given_at(store: Store, person: str) -> str | None:
    """When somebody else gave them the password they have; None where they chose it themselves.

    Who gave it knows it: it is good for choosing another one, and for nothing else.
    """
    with store.reading() as connection:
        return _given_at(connection, person)


def open_session(
    store: Store, person: str, *, at: str, old: str = "", fresh: bool = True
) -> Opened:
    """Begin a session, with a new secret; ``old`` is the cookie before the login, which ends.

    fresh: whether they proved just now who they are; not so where a proxy says it
    """
    secret = secrets.token_urlsafe(32)
    proved = at if fresh else NEVER
    one = Session(digest_of(secret), person, secrets.token_urlsafe(32), at, at, proved)

    def act(connection: Connection) -> None:
        present(connection, person)
        sessions.end(connection, digest_of(old))
        sessions.end_before(connection, later(at, minutes=-ABSOLUTE))
        sessions.forget_failures(connection, before=later(at, minutes=-ABSOLUTE))
        sessions.add(connection, one)

    store.writing(act)
    return Opened(secret, one)


def session(store: Store, secret: str, *, at: str) -> tuple[Person, Session] | None:
    """Whose session a cookie is; None where it ended, or its person is disabled."""
    with store.reading() as connection:
        one = sessions.get(connection, digest_of(secret))
        who = None if one is None else people.person(connection, id=one.user_id)
    if one is None or who is None or who.disabled:
        return None
    if later(one.seen_at, minutes=IDLE) < at or later(one.created_at, minutes=ABSOLUTE) < at:
        store.writing(lambda connection: sessions.end(connection, one.token))
        return None
    if later(one.seen_at, minutes=1) < at:
        store.writing(lambda connection: sessions.seen(connection, one.token, at))
    return who, one


def is_fresh(one: Session, *, at: str) -> bool:
    """Whether the password was given a moment ago, as a signature needs."""
    return at <= later(one.fresh_at, minutes=FRESH)


def sessions_of(store: Store, person: str) -> tuple[Session, ...]:
    """Of a person, the oldest first."""
    with store.reading() as connection:
        return sessions.of(connection, person)


def end_others(store: Store, person: str, secret: str) -> int:
    """End every session of a person but the one of this cookie; how many."""
    kept = digest_of(secret)

    def act(connection: Connection) -> int:
        others = [one for one in sessions.of(connection, person) if one.token != kept]
        for one in others:
            sessions.end(connection, one.token)
        return len(others)

    return store.writing(act)


def close_session(store: Store, secret: str) -> None:
    """End a session."""
    store.writing(lambda connection: sessions.end(connection, digest_of(secret)))


def add_token(
    store: Store, actor: str, name: str, scope: str, *, days: int, at: str
) -> tuple[Token, str]:
    """A token of one's own for a program, and its secret, which is kept nowhere.

    Raises InputError for an unknown scope, or more than a year.
    """
    faults = []
    if scope not in SCOPES:
        faults.append(Fault("token", 0, 0, "scope", repr(scope), ", ".join(SCOPES)))
    if not 1 <= days <= LONGEST_TOKEN:
        faults.append(Fault("token", 0, 0, "days", str(days), f"1 to {LONGEST_TOKEN}"))
    if not name.strip() or len(name) > 200:
        faults.append(Fault("token", 0, 0, "name", repr(name[:50]), "what it is for"))
    if faults:
        raise InputError(faults)
    secret = f"allocator_{secrets.token_urlsafe(32)}"
    ends = later(at, days=days)
    one = Token(digest_of(secret), actor, name, scope, at, ends, None)

    def act(connection: Connection) -> None:
        who = as_self(present(connection, actor))
        tokens.add(connection, one)
        details = {"token": one.token[:12], "scope": scope, "ends": ends}
        note(connection, actor, "add token", who, at, details=details)

    store.writing(act)
    return one, secret


def revoke_token(store: Store, actor: str, start: str, *, at: str) -> Token:
    """End a token, named by the first twelve digits of its digest: one's own, or as an admin.

    Raises NotAllowed for others, InputError where there is none.
    """

    def act(connection: Connection) -> Token:
        who = present(connection, actor)
        whose = people.everybody(connection) if who.has(Role.ADMIN, EVERY) else (who,)
        found = [
            one
            for person in whose
            for one in tokens.of(connection, person.id)
            if one.token.startswith(start) and one.revoked_at is None
        ]
        if len(start) < 12 or len(found) != 1:
            expected = "the first 12 digits of one of yours"
            raise InputError([Fault("token", 0, 0, "", repr(start), expected)])
        tokens.revoke(connection, found[0].token, at)
        standing = as_self(who) if found[0].user_id == actor else Standing(who, Role.ADMIN)
        details = {"token": found[0].token[:12]}
        note(connection, found[0].user_id, "revoke token", standing, at, details=details)
        return found[0]

    return store.writing(act)


def bearer(store: Store, secret: str, scope: str, *, at: str) -> Person:
    """Whose token it is, if it may do this (``read``, ``submit`` or ``all``).

    Raises NotAllowed for one that is unknown, over or revoked, whose person is disabled, or whose
    scope is smaller.
    """
    with store.reading() as connection:
        one = tokens.get(connection, digest_of(secret))
        who = None if one is None else people.person(connection, id=one.user_id)
    if one is None or who is None or who.disabled or one.revoked_at or one.ends_at <= at:
        raise NotAllowed("the token is unknown, over or revoked")
    if SCOPES.index(one.scope) < SCOPES.index(scope):
        raise NotAllowed(f"the token is good for {one.scope}; this needs {scope}")
    return who


def tokens_of(store: Store, person: str) -> tuple[Token, ...]:
    """Of a person, the oldest first."""
    with store.reading() as connection:
        return tokens.of(connection, person)


def digest_of(secret: str) -> str:
    """What is kept of a secret: it has 256 bits, so that SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _given_at(connection: Connection, person: str) -> str | None:
    acts = [
        one
        for one in events.about(connection, person)
        if one.action in ("add user", "set password")
    ]
    return acts[-1].at if acts and acts[-1].actor != person else None


def _refuse_given(since: str, *, replaced: bool, at: str) -> None:
    if later(since, days=GIVEN) < at:
        raise NotAllowed(
            f"this password was given {GIVEN} days ago or more, and never replaced; "
            "ask an admin for another"
        )
    if not replaced:
        raise NotAllowed(
            "somebody else gave you this password, and knows it: choose your own first, on the "
            "pages, or with `allocator user password` and your own mail"
        )
