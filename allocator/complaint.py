"""What is wrong with a scenario, said by code that does not know the file it stands in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Complaint:
    """What was found, what is expected and how to put it right; whoever knows the place makes a
    ``mmm.errors.Fault`` of it."""

    found: str
    expected: str
    fix: str = ""
    at: tuple[str | int, ...] = ()
    """where within what was asked, such as ``("of", 0)``; empty: all of it"""
