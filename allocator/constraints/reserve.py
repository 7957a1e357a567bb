"""Money kept for lines without history, so that something is learnt of them."""

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
    parts,
)
from allocator.constraints._words import amount, percent
from allocator.quantities import PositiveMoney, Share


class ReserveRule(Rule):
    """A test reserve: at least so much for those of the lines that have no history.

    Σ_new x ≥ min, or Σ_new x ≥ min_share·Σ_all x. What a model says of such a line is its prior;
    money spent on it now is what later weeks learn from. Lines with history are left out.
    """

    key: ClassVar[str] = "reserve"

    min: PositiveMoney | None = None
    """At least this much over the window."""
    min_share: Share | None = None
    """At least this part of all that the plan spends."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.min is None) == (self.min_share is None):
            raise ValueError("one of `{min: 50k}` and `{min_share: 3%}`")
        return self

    def words(self, currency: str) -> str:
        """``at least 50,000 EUR for lines without history``."""
        if self.min is not None:
            return f"at least {amount(self.min, currency)} for lines without history"
        assert self.min_share is not None  # one of the two
        return f"at least {percent(self.min_share)} of all spend for lines without history"

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """No line without history among those of the rule."""
        if facts.new & set(selection.lines):
            return ()
        known = sorted(facts.new)
        fix = f"these have none: {', '.join(known)}" if known else "every line of the curves has"
        return (
            Complaint(
                f"a reserve for {selection.text}, where every line has a history",
                "at least one line without history",
                fix,
            ),
        )

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """Σ_new x ≥ min, or Σ_new x − min_share·Σ_all x ≥ 0."""
        rows: list[Row] = []
        for part, lines in parts(self._new(selection, facts)):
            own = dict.fromkeys(lines, 1.0)
            if self.min_share is not None:
                own = {i: own.get(i, 0.0) - self.min_share for i in facts.lines}
            rows.append(Row(rule, part, "min", self.min or 0.0, own))
        return Declared(tuple(rows))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Spend of the new lines, or its part of all spend; a cent a line is rounding."""
        total = sum(outcome.spend[line] for line in facts.lines)
        measures: list[Measure] = []
        for part, lines in parts(self._new(selection, facts)):
            spent = sum(outcome.spend[line] for line in lines)
            if self.min is not None:
                slack = spent - self.min
                blur = CENT * len(lines)
                measures.append(
                    Measure(rule, part, "min", self.min, spent, slack, "currency", blur)
                )
                continue
            limit = self.min_share or 0.0
            if total <= 0:
                measures.append(Measure(rule, part, "min", limit, None, None, "share", 0.0))
                continue
            blur = CENT * (len(lines) + len(facts.lines)) / total
            share = spent / total
            measures.append(Measure(rule, part, "min", limit, share, share - limit, "share", blur))
        return tuple(measures)

    def _new(self, selection: Selection, facts: Facts) -> Selection:
        """Those of the lines that have no history."""
        new = tuple(line for line in selection.lines if line in facts.new)
        return Selection(new, selection.together, selection.text)
