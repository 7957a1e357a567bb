"""The scenario file, version 1. The field docstrings are its reference."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from allocator.quantities import RESOLVED, PositiveMoney, Seconds, Share
from allocator.scenario.schema.assumption import Assumption
from allocator.scenario.schema.audience import AudienceChoice
from allocator.scenario.schema.budget import Budget
from allocator.scenario.schema.constraint import Constraint, Slug, Written
from allocator.scenario.schema.context import ContextChoice
from allocator.scenario.schema.economics import Economics
from allocator.scenario.schema.extrapolation import Extrapolation
from allocator.scenario.schema.flighting import Flighting, FlightingChoice
from allocator.scenario.schema.goal import fill_goal, not_required
from allocator.scenario.schema.named_reference import Actuals, NamedReference, Weeks
from allocator.scenario.schema.objective import ObjectiveChoice
from allocator.scenario.schema.plan_choice import (
    PlanFound,
    PlanPath,
    UntilStart,
    UntilStartChoice,
    refuse_found,
)
from allocator.scenario.schema.scenario_id import ScenarioId
from allocator.scenario.schema.table_row import TableRow
from allocator.weeks import WeekOrDay, iso_monday

_CURVES = re.compile(r"(?P<path>[^@]+)(@sha256:(?P<digest>[0-9a-f]{64}))?\Z")


def _currency(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    if re.fullmatch(r"[A-Z]{3}", text):
        return text
    write = f"; write {text.upper()}" if re.fullmatch(r"[A-Za-z]{3}", text) else ""
    raise ValueError(f"a currency code of three capital letters, such as EUR{write}")


def _curves(value: str) -> str:
    if _CURVES.match(value) is None:
        raise ValueError("a path, optionally followed by @sha256: and 64 hexadecimal digits")
    return value


AlternativeCurves = Annotated[str, Field(min_length=1)]


class Period(Written):
    """Whole weeks of the model's calendar: a start with a number of weeks, or with an end."""

    start: WeekOrDay
    """First week (`2027-W14`) or the first day of it (`2027-04-05`). A week of the calendar is
    the model's week that begins in it, on whatever day the model's weeks begin."""
    weeks: Weeks | None = None
    """Number of weeks."""
    end: WeekOrDay | None = None
    """Last week (`2027-W26`) or the last day of it (`2027-07-04`)."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.weeks is None) == (self.end is None):
            raise ValueError("`weeks: 13` or `end: …` beside the start, one of the two")
        if self.end is not None:
            same_form = (iso_monday(self.start) is None) == (iso_monday(self.end) is None)
            if same_form and self.end < self.start:
                raise ValueError(f"an end after the start; {self.end} is before {self.start}")
        return self


class Reference(Written):
    """The plan that everything is compared with; one of actuals, table, plan and flat."""

    actuals: Actuals | None = None
    """What was spent in these weeks: last year's quarter, say."""
    table: Annotated[str, Field(min_length=1)] | None = None
    """A CSV file with columns `line,spend` (totals over the period) or `line,week,spend`."""
    plan: PlanPath | None = None
    """A plan.json over as many weeks, from this file, or the ID of a signed plan in the store:
    what it spends, week by week in order."""
    flat: Literal[True] | None = None
    """The same amount for every line; in total `scale_to`, or else the budget."""
    scale_to: PositiveMoney | None = None
    """Scale the whole to this total, its proportions kept."""
    rows: SkipJsonSchema[tuple[TableRow, ...] | None] = None
    """The table's rows, in a resolved scenario only."""
    found: PlanFound = None
    """What the plan spends, in a resolved scenario only."""

    @model_validator(mode="after")
    def _one_form(self, info: ValidationInfo) -> Self:
        refuse_found(self.found, info)
        stated = [self.actuals, self.table, self.plan, self.flat]
        if self.rows is not None and info.context != RESOLVED:
            raise ValueError("`table: FILE.csv`, with the rows in that file")
        if sum(form is not None for form in stated) != 1:
            raise ValueError(
                "one of `actuals: {start: …, weeks: …}`, `table: FILE.csv`, `plan: FILE` and "
                "`flat: true`"
            )
        return self


class Run(Written):
    """How hard to look."""

    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] = 0
    """Seed of everything random; recorded in the plan."""
    gap: Annotated[Share, AfterValidator(lambda gap: _positive_gap(gap))] = 0.001
    """A plan counts as proven when it is within this much of the bound."""
    time_limit: Seconds = 60.0
    """When to stop looking; the plan then says how far it is from the bound."""
    solver: Literal["highs", "scip"] = "highs"
    """What answers the linear and integer programmes of a steady plan; `scip` is an extra to
    install. The proof is HiGHS's in either case."""


