"""Amounts as people book them: whole hundreds, whole thousands."""

from __future__ import annotations

from typing import ClassVar

from allocator.cents import cents
from allocator.constraints._base import (
    CENT,
    Declared,
    Facts,
    Measure,
    Multiple,
    Outcome,
    Rule,
    Selection,
)
from allocator.constraints._words import amount
from allocator.quantities import PositiveMoney


class RoundToRule(Rule):
    """A line's total over the window is a whole number of steps: x = n·step, n = 0, 1, 2, …"""

    key: ClassVar[str] = "round_to"
    forms: ClassVar[tuple[str, ...]] = ("each",)

    step: PositiveMoney
    """The step, such as 1k. What is spent exactly must be a whole number of steps too, or some
    line must be free of the rule to take the rest."""

    def words(self, currency: str) -> str:
        """``in steps of 1,000 EUR``."""
        return f"in steps of {amount(self.step, currency)}"

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """x = n·step for each line."""
        return Declared(
            multiples=tuple(Multiple(rule, line, self.step) for line in selection.lines)
        )

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Spend against the nearest whole number of steps, in whole cents; no slack there."""
        measures: list[Measure] = []
        for line in selection.lines:
            spent, step = cents(outcome.spend[line]), cents(self.step)
            nearest = round(spent / step) * step
            off = abs(spent - nearest) / 100
            slack = -off if off else None
            measures.append(
                Measure(
                    rule, line, "exactly", nearest / 100, spent / 100, slack, "currency", CENT / 2
                )
            )
        return tuple(measures)
