"""What was computed once and may be asked for again, up to so many things."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """Key → value, of which the ``most`` asked for last are kept.

    For values that follow from their key alone: who asks gets the same whatever was asked before.
    """

    def __init__(self, most: int) -> None:
        self._most = max(1, most)
        self._known: dict[Hashable, T] = {}

    def get(self, key: Hashable, made: Callable[[], T]) -> T:
        """The value of this key, made where it is not known (any more)."""
        if key in self._known:
            self._known[key] = self._known.pop(key)  # now the last one asked for
            return self._known[key]
        found = made()
        while len(self._known) >= self._most:
            self._known.pop(next(iter(self._known)))
        self._known[key] = found
        return found

    def __len__(self) -> int:
        return len(self._known)
