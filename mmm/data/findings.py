"""Faults of data, collected over the whole reading; many alike are shown twice and counted."""

from __future__ import annotations

from dataclasses import replace

from mmm.errors import Fault, InputError

SHOWN = 2  # the first shows where, the second shows that it is not alone; the rest is a count


class Findings:
    """Collects faults while tables are read, so that all of them come in one list."""

    def __init__(self) -> None:
        """Nothing found yet."""
        self._faults: dict[tuple[str, str, str], list[Fault]] = {}
        self._notes: list[str] = []

    def add(self, fault: Fault) -> None:
        """One more fault. Faults of one file, column and expectation are alike."""
        self._faults.setdefault((fault.file, fault.path, fault.expected), []).append(fault)

    def note(self, text: str) -> None:
        """Something done because model.yaml asks for it, to be told in the summary."""
        self._notes.append(text)

    def __bool__(self) -> bool:
        """Whether there is any fault."""
        return bool(self._faults)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done and should be told."""
        return tuple(self._notes)

    def raise_if_any(self) -> None:
        """Raises InputError with every fault."""
        shown: list[Fault] = []
        for alike in self._faults.values():
            alike = sorted(dict.fromkeys(alike), key=lambda fault: fault.line)
            shown += alike[:SHOWN]
            more = len(alike) - SHOWN
            if more > 0:
                last = shown[-1]
                shown[-1] = replace(last, found=f"{last.found} (and {more} more like this)")
        if shown:
            raise InputError(shown)
