"""Conditions of an approval: rules that can be checked, and are, at the release."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from allocator.plan import Plan
from allocator.quantities import PositiveMoney
from allocator.written import Written


class Most(Written):
    """A limit on what is released."""

    line: Annotated[str, Field(min_length=1)]
    """A line, a channel, or `all`."""
    amount: PositiveMoney
    """At most this much, currency of the plan."""


class Condition(Written):
    """One condition; exactly one of its kinds."""

    not_before: dt.date | None = None
    """Not released before this day."""
    document: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    """Not released before a document of this kind is attached, such as `purchase order`."""
    most: Most | None = None
    """Not released if a line, a channel or the whole spends more."""
    current: Literal[True] | None = None
    """Not released unless scenario and curves are still those of the plan."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("exactly one of not_before, document, most and current")
        return self

    @property
    def words(self) -> str:
        """The condition as a person says it."""
        if self.not_before is not None:
            return f"not before {self.not_before.isoformat()}"
        if self.document is not None:
            return f"with the document “{self.document}”"
        if self.most is not None:
            of = "in all" if self.most.line == "all" else f"on {self.most.line}"
            return f"at most {self.most.amount:,.2f} {of}"
        return "only while scenario and curves are as they were"


@dataclass(frozen=True)
class Circumstances:
    """What conditions look at, at the time of a release.

    documents: kinds that are attached, an author's own papers left out
    scenario, curves: digests that are in force today; None where nobody said
    """

    day: dt.date
    documents: frozenset[str]
    scenario: str | None = None
    curves: str | None = None


def unmet(condition: Condition, plan: Plan, now: Circumstances) -> str | None:
    """Why a condition does not hold; None where it does. What cannot be told does not hold."""
    if condition.not_before is not None and now.day < condition.not_before:
        return f"{condition.words}; today is {now.day.isoformat()}"
    if condition.document is not None and condition.document not in now.documents:
        return f"{condition.words}, which nobody but its author attached"
    if condition.most is not None:
        spent = _spend(plan, condition.most.line)
        if spent is None:
            return f"{condition.words}; the plan has no such line"
        if round(spent * 100) > round(condition.most.amount * 100):
            return f"{condition.words}; the plan spends {spent:,.2f}"
    if condition.current:
        if now.scenario is None or now.curves is None:
            return f"{condition.words}, and nobody said what is in force today"
        if (now.scenario, now.curves) != (plan.scenario.digest, plan.curves.digest):
            return f"{condition.words}; they have changed"
    return None


def _spend(plan: Plan, name: str) -> float | None:
    """Of the whole, a channel or a line, currency; None where there is no such thing."""
    if name == "all":
        return plan.totals.plan.spend
    for channel in plan.channels:
        if channel.channel == name:
            return channel.spend
    return next((line.total for line in plan.lines if line.line == name), None)
