"""How much one person may change in a minute; reading is not counted."""

from __future__ import annotations

import threading

from allocator.web.errors import TooFast


class Rate:
    """Counts per name and minute, in memory: a server that starts again has forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._minute = ""
        self._counts: dict[str, int] = {}

    def count(self, name: str, at: str) -> None:
        """One more. Raises TooFast for more in a minute than is taken."""
        minute = at[:16]  # 2026-11-22T10:00
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            self._counts[name] = self._counts.get(name, 0) + 1
            if self._counts[name] > self._most:
                raise TooFast(f"more than {self._most} acts in a minute; try again in the next")
