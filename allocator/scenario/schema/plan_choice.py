"""Plans that a scenario refers to: an approved plan.json, of which the weekly spend is taken."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from allocator.complaint import Complaint
from allocator.plan import digest_of
from allocator.plan.file import parse_document, read_document
from allocator.quantities import RESOLVED, Money
from allocator.scenario.schema.constraint import Written
from mmm.errors import Fault, InputError

PlanPath = Annotated[str, Field(min_length=1)]

Word = Literal["same_weeks_last_year", "reference", "zero"]
WORDS = ("same_weeks_last_year", "reference", "zero")


class PlanSpend(Written):
    """What a plan spends, in a resolved scenario only."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """The plan's own digest."""
    currency: str
    """Of its amounts."""
    start: dt.date
    """First day of its first week."""
    spend: dict[str, tuple[Money, ...]]
    """Line -> its spend in every week of that plan, currency."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.spend or len({len(weeks) for weeks in self.spend.values()}) != 1:
            raise ValueError("lines with as many weeks each")
        return self

    @property
    def weeks(self) -> int:
        """How many."""
        return len(next(iter(self.spend.values())))

    @property
    def days(self) -> tuple[dt.date, ...]:
        """First day of every week."""
        return tuple(self.start + dt.timedelta(weeks=n) for n in range(self.weeks))


PlanFound = SkipJsonSchema[PlanSpend | None]
"""What the plan of a ``plan: FILE`` says, in a resolved scenario only."""


def refuse_found(found: PlanSpend | None, info: ValidationInfo) -> None:
    """Raise ValueError where a person writes what only a resolved scenario has."""
    if found is not None and info.context != RESOLVED:
        raise ValueError("`plan: FILE`, with the spend in that file")


class UntilStart(Written):
    """What is spent between the end of the data and the start of the plan: a word, or a plan."""

    as_: SkipJsonSchema[Word | None] = None
    """The word, where there is no plan."""
    plan: PlanPath | None = None
    """A plan.json, from this file, or the ID of a signed plan: what it spends in those weeks."""
    other_weeks: Word | None = None
    """What is spent in weeks that the plan does not have; without it the plan must have all."""
    found: PlanFound = None
    """What it spends, in a resolved scenario only."""

    @model_validator(mode="after")
    def _one_form(self, info: ValidationInfo) -> Self:
        refuse_found(self.found, info)
        if (self.as_ is None) == (self.plan is None):
            raise ValueError("same_weeks_last_year, reference, zero or `{plan: FILE}`")
        if self.as_ is not None and self.other_weeks is not None:
            raise ValueError("`plan: FILE` beside `other_weeks`")
        return self

    @property
    def word(self) -> str | None:
        """What weeks have that no plan does: a word, or None where there is none."""
        return self.as_ or self.other_weeks

    @property
    def words(self) -> str:
        """``same weeks last year``, ``the plan q1/plan.json``."""
        if self.as_ is not None:
            return self.as_.replace("_", " ")
        others = f", other weeks: {self.other_weeks.replace('_', ' ')}" if self.other_weeks else ""
        return f"the plan {self.plan}{others}"

    @model_serializer(mode="wrap")
    def _short(self, handler: SerializerFunctionWrapHandler) -> Any:
        """The word alone."""
        stated = {key: value for key, value in handler(self).items() if value is not None}
        return self.as_ if self.plan is None else stated


def _spelled_out(value: Any) -> Any:
    if isinstance(value, UntilStart):
        return value
    if isinstance(value, str) and value in WORDS:
        return {"as_": value}
    if not isinstance(value, dict) or "as_" in value:
        raise ValueError(f"{', '.join(WORDS)} or `{{plan: FILE}}`")
    return value


UntilStartChoice = Annotated[
    UntilStart,
    BeforeValidator(_spelled_out),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(WORDS)},
                {
                    "type": "object",
                    "properties": {
                        "plan": {"type": "string", "minLength": 1},
                        "other_weeks": {"enum": list(WORDS)},
                    },
                    "required": ["plan"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
"""A word, or a plan."""


def read_spend(path: Path, name: str) -> PlanSpend | Complaint:
    """What the plan.json spends; or that it was changed by hand.

    Raises InputError where it is no plan. ``name`` is the file's name in messages.
    """
    try:
        document = read_document(path)
    except InputError as error:
        raise InputError(
            Fault(name, f.line, f.column, f.path, f.found, f.expected, f.fix) for f in error.faults
        ) from None
    return _spend_of(document, name)


def spend_in(content: bytes, name: str) -> PlanSpend | Complaint:
    """The same of a plan.json's content."""
    return _spend_of(parse_document(content, name), name)


def _spend_of(document: dict[str, Any], name: str) -> PlanSpend | Complaint:
    try:
        stated = _Stated.model_validate(document)
    except ValidationError as error:
        raise InputError(
            Fault(name, 0, 0, ".".join(map(str, one["loc"])), _shown(one["input"]), one["msg"])
            for one in error.errors()
        ) from None
    if digest_of(document) != stated.digest:
        found = f"{name}, which was changed after it was made"
        return Complaint(found, "a plan as it was written", "take the plan that was approved")
    return PlanSpend(
        digest=stated.digest,
        currency=stated.currency,
        start=stated.period.start,
        spend={line.line: line.spend for line in stated.lines},
    )


class _Period(BaseModel):
    start: dt.date


class _Line(BaseModel):
    line: str
    spend: Annotated[tuple[Money, ...], Field(min_length=1)]


class _Stated(BaseModel):
    """The part of a plan.json that says what is spent."""

    digest: str
    currency: str
    period: _Period
    lines: Annotated[tuple[_Line, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [line.line for line in self.lines]
        if len(set(names)) != len(names) or len({len(line.spend) for line in self.lines}) != 1:
            raise ValueError("every line once, with as many weeks each")
        return self


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
