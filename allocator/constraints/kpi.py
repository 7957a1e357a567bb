"""A floor under a KPI, or a cap on it: stock, sales capacity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from allocator.complaint import Complaint
from allocator.constraints._base import (
    CENT,
    Declared,
    Facts,
    Measure,
    Meter,
    Outcome,
    Row,
    Rule,
    Selection,
    added,
    in_draws,
    parts,
)
from allocator.constraints._words import amount, by_name, chance_words, range_words
from allocator.quantities import Money, Probability
from mmm.errors import nearest

if TYPE_CHECKING:  # `allocator show` reads scenarios without NumPy
    import numpy as np


class KpiLimit(BaseModel):
    """Limits on one KPI."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    min: Money | None = None
    """At least this much of the KPI: a count, or money."""
    max: Money | None = None
    """At most this much of the KPI."""
    per: Literal["window", "week"] = "window"
    """`window`: all that the plan's spend brings, after the last week too. `week`: what falls in
    each planned week; what falls after the last is in none of them."""
    probability: Probability | None = None
    """In this share of the draws, such as `80%`, instead of for their mean."""
    total: Literal[True] | None = None
    """Of all that is sold, not of what media bring alone: with the baseline forecast that the
    curves carry, and with the noise of single weeks where there is a probability."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("min, max or both, such as `{max: 1200}`")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min at most max; min is {self.min:,.0f}, max is {self.max:,.0f}")
        return self

    @property
    def sides(self) -> tuple[tuple[str, float], ...]:
        """The limits that are there."""
        both = (("min", self.min), ("max", self.max))
        return tuple((side, limit) for side, limit in both if limit is not None)


@dataclass(frozen=True)
class _Stretch:
    """One KPI of some lines, over the window or in one week of it."""

    part: str
    lines: tuple[str, ...]
    kpi: str
    limit: KpiLimit
    week: int | None
    meter: str


class KpiRule(Rule):
    """A least or a largest incremental outcome, over the window or in every planned week.

    min ≤ Σ R ≤ max, or min ≤ baseline + Σ R ≤ max with ``total: true``. A cap is what stock or the
    sales team can serve: the plan stays below it even where more would be worth more. With a
    probability the limit holds in that share of the draws for each limit by itself (and for each
    week by itself).
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, KpiLimit] = Field(init=False)
    key: ClassVar[str] = "kpi"

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self.limits:
            raise ValueError("a KPI with its limit, such as `{new_customers: {max: 1200}}`")
        return self

    @property
    def limits(self) -> Mapping[str, KpiLimit]:
        """KPI -> its limits, in the order of the names."""
        return dict(by_name(self.__pydantic_extra__))

    @property
    def kpi_names(self) -> tuple[str, ...]:
        """The KPIs that are limited."""
        return tuple(self.limits)

    def words(self, currency: str) -> str:
        """``at most 1,200 new_customers a week``."""
        said = []
        for kpi, limit in self.limits.items():
            low, high = (
                None if end is None else amount(end, kpi) for end in (limit.min, limit.max)
            )
            each = " a week" if limit.per == "week" else ""
            each += " with the baseline" if limit.total else ""
            said.append(range_words(low, high) + each + chance_words(limit.probability))
        return ", and ".join(said)

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """A KPI that the curves do not have; weeks, of curves that know none; totals, without a
        baseline forecast or of some lines only."""
        out: list[Complaint] = []
        for kpi, limit in self.limits.items():
            if kpi not in facts.units:
                near = nearest(kpi, facts.units)
                out.append(Complaint(f"the KPI {kpi!r}", "a KPI of the curves", near, (kpi,)))
            elif limit.per == "week" and not facts.timed:
                found = "a limit per week, on curves that do not tell when an outcome falls"
                fix = "write `per: window`, or fit the curves here"
                out.append(Complaint(found, "a limit for the whole window", fix, (kpi, "per")))
            if kpi in facts.units and limit.total:
                out += _total_problems(kpi, selection, facts)
        return tuple(out)

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """Σ R ≥ min and −Σ R ≥ −max, of every KPI and stretch."""
        rows: list[Row] = []
        meters: dict[str, Meter] = {}
        for one in self._stretches(selection, facts):
            if one.week is not None:
                meters[one.meter] = Meter(one.kpi, week=one.week)
            for side, limit in one.limit.sides:
                sign = 1.0 if side == "min" else -1.0
                cells = {(one.meter, line): sign for line in one.lines}
                probability, given = one.limit.probability, None
                if one.limit.total:
                    limit -= _expected(one, facts)
                    if probability is not None:
                        given = sign * (_observed(one, facts) - _expected(one, facts))
                rows.append(
                    Row(
                        rule,
                        one.part,
                        side,
                        sign * limit,
                        response=cells,
                        probability=probability,
                        given=given,
                    )
                )
        return Declared(tuple(rows), meters=meters)

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Σ R against each limit, in the KPI's unit.

        Tolerance: one part in a million, and four times what a cent brings on the average: the
        next cent may bring more.
        """
        measures: list[Measure] = []
        for one in self._stretches(selection, facts):
            own = [_mean(one, line, outcome) for line in one.lines]
            cents = [
                abs(value) / outcome.spend[line]
                for line, value in zip(one.lines, own, strict=True)
                if outcome.spend[line] > 0
            ]
            value = sum(own) + (_expected(one, facts) if one.limit.total else 0.0)
            for side, limit in one.limit.sides:
                blur = 1e-6 * limit + 4 * CENT * sum(cents)
                sign = 1.0 if side == "min" else -1.0
                slack = sign * (value - limit)
                unit = facts.units[one.kpi]
                measure = Measure(rule, one.part, side, limit, value, slack, unit, blur)
                if one.limit.probability is not None:
                    draws = added(_draws(one, line, outcome) for line in one.lines)
                    draws = draws + _observed(one, facts) if one.limit.total else draws
                    holds = sign * (draws - limit) >= -blur
                    measure = in_draws(measure, holds, one.limit.probability)
                measures.append(measure)
        return tuple(measures)

    def _stretches(self, selection: Selection, facts: Facts) -> Iterator[_Stretch]:
        """``new_customers in 2027-W14`` of the lines together, ``tv: …`` of a line by itself."""
        for kpi, limit in self.limits.items():
            for name, lines in parts(selection):
                part = kpi if selection.together else f"{name}: {kpi}"
                if limit.per == "window":
                    yield _Stretch(part, lines, kpi, limit, None, kpi)
                    continue
                for week, label in enumerate(facts.weeks):
                    when = f" in {label}"
                    yield _Stretch(part + when, lines, kpi, limit, week, kpi + when)


def _total_problems(kpi: str, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
    """Why nothing can be said of all that is sold."""
    if not selection.together or set(selection.lines) != set(facts.lines):
        found, expected = "a total with the baseline, of some lines", "all lines together"
        return (Complaint(found, expected, "write `together: all`", (kpi, "total")),)
    if facts.no_baseline is not None:
        return (replace(facts.no_baseline, at=(kpi, "total")),)
    return ()


def _expected(one: _Stretch, facts: Facts) -> float:
    """What is sold without media in the stretch, mean over the draws, KPI units."""
    weekly = facts.baseline[one.kpi].expected.mean(axis=0)
    return float(weekly.sum() if one.week is None else weekly[one.week])


def _observed(one: _Stretch, facts: Facts) -> np.ndarray:
    """(draw,) the same as it would be observed."""
    weekly = facts.baseline[one.kpi].observed
    total: np.ndarray = weekly.sum(axis=1) if one.week is None else weekly[:, one.week]
    return total


def _mean(one: _Stretch, line: str, outcome: Outcome) -> float:
    if one.week is None:
        return outcome.response[one.kpi, line]
    assert outcome.timed is not None  # every outcome of a plan has it
    return float(outcome.timed(one.kpi, line)[one.week])


def _draws(one: _Stretch, line: str, outcome: Outcome) -> np.ndarray:
    if one.week is None:
        return outcome.draws[one.kpi, line]
    assert outcome.timed_draws is not None
    return outcome.timed_draws(one.kpi, line)[:, one.week]
