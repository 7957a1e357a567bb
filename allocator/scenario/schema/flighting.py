"""The part of a scenario about weeks: how a line's money is spread over them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue, SkipJsonSchema

from allocator.quantities import RESOLVED
from allocator.scenario.schema.constraint import Written
from allocator.scenario.schema.table_row import TableRow
from allocator.weeks import Week, Weeks

FORMS = ("steady", "weekly")
PROFILES = ("reference", "flat")


class Locked(Written):
    """Weeks of the period whose money is spent already: it counts, and it stays as it is."""

    until: Week
    """The last of these weeks; the period's first weeks up to it."""
    spend: Annotated[str, Field(min_length=1)]
    """A CSV file with columns `line,week,spend`: a row for every line in each of them."""
    rows: SkipJsonSchema[tuple[TableRow, ...] | None] = None
    """The table's rows, in a resolved scenario only."""

    @model_validator(mode="after")
    def _written(self, info: ValidationInfo) -> Self:
        if self.rows is not None and info.context != RESOLVED:
            raise ValueError("`spend: FILE.csv`, with the rows in that file")
        return self


class Flighting(Written):
    """How a line's total is spread over the weeks: `steady` or `weekly`, or one of them with more.

    Steady: one amount a line, spread by a fixed profile. Weekly: an amount for every line and
    week, with what carries over from one to the next.
    """

    form: Literal["steady", "weekly"] = "steady"
    """`steady` or `weekly`."""
    profile: Annotated[str, Field(min_length=1)] | None = None
    """Of steady: `reference` (as the reference spends it; even where it spends nothing), `flat`,
    or a CSV file with columns `line,week,spend`, of which only the proportions count."""
    dark: dict[str, Weeks] | None = None
    """Line, channel or any selector -> weeks in which nothing is spent: `{tv: [2027-W20]}` or
    `{all: {from: 2027-W29, to: 2027-W31}}`. A steady line spends in the others."""
    locked: Locked | None = None
    """Weeks already spent; with `form: weekly`."""
    rows: SkipJsonSchema[tuple[TableRow, ...] | None] = None
    """The profile's rows, in a resolved scenario only."""

    @property
    def profile_file(self) -> str | None:
        """The file that the profile is in."""
        return None if self.profile in (None, *PROFILES) else self.profile

    @property
    def words(self) -> str:
        """``weekly, dark weeks of tv, spent up to 2027-W16``."""
        said: list[str] = [self.form]
        said += [] if self.profile is None else [f"{self.profile} profile"]
        said += [f"dark weeks of {', '.join(self.dark)}"] if self.dark else []
        said += [] if self.locked is None else [f"spent up to {self.locked.until}"]
        return ", ".join(said)

    @model_validator(mode="after")
    def _one_form(self, info: ValidationInfo) -> Self:
        if self.rows is not None and info.context != RESOLVED:
            raise ValueError("`profile: FILE.csv`, with the rows in that file")
        if self.form == "weekly" and self.profile is not None:
            raise ValueError("`form: steady` with a profile; weekly amounts find their own")
        if self.form == "steady" and self.locked is not None:
            raise ValueError("`form: weekly` with locked weeks, or a period that starts after them")
        return self

    @model_serializer(mode="wrap")
    def _short(self, handler: SerializerFunctionWrapHandler) -> Any:
        """The form alone is the word for it."""
        stated = {key: value for key, value in handler(self).items() if value is not None}
        return self.form if set(stated) == {"form"} else stated

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: Any, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [{"enum": list(FORMS)}, handler(core_schema)]}


def _spelled_out(value: Any) -> Any:
    if isinstance(value, str) and value not in FORMS:
        raise ValueError("steady or weekly, or `{form: weekly, dark: {tv: [2027-W20]}}`")
    return {"form": value} if isinstance(value, str) else value


FlightingChoice = Annotated[Flighting, BeforeValidator(_spelled_out)]
"""A word, or the word with more."""