def _positive_gap(gap: float) -> float:
    if gap <= 0:
        raise ValueError("a gap above 0%, such as 0.1%")
    return gap


class Scenario(Written):
    """One question to the allocator: how should this money be split over these weeks?"""

    model_config = ConfigDict(json_schema_extra=not_required("objective"))

    schema_version: Literal[1]
    """Version of this format."""
    id: ScenarioId
    """Name of the scenario in plans and comparisons."""
    title: Annotated[str, Field(min_length=1)]
    """What a person calls it."""
    curves: Annotated[str, Field(min_length=1), AfterValidator(_curves)]
    """Path of the response curves, from this file; `@sha256:…` behind it pins their digest."""
    alternatives: Annotated[tuple[AlternativeCurves, ...], Field(min_length=1)] | None = None
    """Paths of other response curves for the same lines and KPIs, from another model or another
    agency: the plan is the one whose worst case over all of them is best."""
    period: Period
    """The weeks that are planned."""
    currency: Annotated[str, BeforeValidator(_currency)]
    """ISO 4217 code of every amount in this file; the curves must have the same."""
    reference: Reference
    """The plan that everything is compared with."""
    references: dict[Slug, NamedReference] | None = None
    """Other plans by name, for rules on changes from them: `spend: {from: NAME, between: …}`."""
    until_start: UntilStartChoice = UntilStart(as_="same_weeks_last_year")
    """What is spent between the end of the data and the start: what the same weeks of last year
    had (`same_weeks_last_year`), the reference's weekly spend (`reference`), nothing (`zero`), or
    what a plan spends there (`{plan: FILE}`, the plan.json that was approved, from this file;
    or `{plan: ID}`, the scenario's id or the digest of a signed plan in the store)."""
    carry_out: Literal["reference", "zero"] = "reference"
    """What is spent after the period, with the plan and without it: the reference goes on, or
    nothing."""
    budget: Budget
    """How much money there is."""
    objective: ObjectiveChoice
    """What a good plan has most of. Left out where the budget is the goal itself: `least_for`,
    `most_with`."""
    flighting: FlightingChoice = Flighting()
    """How a line's total is spread over the weeks: `steady` or `weekly`, or one of them with a
    profile, dark weeks and weeks already spent."""
    economics: Economics | None = None
    """What an outcome is worth, for profit and value."""
    assumptions: tuple[Assumption, ...] | None = None
    """What is expected to be otherwise in the planned weeks than the model saw it: prices, effects,
    margins, each with its source."""
    extrapolation: Extrapolation | None = None
    """Lines that may go further beyond their history than 2 times their largest week."""
    context: dict[Slug, ContextChoice] | None = None
    """Name -> a CSV file with the column `week` and one for every control: what prices, promotions
    and the like will be, for figures of totals. Where nothing is given, a control is what it was in
    the same weeks of the last year of data."""
    audiences: dict[Slug, AudienceChoice] | None = None
    """Audience -> its people and the lines that share them, for rules about frequency."""
    policy: Annotated[str, Field(min_length=1)] | None = None
    """A file of rules that several scenarios share; left out, the nearest `policy.yaml` beside
    this file or in a folder above it, where there is one."""
    constraints: tuple[Constraint, ...] = ()
    """The rules the plan must satisfy."""
    run: Run = Field(default_factory=Run)
    """How hard to look."""

    @model_validator(mode="before")
    @classmethod
    def _goal_of_the_budget(cls, data: Any) -> Any:
        return fill_goal(data)

    @property
    def curves_path(self) -> str:
        """Path of the curves as written, without the pin."""
        return self.curves.partition("@")[0]

    @property
    def risky(self) -> bool:
        """The draws, or several models, do not count alike: not only means matter."""
        caution, target = self.objective.caution, self.objective.probability_of
        rows = any(entry.has_probability for entry in self.constraints)
        charged = caution is not None and caution.charged
        return charged or target is not None or bool(self.alternatives) or rows

    @property
    def margin(self) -> float | None:
        """The contribution margin that is assumed, or else stated; None where nobody says."""
        assumed = [one.margin for one in self.assumptions or () if one.margin is not None]
        stated = self.economics.margin if self.economics is not None else None
        return assumed[0] if assumed else stated

    @property
    def curves_digest(self) -> str | None:
        """The digest that is pinned, 64 hexadecimal digits."""
        return self.curves.partition("@sha256:")[2] or None
