"""Money of some lines for each unit of money of others."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import model_validator

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
    parts,
    selector_complaints,
)
from allocator.constraints._words import range_words
from allocator.quantities import Ratio
from allocator.selectors import Selectors, as_written


class RatioRule(Rule):
    """Spend of the rule's lines as a multiple of the spend of other lines.

    min·Σ_to x ≤ Σ x ≤ max·Σ_to x. Where the others spend nothing, so must the rule's lines under
    a max, and a min asks for nothing.
    """

    key: ClassVar[str] = "ratio"

    to: Selectors
    """The lines that they are compared with: `[social]`."""
    min: Ratio | None = None
    """At least this much for each unit of theirs, such as 0.5."""
    max: Ratio | None = None
    """At most this much for each unit of theirs, such as 2."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("min, max or both, such as `{to: [social], max: 2}`")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min at most max; min is {self.min:g}, max is {self.max:g}")
        return self

    def words(self, currency: str) -> str:
        """``at least 0.5 EUR for 1 EUR of social``."""
        low, high = (None if end is None else f"{end:g} {currency}" for end in (self.min, self.max))
        return f"{range_words(low, high)} for 1 {currency} of {as_written(self.to)}"

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """Others that mean no line, or that are among the rule's own."""
        wrong = selector_complaints("to", self.to, facts)
        both = sorted(set(selection.lines) & set(lines_of(self.to, facts)))
        if wrong or not both:
            return wrong
        found = f"{', '.join(both)} on both sides of a ratio"
        fix = "use `share` with `of` for a part of a group"
        return (Complaint(found, "other lines than those of the rule", fix, ("to",)),)

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """Σ x − min·Σ_to x ≥ 0 and max·Σ_to x − Σ x ≥ 0."""
        rows: list[Row] = []
        others = lines_of(self.to, facts)
        for part, lines in parts(selection):
            if self.min is not None:
                low = {**dict.fromkeys(lines, 1.0), **dict.fromkeys(others, -self.min)}
                rows.append(Row(rule, part, "min", 0.0, low))
            if self.max is not None:
                high = {**dict.fromkeys(lines, -1.0), **dict.fromkeys(others, self.max)}
                rows.append(Row(rule, part, "max", 0.0, high))
        return Declared(tuple(rows))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Σ x / Σ_to x against each limit; a cent a line, on both sides, is rounding.

        Without spend of the others there is no such figure: the slack of a max is then minus what
        the rule's lines spend (in currency), and where nothing is spent at all there is none.
        """
        others = lines_of(self.to, facts)
        under = sum(outcome.spend[line] for line in others)
        measures: list[Measure] = []
        for part, lines in parts(selection):
            spent = sum(outcome.spend[line] for line in lines)
            for side, limit in (("min", self.min), ("max", self.max)):
                if limit is None:
                    continue
                if under <= 0:
                    slack = -spent if side == "max" and spent > 0 else None
                    blur = CENT * (len(lines) + limit * len(others))
                    measures.append(Measure(rule, part, side, limit, None, slack, "ratio", blur))
                    continue
                value = spent / under
                slack = value - limit if side == "min" else limit - value
                blur = CENT * (len(lines) + limit * len(others)) / under
                measures.append(Measure(rule, part, side, limit, value, slack, "ratio", blur))
        return tuple(measures)
