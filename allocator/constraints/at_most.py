"""How many lines a plan may use."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from allocator.constraints._base import Declared, Facts, Measure, Outcome, Row, Rule, Selection


class AtMostRule(Rule):
    """At most so many of these lines get any money at all: Σ [x > 0] ≤ lines."""

    key: ClassVar[str] = "at_most"
    forms: ClassVar[tuple[str, ...]] = ("together",)

    lines: Annotated[int, Field(strict=True, ge=1)]
    """How many of them may be on; every campaign and region is a line of its own."""

    def words(self, currency: str) -> str:
        """``at most 3 of these lines at once``."""
        return f"at most {self.lines} of these lines with any money"

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """−Σ [x > 0] ≥ −lines."""
        counted = dict.fromkeys(selection.lines, -1.0)
        return Declared((Row(rule, selection.text, "max", -float(self.lines), active=counted),))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """The number of lines that spend; a line that spends a cent is on."""
        on = float(sum(outcome.spend[line] > 0 for line in selection.lines))
        most = float(self.lines)
        return (Measure(rule, selection.text, "max", most, on, most - on, "lines", 0.0),)
