"""Is everything as it was written? The chain, what it made, the blobs, and the signed heads."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from allocator.signoff.audit.anchor import Anchor, proves
from allocator.signoff.audit.replayed import Made, replay
from allocator.signoff.audit.rows import differing
from allocator.signoff.audit.triggers import gone
from allocator.signoff.chain import GENESIS, Event, first_break
from allocator.signoff.store import blobs, events, heads
from allocator.signoff.store.connect import Store

MOST = 100
"""Faults that are listed; more say no more."""


@dataclass(frozen=True)
class Wrong:
    """A row that is not as it was written."""

    table: str
    row: str
    found: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.found}"


@dataclass(frozen=True)
class Audit:
    """What was found.

    events: how many were read; head: hash of the last
    signed: heads whose signature holds
    wrong:  every fault, those of the chain first; empty where all is well
    """

    events: int
    head: str
    signed: int
    wrong: tuple[Wrong, ...]


def verify(store: Store, *, head: Anchor | None = None, keys: Collection[str] = ()) -> Audit:
    """Hold a store against its chain, and the chain against a head and keys from elsewhere.

    head: as it was anchored outside; without one, a chain that was cut or wholly made again looks
          like any other
    keys: public Ed25519 keys, hexadecimal, of which one must have signed each signed head; there
          must be a signed head then
    """
    with store.reading() as connection:
        return audit(connection, head, keys)


def audit(connection: Connection, head: Anchor | None, keys: Collection[str]) -> Audit:
    """The same on one view of the database."""
    made, tail = Made(), _Tail()
    found: list[Wrong] = []
    passing = replay(tail.passing(events.every(connection)), made)
    known = (None, None) if head is None else (head.hash, head.number or None)
    broken = first_break(passing, head=known[0], length=known[1])
    for _ in passing:  # the rest after a break, so that rows are held against all of it
        pass
    if broken is not None:
        found.append(Wrong("events", str(broken.number), broken.found))
    signed, wrong = _heads(connection, tail, keys)
    found += wrong
    for name in blobs.changed(connection):
        found.append(Wrong("blobs", f"{name[:12]}…", "its content has another digest"))
    found += [Wrong("triggers", name, "missing or changed") for name in gone(connection)]
    found += [Wrong(*one) for one in differing(connection, made)]
    return Audit(tail.count, tail.last, signed, tuple(found[:MOST]))


class _Tail:
    """Number and hash of every event that passes by."""

    def __init__(self) -> None:
        self.count, self.last = 0, GENESIS
        self.hashes: dict[int, str] = {}

    def passing(self, found: Iterator[Event]) -> Iterator[Event]:
        for event in found:
            self.count, self.last = self.count + 1, event.hash
            self.hashes[event.number] = event.hash
            yield event


def _heads(connection: Connection, tail: _Tail, keys: Collection[str]) -> tuple[int, list[Wrong]]:
    count, wrong = 0, []
    for one in heads.every(connection):
        name = str(one.number)
        if tail.hashes.get(one.number) != one.hash:
            wrong.append(Wrong("heads", name, "the event has another hash than was signed"))
        elif not proves(one.key, one.signature, one.number, one.hash):
            wrong.append(Wrong("heads", name, "the signature is not of this head"))
        elif keys and one.key not in keys:
            wrong.append(Wrong("heads", name, "signed with another key"))
        else:
            count += 1
    if keys and not count and not wrong:
        wrong.append(Wrong("heads", "none", "no head is signed with the key"))
    return count, wrong
