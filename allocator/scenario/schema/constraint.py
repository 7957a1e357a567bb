"""One rule of a scenario: which lines, which limit, why and whose."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import (
    Field,
    ValidationInfo,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from allocator.constraints import (
    RULES,
    ActiveRule,
    AfterRule,
    AtMostRule,
    CacRule,
    CommitmentRule,
    FrequencyRule,
    ImpressionsRule,
    KpiRule,
    LimitTable,
    LinearRule,
    MarginalCacRule,
    MarginalRoasRule,
    PhasingRule,
    RatioRule,
    ReserveRule,
    RoasRule,
    RoundToRule,
    Rule,
    ShareRule,
    SpendRule,
    StepsRule,
    TableRule,
)
from allocator.quantities import RESOLVED
from allocator.selectors import ALL, Selectors, as_written
from allocator.written import Slug as Slug
from allocator.written import Written as Written
from allocator.written import slug as slug

FORMS = ("each", "together", "audience")
"""The ways of saying what a rule is about."""


class Soft(Written):
    """A rule that may be broken, at a price."""

    price: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """What one unit that the rule is short of costs, in units of the objective: of money for
    limits on spend, shares and CAC, of revenue for ROAS, of the KPI for limits on a KPI."""


def _says(value: Any, key: str) -> bool:
    """Whether a mapping, or one within it, has something under the key."""
    if not isinstance(value, dict):
        return False
    return value.get(key) is not None or any(_says(inner, key) for inner in value.values())


class Constraint(Written):
    """A rule the plan must satisfy: `each`, `together` or `audience`, and exactly one limit."""

    id: Slug
    """Name of the rule in plans, reports and messages."""
    each: Selectors | None = None
    """The rule holds for every one of these lines by itself: `[tv, search/brand, geo:DE]`, or
    `all`. A channel stands for all of its campaigns and regions."""
    together: Selectors | None = None
    """The rule holds for the sum of these lines."""
    audience: Slug | None = None
    """The rule is about an audience of `audiences`, and the lines that share it."""
    spend: SpendRule | None = None
    """Limits on money."""
    share: ShareRule | None = None
    """Limits on the part of the plan's spend, or of a group's."""
    ratio: RatioRule | None = None
    """Limits on the spend of some lines for each unit of others'."""
    reserve: ReserveRule | None = None
    """A test reserve for lines without history."""
    roas: RoasRule | None = None
    """A floor on the return."""
    marginal_roas: MarginalRoasRule | None = None
    """A floor on the return of the next unit of money."""
    cac: CacRule | None = None
    """A cap on the cost per new customer."""
    marginal_cac: MarginalCacRule | None = None
    """A cap on the cost of the next customer."""
    kpi: KpiRule | None = None
    """A floor under a KPI or a cap on it: stock, sales capacity."""
    linear: LinearRule | None = None
    """Limits on any weighted sum of spend and outcome."""
    active: ActiveRule | None = None
    """A smallest buy."""
    round_to: RoundToRule | None = None
    """Amounts in whole hundreds or thousands."""
    at_most: AtMostRule | None = None
    """How many lines may get money at all."""
    after: AfterRule | None = None
    """An order of priority: only after others have enough."""
    commitment: CommitmentRule | None = None
    """Money promised for certain weeks."""
    phasing: PhasingRule | None = None
    """Budgets of weeks, months or 4-4-5 blocks."""
    steps: StepsRule | None = None
    """Changes from week to week."""
    frequency: FrequencyRule | None = None
    """How often those who are reached are reached."""
    impressions: ImpressionsRule | None = None
    """Limits on impressions bought."""
    table: LimitTable = None
    """A CSV file with columns `line,week,min,max`: limits kept in a spreadsheet. It names its own
    lines, so neither `each` nor `together` stands beside it."""
    soft: Soft | None = None
    """The rule may be broken at this price; without it the rule is hard."""
    reason: Annotated[str, Field(min_length=1)] | None = None
    """Why the rule is there, for whoever reads the plan: a contract, a decision, a fear."""
    owner: Annotated[str, Field(min_length=1)] | None = None
    """Who can change it."""
    source: SkipJsonSchema[str | None] = None
    """The policy file it is from, in a resolved scenario only."""

    @property
    def stated(self) -> tuple[Rule, ...]:
        """The rules written in this entry; exactly one once the entry is valid."""
        bodies = (getattr(self, kind.key) for kind in RULES)
        return tuple(body for body in bodies if body is not None)

    @property
    def rule(self) -> Rule:
        """The rule."""
        return self.stated[0]

    @property
    def forms(self) -> tuple[str, ...]:
        """Which of ``each``, ``together`` and ``audience`` are written; one once it is valid."""
        return tuple(form for form in FORMS if getattr(self, form) is not None)

    @property
    def has_probability(self) -> bool:
        """Some limit of it holds in a share of the draws instead of for their mean."""
        return _says(self.rule.model_dump(), "probability")

    @property
    def form(self) -> str:
        """``each``, ``together`` or ``audience``."""
        return self.forms[0]

    @property
    def selectors(self) -> tuple[str, ...]:
        """The lines as written; none where the rule is about an audience."""
        return self.each or self.together or ()

    @property
    def about(self) -> str:
        """What the rule is about, as written: ``search + social``, ``each of tv, ooh``."""
        if self.audience is not None:
            return f"audience {self.audience}"
        return "each of " + ", ".join(self.each) if self.each else as_written(self.selectors)

    @model_validator(mode="before")
    @classmethod
    def _lines_of_a_table(cls, data: Any) -> Any:
        """A table says itself which of all lines it is about."""
        if not isinstance(data, dict) or data.get(TableRule.key) is None:
            return data
        return data if any(data.get(form) is not None for form in FORMS) else {**data, "each": ALL}

    @model_validator(mode="after")
    def _one_of_each_kind(self, info: ValidationInfo) -> Self:
        if self.source is not None and info.context != RESOLVED:
            raise ValueError("no `source`, which is what a shared rule is recorded with")
        if len(self.forms) != 1:
            two = " and ".join(f"`{form}`" for form in self.forms)
            raise ValueError(
                f"one of `each` (every line by itself), `together` (their sum) and `audience`, "
                f"not {two}"
                if self.forms
                else "`each: […]` (every line by itself), `together: […]` (their sum) or "
                "`audience: NAME`"
            )
        if len(self.stated) != 1:
            known = ", ".join(kind.key for kind in RULES)
            two = " and ".join(body.key for body in self.stated)
            raise ValueError(
                f"one limit a rule, not {two}; write two rules"
                if self.stated
                else f"one limit: {known}"
            )
        if self.table is not None and self.each not in (None, (ALL,)):
            raise ValueError("`table` alone: its column `line` says which lines")
        if self.form not in self.rule.forms:
            raise ValueError(self._other_form())
        return self

    def _other_form(self) -> str:
        """What to write instead of a form that the rule does not have."""
        forms, key = self.rule.forms, self.rule.key
        lines = f"[{', '.join(self.selectors or ('LINE',))}]"
        write = f"`{forms[0]}: {'NAME' if forms[0] == 'audience' else lines}`"
        if "audience" in (forms[0], self.form):
            whom = "an audience" if forms[0] == "audience" else "lines"
            return f"`{forms[0]}` with {key}, which is about {whom}; write {write}"
        what = {"each": "one line at a time", "together": "several lines at once"}[forms[0]]
        return f"`{forms[0]}` with {key}, which is about {what}; write {write}"
