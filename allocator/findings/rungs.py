"""Ladder: what more or less risk, and more or less money, would bring. Ground floor, no solver."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rung:
    """The best plan at one weight of bad draws, and what it gains on the reference.

    name:     ``bold``, ``balanced``, ``careful``, or what stands between them
    words:    how much of what counts
    mean:     gain on the reference scaled to the budget, mean over the draws, objective units
    worst:    mean of the worst of the draws of that gain (CVaR)
    p10, p90: of that gain
    better:   share of draws in which there is a gain
    moved:    money that goes to another line than in the reference, currency
    gap:      of the incremental outcome, the plan's distance to the bound: a fraction
    current:  the scenario's own caution
    spend:    line -> total, currency
    """

    name: str
    words: str
    mean: float
    worst: float
    p10: float
    p90: float
    better: float
    moved: float
    gap: float
    current: bool
    spend: dict[str, float]


@dataclass(frozen=True)
class Step:
    """The best plan at one budget.

    budget:  currency; ``share`` of the scenario's
    mean:    the objective, mean over the draws; None where no plan keeps the rules
    p10, p90: of the objective
    next_unit: what the last unit of money on the way here added, objective units per currency
    """

    budget: float
    share: float
    mean: float | None
    p10: float | None
    p90: float | None
    next_unit: float | None


@dataclass(frozen=True)
class Ladder:
    """Risk and money around one scenario.

    unit:  of the objective, ``currency`` or ``count``; ``objective`` is its name
    tail:  share of the draws that ``worst`` is the mean of
    reference: (budget, mean of the objective) of the reference as spent
    digests: of the scenario and of the curves
    """

    scenario: str
    title: str
    objective: str
    unit: str
    currency: str
    tail: float
    rungs: tuple[Rung, ...]
    steps: tuple[Step, ...]
    reference: tuple[float, float]
    digests: tuple[str, str]

    @property
    def own(self) -> Step:
        """The step at the scenario's own budget."""
        return min(self.steps, key=lambda step: abs(step.share - 1))

    def document(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"schema_version": 1, **dataclasses.asdict(self)}
