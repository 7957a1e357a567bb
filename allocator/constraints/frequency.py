"""How often those who are reached are reached."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from allocator.constraints._base import (
    CENT,
    AudienceFacts,
    Declared,
    Facts,
    Measure,
    Outcome,
    Row,
    Rule,
    Selection,
)
from allocator.constraints._words import in_week, range_words
from allocator.quantities import Ratio
from allocator.weeks import weights


class FrequencyRule(Rule):
    """Limits on the average frequency of an audience, over all lines that share it.

    Frequency is impressions / reach, and reach a function of the impressions that the lines pool,
    so a cap is a cap on them: Σ_i x_i / c_i ≤ I(max), with c_i the money for one impression and
    I(f) the impressions at which the average frequency is f. A floor holds where money is spent:
    Σ_i x_i / c_i ≥ I(min)·[x_j > 0] for each line j of the audience. The curve of pooled
    impressions is the model: who sees which line is not told apart.
    """

    key: ClassVar[str] = "frequency"
    forms: ClassVar[tuple[str, ...]] = ("audience",)

    max: Ratio | None = None
    """At most so many times on the average."""
    min: Ratio | None = None
    """At least so many times, or no money at all for any of its lines."""
    per: Literal["week", "window"]
    """`week`: those reached in a week, in every planned week. `window`: those reached at any time
    of the plan. The reach of weeks does not add up to that of the window: the same people are
    reached again."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("min, max or both, such as `{max: 6, per: week}`")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min at most max; min is {self.min:g}, max is {self.max:g}")
        if min(end for end in (self.min, self.max) if end is not None) < 1:
            raise ValueError("1 or more: whoever is reached is reached once at least")
        return self

    def words(self, currency: str) -> str:
        """``at most 6 exposures a week of a person reached, on the average``."""
        low, high = (None if end is None else f"{end:g}" for end in (self.min, self.max))
        when = {"week": "a week", "window": "in the window"}[self.per]
        off = "nothing, or " if self.min is not None else ""
        return f"{off}{range_words(low, high)} exposures {when} of a person reached, on the average"

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """−Σ x/c ≥ −I(max), and Σ x/c − I(min)·[x_j > 0] ≥ 0 for each line j, in every stretch."""
        audience = _audience(selection, facts)
        rows: list[Row] = []
        for part, places in self._stretches(selection, facts):
            pooled = {
                line: weights(len(facts.weeks), dict.fromkeys(places, 1 / cost))
                for line, cost in audience.per_impression.items()
            }
            if self.max is not None:
                most = audience.impressions_at(self.max, len(places))
                minus = {line: -weight for line, weight in pooled.items()}
                rows.append(Row(rule, part, "max", -most, minus))
            if self.min is not None:
                least = audience.impressions_at(self.min, len(places))
                rows += [
                    Row(rule, f"{line}: {part}", "min", 0.0, pooled, active={line: -least})
                    for line in audience.lines
                ]
        return Declared(tuple(rows))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """The average frequency at the plan's impressions; None where there are none.

        Tolerance: a cent a line and week, in impressions, moves frequency by so much at most.
        """
        audience = _audience(selection, facts)
        measures: list[Measure] = []
        on = [line for line in audience.lines if outcome.spend[line] > 0]
        for part, places in self._stretches(selection, facts):
            seen, blur = _impressions(audience, outcome, places)
            value = audience.frequency_at(seen, len(places)) if seen > 0 else None
            off = 0.0
            if value is not None:
                off = audience.frequency_at(seen + blur, len(places)) - value + 1e-9 * value
            if self.max is not None:
                slack = None if value is None else self.max - value
                measures.append(Measure(rule, part, "max", self.max, value, slack, UNIT, off))
            if self.min is not None:
                have = 0.0 if value is None else value - self.min  # nothing seen though money flows
                slack = have if value is not None else -self.min
                measures += [
                    Measure(rule, f"{line}: {part}", "min", self.min, value,
                            slack if line in on else None, UNIT, off)
                    for line in audience.lines
                ]  # fmt: skip
        return tuple(measures)

    def _stretches(
        self, selection: Selection, facts: Facts
    ) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """(name, weeks) that frequency is taken over."""
        if self.per == "window":
            return ((selection.text, tuple(range(len(facts.weeks)))),)
        return tuple(
            (in_week(selection.text, week), (place,)) for place, week in enumerate(facts.weeks)
        )


UNIT = "exposures"


def _audience(selection: Selection, facts: Facts) -> AudienceFacts:
    assert selection.audience is not None  # the rule has no other form
    return facts.audiences[selection.audience]


def _impressions(
    audience: AudienceFacts, outcome: Outcome, places: tuple[int, ...]
) -> tuple[float, float]:
    """Pooled impressions in these weeks, and what a cent a line and week adds to them."""
    cost = audience.per_impression
    seen = sum(float(outcome.weekly[i][t]) / cost[i] for i in audience.lines for t in places)
    return seen, sum(CENT * len(places) / cost[line] for line in audience.lines)
