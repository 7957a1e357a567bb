"""One rule of a scenario: which lines, which limit, why and whose."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from allocator.constraints import (
    ActiveRule,
    CacRule,
    RoasRule,
    Rule,
    ShareRule,
    SpendRule,
)


class Written(BaseModel):
    """Base of everything a planner writes: frozen, and an unknown key is an error."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, serialize_by_alias=True
    )


def slug(value: Any) -> str:
    """A plain id. Raises ValueError with one that would do."""
    if isinstance(value, str) and value and len(value) <= 64:
        plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in value)
        plain = plain.lower().strip("-_")
        if plain == value:
            return value
        if plain:
            raise ValueError(f"an id of small letters, digits and hyphens; write {plain}")
    quotes = f'; write "{value}" if it is meant' if type(value) is int else ""
    raise ValueError(f"an id of small letters, digits and hyphens, such as 2027-q1-base{quotes}")


def selectors(value: Any) -> tuple[str, ...]:
    """Selectors as a tuple from ``all`` or a list. Raises ValueError for anything else."""
    if value == "all":
        return ("all",)
    if isinstance(value, str):
        raise ValueError(f"a list of lines, or all; write [{value}]")
    if not isinstance(value, (list, tuple)):
        raise ValueError("a list of lines such as [tv, search/brand], or all")
    if not value:
        raise ValueError("at least one line, or all")
    for name in value:
        if not isinstance(name, str) or not name:
            raise ValueError(f"names of lines as text; {name!r} needs quotes if it is a name")
    return tuple(value)


Slug = Annotated[
    str,
    BeforeValidator(slug),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?$"}),
]
"""A plain id: small letters, digits, hyphens."""

Selectors = Annotated[
    tuple[str, ...],
    BeforeValidator(selectors),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "all"},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ],
            "examples": ["all", ["tv", "search/brand", "search@DE"], ["geo:DE"]],
        }
    ),
]
"""Lines by name (channel, channel/campaign, either with @geo), by label:value, or all."""


class Soft(Written):
    """A rule that may be broken, at a price."""

    price: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """What one unit that the rule is short of costs, in units of the objective: of money for
    limits on spend, shares and CAC, of revenue for ROAS, of the KPI for limits on a KPI."""


class Constraint(Written):
    """A rule the plan must satisfy: `each` or `together`, and exactly one limit."""

    id: Slug
    """Name of the rule in plans, reports and messages."""
    each: Selectors | None = None
    """The rule holds for every one of these lines by itself: `[tv, search/brand, geo:DE]`, or
    `all`. A channel stands for all of its campaigns and regions."""
    together: Selectors | None = None
    """The rule holds for the sum of these lines."""
    spend: SpendRule | None = None
    """Limits on money."""
    share: ShareRule | None = None
    """Limits on the part of the plan's spend."""
    roas: RoasRule | None = None
    """A floor on the return."""
    cac: CacRule | None = None
    """A cap on the cost per new customer."""
    active: ActiveRule | None = None
    """A smallest buy."""
    soft: Soft | None = None
    """The rule may be broken at this price; without it the rule is hard."""
    reason: Annotated[str, Field(min_length=1)] | None = None
    """Why the rule is there, for whoever reads the plan: a contract, a decision, a fear."""
    owner: Annotated[str, Field(min_length=1)] | None = None
    """Who can change it."""

    @property
    def stated(self) -> tuple[Rule, ...]:
        """The rules written in this entry; exactly one once the entry is valid."""
        bodies = (self.spend, self.share, self.roas, self.cac, self.active)
        return tuple(body for body in bodies if body is not None)

    @property
    def rule(self) -> Rule:
        """The rule."""
        return self.stated[0]

    @property
    def form(self) -> str:
        """``each`` or ``together``."""
        return "each" if self.each is not None else "together"

    @property
    def selectors(self) -> tuple[str, ...]:
        """The lines as written."""
        return self.each or self.together or ()

    @model_validator(mode="after")
    def _one_of_each_kind(self) -> Self:
        if (self.each is None) == (self.together is None):
            raise ValueError(
                "one of `each` (every line by itself) and `together` (their sum), not both"
                if self.each is not None
                else "`each: […]` (every line by itself) or `together: […]` (their sum)"
            )
        if len(self.stated) != 1:
            known = "spend, share, roas, cac, active"
            two = " and ".join(body.key for body in self.stated)
            raise ValueError(
                f"one limit a rule, not {two}; write two rules"
                if self.stated
                else f"one limit: {known}"
            )
        if self.form not in self.rule.forms:
            raise ValueError(
                f"`{' or '.join(self.rule.forms)}` with {self.rule.key}, which is about one line "
                f"at a time; write `each: [{', '.join(self.selectors)}]`"
            )
        return self
