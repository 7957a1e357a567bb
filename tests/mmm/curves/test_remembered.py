"""What is kept of what was computed once: the things asked for last, and no more of them."""

from __future__ import annotations

from mmm.curves import Remembered


def test_what_is_known_is_not_made_again() -> None:
    known: Remembered[list[int]] = Remembered(2)
    first = known.get("a", lambda: [1])
    assert known.get("a", lambda: [2]) is first


def test_what_was_asked_for_last_stays() -> None:
    known: Remembered[int] = Remembered(2)
    for key, value in (("a", 1), ("b", 2)):
        known.get(key, lambda value=value: value)
    known.get("a", lambda: 0)
    known.get("c", lambda: 3)  # pushes out b, which was asked for before a was again
    assert len(known) == 2
    assert known.get("a", lambda: 10) == 1
    assert known.get("b", lambda: 20) == 20


def test_one_thing_at_least_is_kept() -> None:
    known: Remembered[int] = Remembered(0)
    assert known.get("a", lambda: 1) == known.get("a", lambda: 2) == 1
