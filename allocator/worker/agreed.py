"""Signed plans that a scenario names by their ID: a child asks for them by ending, and gets them
with its order the second time. It sees no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from allocator.complaint import Complaint
from allocator.signoff.service.agreed import agreed
from allocator.signoff.store.connect import Store
from mmm.errors import Fault, InputError

Plans = Mapping[str, bytes | Complaint]
"""ID -> plan.json, or why there is none to take"""
MOST = 100
"""Plans that one scenario may name: each is looked for."""


@dataclass
class Given:
    """What came with an order, as ``allocator.scenario.Agreed``; ``missing``: IDs that did not."""

    plans: Plans
    missing: dict[str, None] = field(default_factory=dict)

    def plan(self, name: str) -> bytes | Complaint:
        """The plan of an ID; one that has not come is noted, and the order is not done."""
        if name not in self.plans:
            self.missing[name] = None
            return Complaint(name, "a plan that came with the order")
        return self.plans[name]


def with_those(known: Plans, names: Sequence[str], store: Store, person: str, at: str) -> Plans:
    """What is known, and what the store has of these IDs as far as a person may see it. Raises
    InputError for too many of them."""
    count = len(known) + len(names)
    if count > MOST:
        found = f"{count:,} plans named by their ID"
        raise InputError([Fault("job", 0, 0, "scenario", found, f"at most {MOST}")])
    return {**known, **{name: agreed(store, name, reader=person, at=at) for name in names}}
