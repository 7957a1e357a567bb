"""Agreed plans by their ID: what a scenario may name in place of a plan.json, and who is asked."""

from __future__ import annotations

import re
from typing import Protocol

from allocator.complaint import Complaint
from allocator.scenario.schema.scenario_id import LONGEST

_PART = "[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?"
_ID = re.compile(rf"{_PART}(\.{_PART})*")


class Agreed(Protocol):
    """Where plans are kept that somebody has signed for. A scenario knows no more of it."""

    def plan(self, name: str) -> bytes | Complaint:
        """The plan.json of the one plan of this ID, or start of a digest, that is approved or
        released; or why there is none to take."""


def is_id(written: str) -> bool:
    """Whether a plan is named by an ID or digest: no folder, and not the name of a .json file.

    A file of such a name is written ``./NAME``.
    """
    short = len(written) <= LONGEST and not written.endswith(".json")
    return short and _ID.fullmatch(written) is not None


def nobody_to_ask(name: str) -> Complaint:
    """Of an ID where no plans are kept."""
    return Complaint(
        f"{name}, and no store of signed plans to look in",
        "the ID of a plan in a store, or a plan.json",
        f"write ./{name} if it is a file",
    )
