"""Limits on a part of the plan's spend."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import model_validator

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
    percent,
)
from allocator.quantities import Share


class ShareRule(Rule):
    """Part of the plan's actual total spend that a line (or several together) must or may have.

    min·Σ_all x ≤ Σ x ≤ max·Σ_all x. A plan that spends nothing satisfies it.
    """

    key: ClassVar[str] = "share"

    min: Share | None = None
    """At least this part of all that the plan spends."""
    max: Share | None = None
    """At most this part of all that the plan spends."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("min, max or both, such as `{max: 70%}`")
        if self.min is not None and self.max is not None and self.min > self.max:
            low, high = percent(self.min), percent(self.max)
            raise ValueError(f"min at most max; min is {low}, max is {high}")
        return self

    def words(self, currency: str) -> str:
        """``at most 70% of all spend``."""
        low = [] if self.min is None else [f"at least {percent(self.min)}"]
        high = [] if self.max is None else [f"at most {percent(self.max)}"]
        return " and ".join(low + high) + " of all spend"

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """Σ_in (1 − min)·x − Σ_out min·x ≥ 0 and Σ_out max·x − Σ_in (1 − max)·x ≥ 0."""
        rows: list[Row] = []
        for part, lines in parts(selection):
            inside = set(lines)
            if self.min is not None:
                spend = {i: (1 - self.min if i in inside else -self.min) for i in facts.lines}
                rows.append(Row(rule, part, "min", 0.0, spend))
            if self.max is not None:
                spend = {i: (self.max - 1 if i in inside else self.max) for i in facts.lines}
                rows.append(Row(rule, part, "max", 0.0, spend))
        return Declared(tuple(rows))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Spend of the lines over all spend; a cent a line, in and out, is rounding."""
        measures: list[Measure] = []
        total = sum(outcome.spend[line] for line in facts.lines)
        for part, lines in parts(selection):
            spent = sum(outcome.spend[line] for line in lines)
            for side, limit in (("min", self.min), ("max", self.max)):
                if limit is None:
                    continue
                if total <= 0:
                    measures.append(Measure(rule, part, side, limit, None, None, "share", 0.0))
                    continue
                share = spent / total
                slack = share - limit if side == "min" else limit - share
                blur = CENT * (len(lines) + len(facts.lines)) / total
                measures.append(Measure(rule, part, side, limit, share, slack, "share", blur))
        return tuple(measures)
