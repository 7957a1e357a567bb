"""What pages say of a plan, kept for a while: neither it nor what is said of it ever changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from allocator.plan import Plan
from allocator.reports.decision import Brief, brief
from allocator.signoff.service.opened import Opened


@dataclass(frozen=True)
class _Named:
    """A plan, known by the SHA-256 of its bytes."""

    blob: str
    plan: Plan = field(compare=False)


def brief_of(opened: Opened) -> Brief:
    """What whoever decides on it must see."""
    return _kept(_Named(opened.row.blob, opened.plan))


@lru_cache(maxsize=128)
def _kept(named: _Named) -> Brief:
    return brief(named.plan)
