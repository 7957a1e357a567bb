"""Two servers an hour apart on one database: the order of events is their number."""

from __future__ import annotations

from dataclasses import dataclass

from office import Office, plan

from allocator.signoff.audit.verify import verify
from allocator.signoff.chain import first_break
from allocator.signoff.service.talk import Remark, comment
from allocator.signoff.store import events
from allocator.signoff.store.connect import Store
from tests.reliability.places import Place, opened
from tests.reliability.races import Try, at_once


@dataclass(frozen=True)
class Ordered:
    """backwards: events whose clock said less than that of the event before."""

    events: int
    backwards: int


def apart(place: Place, count: int) -> Ordered:
    """So many acts on two servers at once, one's clock an hour ahead of the other's."""
    with place.migrated() as url:
        with opened(url) as store:
            office = Office(store).hire()
            digest = office.submitted(plan("small"))
        tries = [
            _saying(digest, number, f"2026-11-22T{12 + number % 2}:{number // 60:02d}"
                    f":{number % 60:02d}.000000Z")
            for number in range(count)
        ]  # fmt: skip
        told = at_once(url, tries)
        assert told == {"said": count}, told
        with opened(url) as store:
            with store.reading() as connection:
                found = list(events.every(connection))
            assert verify(store).wrong == ()
    assert first_break(found) is None
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    backwards = sum(b.at < a.at for a, b in zip(found[:-1], found[1:], strict=True))
    return Ordered(len(found), backwards)


def _saying(digest: str, number: int, at: str) -> Try:
    def attempt(store: Store) -> str:
        comment(store, "fiona", Remark(digest, f"said {number}"), at=at)
        return "said"

    return attempt
