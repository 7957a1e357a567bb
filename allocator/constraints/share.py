"""Limits on a part of the plan's spend, or of a group's."""

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
from allocator.constraints._words import percent, range_words
from allocator.quantities import Share
from allocator.selectors import Selectors, as_written


class ShareRule(Rule):
    """Part of the plan's actual spend that a line (or several together) must or may have.

    min·Σ_of x ≤ Σ x ≤ max·Σ_of x, of all lines or of those in `of`. Where they spend nothing it is
    satisfied. With `geo:DE` or `audience:…` it is a rule of fairness between regions or of brand:
    a least part that no optimisation takes away.
    """

    key: ClassVar[str] = "share"

    min: Share | None = None
    """At least this part of all that the plan spends, or of what is spent in `of`."""
    max: Share | None = None
    """At most this part of it."""
    of: Selectors = ("all",)
    """The group whose spend is the whole: `[search]` for a part of search. The rule's lines must
    be in it."""

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
        low, high = (None if end is None else percent(end) for end in (self.min, self.max))
        whole = "all spend" if self.of == ("all",) else as_written(self.of)
        return f"{range_words(low, high)} of {whole}"

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """A group that means no line, or that the rule's lines are not in."""
        wrong = selector_complaints("of", self.of, facts) if self.of != ("all",) else ()
        outside = sorted(set(selection.lines) - set(self._group(facts)))
        if wrong or not outside:
            return wrong
        return (
            Complaint(
                f"{', '.join(outside)}, which is not in {as_written(self.of)}",
                "lines of the group that they are a part of",
                "name them in `of` too, or use `ratio` between the two",
                ("of",),
            ),
        )

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """Σ_in (1 − min)·x − Σ_out min·x ≥ 0 and Σ_out max·x − Σ_in (1 − max)·x ≥ 0.

        in: the rule's lines; out: the others of the group.
        """
        rows: list[Row] = []
        group = self._group(facts)
        for part, lines in parts(selection):
            inside = set(lines)
            if self.min is not None:
                spend = {i: (1 - self.min if i in inside else -self.min) for i in group}
                rows.append(Row(rule, part, "min", 0.0, spend))
            if self.max is not None:
                spend = {i: (self.max - 1 if i in inside else self.max) for i in group}
                rows.append(Row(rule, part, "max", 0.0, spend))
        return Declared(tuple(rows))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Spend of the lines over that of the group; a cent a line, in and out, is rounding."""
        measures: list[Measure] = []
        group = self._group(facts)
        total = sum(outcome.spend[line] for line in group)
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
                blur = CENT * (len(lines) + len(group)) / total
                measures.append(Measure(rule, part, side, limit, share, slack, "share", blur))
        return tuple(measures)

    def _group(self, facts: Facts) -> tuple[str, ...]:
        """The lines whose spend is the whole."""
        return facts.lines if self.of == ("all",) else lines_of(self.of, facts)
