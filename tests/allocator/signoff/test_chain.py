"""The audit chain: whatever is done to it shows, and where."""

from __future__ import annotations

import dataclasses
import hashlib
import json

import pytest

from allocator.signoff.chain import GENESIS, Event, first_break, following


def chain(count: int = 6) -> list[Event]:
    events: list[Event] = []
    for number in range(1, count + 1):
        events.append(
            following(
                events[-1] if events else None, at=f"2026-11-22T10:00:{number:02d}.000000Z",
                actor=f"u{number}", role="planner", action="submit", subject="ab" * 32,
                details={"total": 100.5 + number, "reason": "Gründe"},
            )
        )  # fmt: skip
    return events


def rehashed(events: list[Event]) -> list[Event]:
    """Every hash made anew, as one would who can write to the database."""
    made: list[Event] = []
    for event in events:
        made.append(
            following(
                made[-1] if made else None, at=event.at, actor=event.actor, role=event.role,
                action=event.action, subject=event.subject, details=json.loads(event.details),
            )
        )  # fmt: skip
    return made


def test_a_whole_chain_holds() -> None:
    events = chain()
    assert first_break(events) is None
    assert first_break(events, head=events[-1].hash, length=6) is None
    assert first_break(events, head=events[3].hash, length=4) is None  # it grew since
    assert first_break([]) is None


def test_the_hash_is_that_of_the_documented_text() -> None:
    event = chain(1)[0]
    content = {
        "action": "submit", "actor": "u1", "at": "2026-11-22T10:00:01.000000Z", "behalf": "",
        "details": '{"reason":"Gründe","total":101.5}', "number": 1, "previous": GENESIS,
        "role": "planner", "subject": "ab" * 32,
    }  # fmt: skip
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert event.hash == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Event)])
def test_every_field_of_an_event_is_sealed(field: str) -> None:
    events = chain()
    old = getattr(events[2], field)
    changed = {field: old + 1 if isinstance(old, int) else old + "x"}
    events[2] = dataclasses.replace(events[2], **changed)
    found = first_break(events)
    assert found is not None
    assert found.number == 3


def test_rows_that_are_gone_moved_or_put_in() -> None:
    events = chain()
    for attacked, number in (
        (events[:2] + events[3:], 3),
        (events[1:], 1),
        ([events[0], events[2], events[1], *events[3:]], 2),
        ([*events[:3], events[2], *events[3:]], 4),
    ):
        found = first_break(attacked)
        assert found is not None
        assert found.number == number


def test_a_tail_that_was_cut_shows_against_the_anchor() -> None:
    events = chain()
    assert first_break(events[:4]) is None  # by itself it is a chain
    found = first_break(events[:4], head=events[-1].hash, length=6)
    assert found is not None
    assert found.number == 5


def test_a_chain_made_anew_shows_against_the_anchor() -> None:
    events = chain()
    forged = rehashed([*events[:2], dataclasses.replace(events[2], actor="mallory"), *events[3:]])
    assert first_break(forged) is None  # by itself it is a chain
    found = first_break(forged, head=events[-1].hash, length=6)
    assert found is not None
    assert found.number == 6
    found = first_break(forged, head=events[2].hash, length=3)
    assert found is not None
    assert found.number == 3
