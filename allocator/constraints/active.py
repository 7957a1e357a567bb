"""A smallest buy: off, or at least so much."""

from __future__ import annotations

from typing import ClassVar

from allocator.constraints._base import (
    CENT,
    Declared,
    Facts,
    Measure,
    MinimumIfActive,
    Outcome,
    Rule,
    Selection,
)
from allocator.constraints._words import amount
from allocator.quantities import PositiveMoney


class ActiveRule(Rule):
    """A line is off, or gets at least ``min`` over the window: x = 0 or x ≥ min."""

    key: ClassVar[str] = "active"
    forms: ClassVar[tuple[str, ...]] = ("each",)

    min: PositiveMoney
    """The smallest amount worth buying; nothing at all is allowed too."""

    def words(self, currency: str) -> str:
        """``nothing, or at least 50,000 EUR``."""
        return f"nothing, or at least {amount(self.min, currency)}"

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """x = 0 or x ≥ min for each line."""
        return Declared(
            minima=tuple(MinimumIfActive(rule, line, self.min) for line in selection.lines)
        )

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Spend against the smallest buy, currency; no slack where the line is off."""
        measures: list[Measure] = []
        for line in selection.lines:
            spent = outcome.spend[line]
            slack = spent - self.min if spent > 0 else None
            measures.append(Measure(rule, line, "min", self.min, spent, slack, "currency", CENT))
        return tuple(measures)
