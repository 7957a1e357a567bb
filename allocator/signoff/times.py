"""Times as they are kept: UTC, ISO 8601 with microseconds, so that text sorts as time does."""

from __future__ import annotations

import datetime as dt


def stamp(time: dt.datetime) -> str:
    """``2026-11-22T10:00:00.000000Z``. A time without a zone is UTC."""
    aware = time if time.tzinfo is not None else time.replace(tzinfo=dt.UTC)
    return aware.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parsed(text: str) -> dt.datetime:
    """The time of a text; a day is its first moment. Raises ValueError for what is no time."""
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)


def later(text: str, **passed: float) -> str:
    """A stamp so much later, as ``timedelta`` takes it: ``later(at, minutes=30)``."""
    return stamp(parsed(text) + dt.timedelta(**passed))
