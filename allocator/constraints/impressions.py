"""Limits on what money buys where its price is known: impressions."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

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
from allocator.constraints._words import in_week, range_words
from allocator.quantities import Count
from allocator.weeks import weights


class ImpressionsRule(Rule):
    """Impressions that lines buy, over the window or in every week: min ≤ Σ x / c ≤ max.

    c is the money for one impression: `cost_per_thousand` of an audience over 1,000, or what the
    curves of a line that runs on reach know. The price is taken to be the same at every spend.
    """

    key: ClassVar[str] = "impressions"
    forms: ClassVar[tuple[str, ...]] = ("each", "together", "audience")

    min: Count | None = None
    """At least so many: `40M`."""
    max: Count | None = None
    """At most so many: what a publisher has."""
    per: Literal["week", "window"] = "window"
    """`window`: in all planned weeks together; `week`: in each of them."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("min, max or both, such as `{max: 90M}`")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min at most max; min is {self.min:,.0f}, max is {self.max:,.0f}")
        return self

    def words(self, currency: str) -> str:
        """``at most 90,000,000 impressions a week``."""
        low, high = (None if end is None else f"{end:,.0f}" for end in (self.min, self.max))
        return f"{range_words(low, high)} impressions{' a week' if self.per == 'week' else ''}"

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """Lines whose impressions have no known price."""
        cost = _costs(selection, facts)
        unknown = [line for line in selection.lines if line not in cost]
        if not unknown:
            return ()
        found = f"impressions of {', '.join(unknown)}, of which no price is known"
        fix = f"write `cost_per_thousand: {{{unknown[0]}: 14}}` in an audience that they reach"
        return (Complaint(found, "a cost per thousand, the same wherever it is stated", fix),)

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """Σ x/c ≥ min and −Σ x/c ≥ −max, in every stretch."""
        cost = _costs(selection, facts)
        rows: list[Row] = []
        count = len(facts.weeks)
        for part, lines in parts(selection):
            for name, places in self._stretches(part, facts):
                for side, limit in self._sides:
                    sign = 1.0 if side == "min" else -1.0
                    spend = {
                        line: weights(count, dict.fromkeys(places, sign / cost[line]))
                        for line in lines
                    }
                    rows.append(Row(rule, name, side, sign * limit, spend))
        return Declared(tuple(rows))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Impressions against each limit; a cent a line and week is rounding."""
        cost = _costs(selection, facts)
        measures: list[Measure] = []
        for part, lines in parts(selection):
            for name, places in self._stretches(part, facts):
                bought = sum(float(outcome.weekly[i][t]) / cost[i] for i in lines for t in places)
                blur = sum(CENT * len(places) / cost[line] for line in lines)
                for side, limit in self._sides:
                    slack = bought - limit if side == "min" else limit - bought
                    measures.append(
                        Measure(rule, name, side, limit, bought, slack, "impressions", blur)
                    )
        return tuple(measures)

    @property
    def _sides(self) -> tuple[tuple[str, float], ...]:
        both = (("min", self.min), ("max", self.max))
        return tuple((side, limit) for side, limit in both if limit is not None)

    def _stretches(self, part: str, facts: Facts) -> tuple[tuple[str, tuple[int, ...]], ...]:
        if self.per == "window":
            return ((part, tuple(range(len(facts.weeks)))),)
        return tuple((in_week(part, week), (place,)) for place, week in enumerate(facts.weeks))


def _costs(selection: Selection, facts: Facts) -> dict[str, float]:
    """Line -> money for one impression; an audience may have prices of its own."""
    own = facts.audiences.get(selection.audience or "")
    return {**facts.per_impression, **(own.per_impression if own is not None else {})}
