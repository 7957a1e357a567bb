"""Plans besides the reference that a rule may speak of, by name."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, ValidationInfo, model_validator

from allocator.quantities import Money, PositiveMoney
from allocator.scenario.schema.constraint import Written
from allocator.scenario.schema.plan_choice import PlanFound, PlanPath, refuse_found
from allocator.weeks import WeekOrDay

Weeks = Annotated[int, Field(strict=True, ge=1, le=104)]


class Actuals(Written):
    """Weeks of the past that the model has seen."""

    start: WeekOrDay
    """First week, or the first day of it."""
    weeks: Weeks
    """Number of weeks."""


class NamedReference(Written):
    """A plan for `spend: {from: NAME, between: […]}`: weeks of the past, another plan, or an
    amount a line."""

    actuals: Actuals | None = None
    """What was spent in these weeks, as many as the period has."""
    plan: PlanPath | None = None
    """A plan.json over as many weeks, from this file, or the ID of a signed plan: what it
    spends."""
    amounts: Annotated[dict[str, Money], Field(min_length=1)] | None = None
    """Line -> its total over the period, for every line of the curves: 0 where nothing is."""
    scale_to: PositiveMoney | None = None
    """Scale the whole to this total, its proportions kept."""
    found: PlanFound = None
    """What the plan spends, in a resolved scenario only."""

    @model_validator(mode="after")
    def _one_form(self, info: ValidationInfo) -> Self:
        refuse_found(self.found, info)
        if sum(form is not None for form in (self.actuals, self.plan, self.amounts)) != 1:
            raise ValueError(
                "`actuals: {start: …, weeks: …}`, `plan: FILE` or `amounts: {tv: 500k, …}`"
            )
        return self
