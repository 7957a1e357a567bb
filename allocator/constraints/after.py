"""An order of priority: some lines get money only once others have enough."""

from __future__ import annotations

from typing import ClassVar

from allocator.complaint import Complaint
from allocator.constraints._base import (
    CENT,
    Declared,
    Facts,
    Measure,
    Outcome,
    Row,
    Rule,
    Selection,
    lines_of,
    selector_complaints,
)
from allocator.constraints._words import amount
from allocator.quantities import PositiveMoney
from allocator.selectors import Selectors, as_written


class AfterRule(Rule):
    """A line gets money only after other lines have so much: Σ_lines x ≥ spend·[x_i > 0].

    Fill those first, then this. Where it is soft, the price is for each unit of money that they
    are short of it while this line is on.
    """

    key: ClassVar[str] = "after"
    forms: ClassVar[tuple[str, ...]] = ("each",)

    lines: Selectors
    """The lines that come first, together: `[search/brand]`."""
    spend: PositiveMoney
    """What they have when they are full, over the window."""

    def words(self, currency: str) -> str:
        """``only once search/brand has 300,000 EUR``."""
        return f"only once {as_written(self.lines)} has {amount(self.spend, currency)}"

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """Lines that mean none, or a line that would have to wait for itself."""
        wrong = selector_complaints("lines", self.lines, facts)
        both = sorted(set(selection.lines) & set(lines_of(self.lines, facts)))
        if wrong or not both:
            return wrong
        found = f"{', '.join(both)}, which would wait for its own money"
        return (Complaint(found, "other lines than those of the rule", "", ("lines",)),)

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """Σ_first x − spend·[x_i > 0] ≥ 0 for each line that comes after."""
        first = dict.fromkeys(lines_of(self.lines, facts), 1.0)
        return Declared(
            tuple(
                Row(rule, line, "min", 0.0, first, active={line: -self.spend})
                for line in selection.lines
            )
        )

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """What those that come first have, currency; no slack where the line is off."""
        first = lines_of(self.lines, facts)
        have = sum(outcome.spend[line] for line in first)
        blur = CENT * len(first)
        return tuple(
            Measure(
                rule, line, "min", self.spend, have,
                have - self.spend if outcome.spend[line] > 0 else None, "currency", blur,
            )
            for line in selection.lines
        )  # fmt: skip
