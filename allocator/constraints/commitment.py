"""Money that is promised for certain weeks."""

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
from allocator.constraints._words import amount, in_week, range_words
from allocator.quantities import Money
from allocator.weeks import Weeks, weights
from mmm.errors import nearest


class CommitmentRule(Rule):
    """Money booked, or a ceiling agreed, for some weeks of the plan.

    min ≤ x_t ≤ max in each of the weeks t, or min ≤ Σ_t x_t ≤ max over all of them together.
    """

    key: ClassVar[str] = "commitment"

    weeks: Weeks
    """The weeks: `2027-W14`, `[2027-W14, 2027-W15]` or `{from: 2027-W14, to: 2027-W17}`."""
    min: Money | None = None
    """At least this much."""
    max: Money | None = None
    """At most this much."""
    exactly: Money | None = None
    """Exactly this much: booked, no more and no less."""
    per: Literal["week", "stretch"] = "week"
    """`week`: in each of the weeks. `stretch`: in all of them together."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        low, high = self.min, self.max
        if (self.exactly is None) == (low is None and high is None):
            raise ValueError("min, max or both, or else `exactly: 20k`")
        if low is not None and high is not None and low > high:
            raise ValueError(f"min at most max; min is {low:,.0f}, max is {high:,.0f}")
        return self

    @property
    def sides(self) -> tuple[tuple[str, float], ...]:
        """The limits that are there."""
        low, high = (end if self.exactly is None else self.exactly for end in (self.min, self.max))
        return tuple((side, end) for side, end in (("min", low), ("max", high)) if end is not None)

    def words(self, currency: str) -> str:
        """``at least 20,000 EUR in each of 2027-W14, 2027-W15``."""
        low, high = (None if end is None else amount(end, currency) for end in (self.min, self.max))
        said = range_words(low, high)
        if self.exactly is not None:
            said = f"exactly {amount(self.exactly, currency)}"
        first, last = self.weeks[0], self.weeks[-1]
        if len(self.weeks) == 1:
            return f"{said} in {first}"
        named = ", ".join(self.weeks) if len(self.weeks) <= 3 else f"{first} to {last}"
        count = f" ({len(self.weeks)} weeks)" if len(self.weeks) > 3 else ""
        return f"{said} in {'each of ' if self.per == 'week' else ''}{named}{count}"

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """Weeks that are not planned."""
        return tuple(
            Complaint(
                f"the week {week}",
                f"a week of the period, {facts.weeks[0]} to {facts.weeks[-1]}",
                nearest(week, facts.weeks) if len(facts.weeks) < 8 else "",
                ("weeks",),
            )
            for week in self.weeks
            if week not in facts.weeks
        )

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """Σ_t x_t ≥ min and −Σ_t x_t ≥ −max, over one week or over all of them."""
        rows: list[Row] = []
        count = len(facts.weeks)
        for part, lines in parts(selection):
            for name, stretch in self._stretches(part):
                places = [facts.weeks.index(week) for week in stretch]
                for side, limit in self.sides:
                    sign = 1.0 if side == "min" else -1.0
                    spend = {line: weights(count, dict.fromkeys(places, sign)) for line in lines}
                    rows.append(Row(rule, name, side, sign * limit, spend))
        return Declared(tuple(rows))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Spend of those weeks against each limit, currency; a cent a line and week is rounding."""
        measures: list[Measure] = []
        at = {week: place for place, week in enumerate(facts.weeks)}
        for part, lines in parts(selection):
            for name, stretch in self._stretches(part):
                spent = sum(float(outcome.weekly[i][at[week]]) for i in lines for week in stretch)
                blur = CENT * len(lines) * len(stretch)
                for side, limit in self.sides:
                    slack = spent - limit if side == "min" else limit - spent
                    measures.append(
                        Measure(rule, name, side, limit, spent, slack, "currency", blur)
                    )
        return tuple(measures)

    def _stretches(self, part: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        if self.per == "week":
            return tuple((in_week(part, week), (week,)) for week in self.weeks)
        return ((part, self.weeks),)
