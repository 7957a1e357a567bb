"""Budgets of periods within the window: weeks, months, or 4-4-5 blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

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
from allocator.constraints._words import amount, by_name, in_week, range_words
from allocator.periods import block_of
from allocator.quantities import Money
from allocator.weeks import weights
from mmm.errors import nearest

if TYPE_CHECKING:  # `allocator show` reads scenarios without NumPy
    import numpy as np


class PeriodBudget(BaseModel):
    """Money of one period."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    min: Money | None = None
    """At least this much."""
    max: Money | None = None
    """At most this much."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("an amount such as 600k, or min, max or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min at most max; min is {self.min:,.0f}, max is {self.max:,.0f}")
        return self


def _both(value: Any) -> Any:
    return value if isinstance(value, (dict, PeriodBudget)) else {"min": value, "max": value}


class PhasingRule(Rule):
    """How much money each week, month or 4-4-5 block of the window gets.

    min ≤ Σ_t s_t·x_t ≤ max, where s_t is the share of week t's days that lie in the period: a week
    that straddles two months belongs to both, by days. 4-4-5 blocks begin with the window: P1 is
    its first 4 weeks, P2 the next 4, P3 the next 5, and so on; what the window cuts off is left
    out, as are the days of a month outside of it.
    """

    key: ClassVar[str] = "phasing"

    per: Literal["week", "month", "4-4-5"]
    """The periods."""
    min: Money | None = None
    """At least this much in each of them."""
    max: Money | None = None
    """At most this much in each of them."""
    budgets: Annotated[
        dict[str, Annotated[PeriodBudget, BeforeValidator(_both)]], Field(min_length=1)
    ] | None = None  # fmt: skip
    """Periods with limits of their own, instead of `min` and `max`: `{2027-04: 600k, 2027-05:
    {max: 500k}}`; an amount alone means exactly so much. Months are called `2027-04`, blocks `P1`,
    weeks `2027-W14`."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.min is None and self.max is None and self.budgets is None:
            raise ValueError("min, max or budgets, such as `{per: month, max: 700k}`")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min at most max; min is {self.min:,.0f}, max is {self.max:,.0f}")
        return self

    def words(self, currency: str) -> str:
        """``at most 700,000 EUR a month, exactly 600,000 EUR in 2027-04``."""
        a = {"week": "a week", "month": "a month", "4-4-5": "a 4-4-5 block"}[self.per]
        said = [f"{_range(self.min, self.max, currency)} {a}"] if self._general else []
        said += [
            f"{_range(own.min, own.max, currency)} in {name}"
            for name, own in by_name(self.budgets or {})
        ]
        return ", ".join(said)

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """Periods that the window does not touch."""
        known = self._periods(facts)
        return tuple(
            Complaint(f"the period {name!r}", "one within the window", nearest(name, known),
                      ("budgets", name))
            for name in self.budgets or {}
            if name not in known
        )  # fmt: skip

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """Σ s_t·x_t ≥ min and −Σ s_t·x_t ≥ −max, for every period with a limit."""
        rows: list[Row] = []
        for part, lines in parts(selection):
            for name, shares in self._periods(facts).items():
                for side, limit in self._sides(name):
                    sign = 1.0 if side == "min" else -1.0
                    spend = dict.fromkeys(lines, sign * shares)
                    rows.append(Row(rule, in_week(part, name), side, sign * limit, spend))
        return Declared(tuple(rows))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Spend of each period against its limits, currency; a cent a line and week is rounding."""
        measures: list[Measure] = []
        for part, lines in parts(selection):
            for name, shares in self._periods(facts).items():
                spent = sum(
                    float(money) * float(share)
                    for line in lines
                    for money, share in zip(outcome.weekly[line], shares, strict=True)
                )
                blur = CENT * len(lines) * int((shares > 0).sum())
                for side, limit in self._sides(name):
                    slack = spent - limit if side == "min" else limit - spent
                    measures.append(
                        Measure(
                            rule, in_week(part, name), side, limit, spent, slack, "currency", blur
                        )
                    )
        return tuple(measures)

    @property
    def _general(self) -> bool:
        return self.min is not None or self.max is not None

    def _sides(self, name: str) -> tuple[tuple[str, float], ...]:
        own = (self.budgets or {}).get(name)
        low, high = (self.min, self.max) if own is None else (own.min, own.max)
        return tuple((side, end) for side, end in (("min", low), ("max", high)) if end is not None)

    def _periods(self, facts: Facts) -> Mapping[str, np.ndarray]:
        """Period -> (week,) share of each week's days in it."""
        if self.per == "month":
            return facts.months
        count = len(facts.weeks)
        if self.per == "week":
            return {week: weights(count, {place: 1.0}) for place, week in enumerate(facts.weeks)}
        blocks: dict[str, dict[int, float]] = {}
        for place in range(count):
            blocks.setdefault(f"P{block_of(place)[2]}", {})[place] = 1.0
        return {name: weights(count, places) for name, places in blocks.items()}


def _range(low: float | None, high: float | None, currency: str) -> str:
    if low is not None and low == high:
        return f"exactly {amount(low, currency)}"
    said = (None if end is None else amount(end, currency) for end in (low, high))
    return range_words(*said)
