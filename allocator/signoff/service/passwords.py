"""Passwords: argon2id, with the memory and time that OWASP's cheat sheet asks for at least."""

from __future__ import annotations

import secrets

from allocator.signoff.service.guessed import is_guessed
from mmm.errors import Fault, InputError

SHORTEST, LONGEST = 12, 200
MEMORY, TIMES, LANES = 19_456, 2, 1
"""KiB, passes, threads (OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2, 1)."""


def hashed(password: str) -> str:
    """The argon2id hash of a password, with its salt and settings."""
    from argon2 import PasswordHasher  # loads a C library

    return PasswordHasher(TIMES, MEMORY, LANES).hash(password)


NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""Checked where a name is not known, so that it takes as long as a wrong password."""


def matches(password: str, kept: str | None) -> bool:
    """Whether it is the password of a hash; never for None, and as slowly."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        right = PasswordHasher(TIMES, MEMORY, LANES).verify(kept or NOBODY, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return bool(right) and kept is not None


def refuse_weak(password: str, *known: str) -> None:
    """Raise InputError for one that is short, long, common, or holds a person's name or mail."""
    found = ""
    if not SHORTEST <= len(password) <= LONGEST:
        found = f"{len(password)} characters"
    elif len(set(password)) < 5:
        found = "the same few characters again and again"
    elif any(len(word) > 3 and word.lower() in password.lower() for word in known):
        found = "one with the person's own name or mail in it"
    elif is_guessed(password):
        found = "one made of what everybody uses"
    if found:
        expected = f"{SHORTEST} to {LONGEST} characters that nobody guesses"
        raise InputError([Fault("password", 0, 0, "", found, expected)])


def random_password() -> str:
    """One that is printed once: 128 bits."""
    return secrets.token_urlsafe(16)
