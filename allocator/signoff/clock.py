"""The clock: only the edge reads it, pages and commands; all else is told the time."""

from __future__ import annotations

import datetime as dt

from allocator.signoff.times import stamp


def now() -> str:
    """The time, as it is kept."""
    return stamp(dt.datetime.now(dt.UTC))
