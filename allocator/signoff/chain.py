"""The audit chain: every event carries the hash of the one before it.

hash(n) = SHA-256(canonical JSON of everything in event n but its hash), with hash(n − 1) among it.
Whoever changes, removes, inserts or reorders an event must change every hash after it; whoever
does that needs the head that was anchored elsewhere to be changed too, and the key where heads
are signed (Haber and Stornetta 1991, How to time-stamp a digital document).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

GENESIS = "0" * 64
"""What the first event follows."""


@dataclass(frozen=True)
class Event:
    """One act. Nothing of it is ever changed.

    number:   1, 2, 3 …: the order of events, whatever the clocks said
    at:       when, UTC, ISO 8601 with microseconds
    actor:    id of the person, or ``system``
    role:     in which role
    behalf:   id of the person who delegated it; empty for one's own
    action:   what was done
    subject:  digest of the plan it was done to, or what else it is about
    details:  the rest, canonical JSON
    previous: hash of the event before
    hash:     of this one
    """

    number: int
    at: str
    actor: str
    role: str
    behalf: str
    action: str
    subject: str
    details: str
    previous: str
    hash: str


_HASHED = tuple(field.name for field in fields(Event) if field.name != "hash")


@dataclass(frozen=True)
class Break:
    """The first event that is not as it was written, or missing."""

    number: int
    found: str


def hash_of(event: Event) -> str:
    """The hash that an event must have, 64 hexadecimal digits."""
    content = {name: getattr(event, name) for name in _HASHED}
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def following(
    previous: Event | None, *, at: str, actor: str, role: str, action: str, subject: str,
    details: dict[str, Any], behalf: str = "",
) -> Event:  # fmt: skip
    """The event after ``previous`` (None: the first)."""
    number, before = (1, GENESIS) if previous is None else (previous.number + 1, previous.hash)
    bare = Event(number, at, actor, role, behalf, action, subject, _canonical(details), before, "")
    return replace(bare, hash=hash_of(bare))


def first_break(
    events: Iterable[Event], *, head: str | None = None, length: int | None = None
) -> Break | None:
    """The first bad event, or None where the chain holds.

    head:   hash that an event of the chain must have, as anchored elsewhere
    length: how many events there were when it was anchored; its event must be the one with the
            head, and none may be missing up to it
    """
    before, count, seen = GENESIS, 0, head is None
    for count, event in enumerate(events, start=1):
        if event.number != count:
            return Break(count, f"event {count} is missing: {event.number} stands in its place")
        if event.previous != before:
            return Break(count, f"event {count} does not follow the one before it")
        if event.hash != hash_of(event):
            return Break(count, f"event {count} is not as it was written")
        before = event.hash
        if head is not None and event.hash == head:
            if length is not None and count != length:
                return Break(count, f"the anchored head stands at {count}, not at {length}")
            seen = True
        if length is not None and count == length and not seen:
            return Break(count, f"event {count} has another hash than the anchored head")
    if not seen:
        return Break(count + 1, "the anchored head is missing: the end of the chain was cut")
    return None


_canonical = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode  # made once: a chain has 100,000 events
