"""Limits on money that are kept in a spreadsheet: a row for a line, or for a line and week."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializationInfo,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

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
)
from allocator.constraints._words import amount, in_week, range_words
from allocator.quantities import AS_WRITTEN, RESOLVED, Money
from allocator.weeks import Week, weights
from mmm.errors import nearest


class LimitRow(BaseModel):
    """One row of the table."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    line: str
    """A line of the curves."""
    week: Week | None = None
    """The week; without it the limit is on the line's total."""
    min: Money | None = None
    """At least this much, currency."""
    max: Money | None = None
    """At most this much, currency."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("an amount under min, under max or under both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min at most max; min is {self.min:,.0f}, max is {self.max:,.0f}")
        return self

    @property
    def part(self) -> str:
        """``tv``, or ``tv in 2027-W14``."""
        return self.line if self.week is None else in_week(self.line, self.week)

    @property
    def sides(self) -> tuple[tuple[str, float], ...]:
        """The limits that are there."""
        ends = (("min", self.min), ("max", self.max))
        return tuple((side, end) for side, end in ends if end is not None)


class TableRule(Rule):
    """Limits on money kept in a CSV file with the columns `line`, `week`, `min` and `max`.

    min ≤ x ≤ max for the line's total where a row has no week, min ≤ x_t ≤ max in the week it
    names. Under steady flighting week t is the share s_t of the total, and the row the same as
    min / s_t ≤ x ≤ max / s_t. The column `week`, and one of `min` and `max`, may be missing; an
    empty cell is no limit. What the table does not name it does not limit.
    """

    key: ClassVar[str] = "table"
    forms: ClassVar[tuple[str, ...]] = ("each",)

    file: Annotated[str, Field(min_length=1)]
    """The value itself: the file, from the one that names it."""
    rows: SkipJsonSchema[tuple[LimitRow, ...]] = ()
    """What it says, in a resolved scenario only."""

    def words(self, currency: str) -> str:
        """``the 24 limits of limits.csv``."""
        count = sum(len(row.sides) for row in self.rows)
        return f"the {count} limit{'' if count == 1 else 's'} of {self.file}"

    def row_of(self, place: tuple[str | int, ...]) -> str | None:
        """``tv in 2027-W14``, of ``("rows", 3, "max")``."""
        row = place[1] if place[:1] == ("rows",) and len(place) > 1 else None
        return self.rows[row].part if isinstance(row, int) else None

    def changed_words(self, before: Rule, currency: str) -> str:
        """``tv: at most 70,000 EUR instead of at most 60,000 EUR``, of every row that differs."""
        assert isinstance(before, TableRule)  # the same rule with other numbers
        pairs = zip(self.rows, before.rows, strict=True)
        said = [
            f"{new.part}: {_range(new, currency)} instead of {_range(old, currency)}"
            for new, old in pairs
            if new != old
        ]
        return ", ".join(said)

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """Lines and weeks that there are not, and money for a week in which nothing is spent."""
        found = []
        for place, row in enumerate(self.rows):
            here = ("rows", place)
            if row.line not in facts.lines:
                found.append(_no_line(row.line, facts, (*here, "line")))
                continue
            if row.week is None:
                continue
            if row.week not in facts.weeks:
                expected = f"a week of the period, {facts.weeks[0]} to {facts.weeks[-1]}"
                found.append(Complaint(f"the week {row.week}", expected, at=(*here, "week")))
            elif facts.steady and row.min and not self._share(row, facts) > 0:
                found.append(
                    Complaint(
                        f"at least {row.min:,.2f} for {row.line} in {row.week}, in which its "
                        "profile spends nothing",
                        "a week in which it spends",
                        "write `flighting: weekly`, or another profile",
                        (*here, "min"),
                    )
                )
        return tuple(found)

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """x ≥ min and −x ≥ −max, of a total or of one week of it."""
        rows: list[Row] = []
        for row in self._of(selection):
            for side, limit in row.sides:
                sign = 1.0 if side == "min" else -1.0
                weight: Any = sign
                if row.week is not None:
                    weight = weights(len(facts.weeks), {facts.weeks.index(row.week): sign})
                rows.append(Row(rule, row.part, side, sign * limit, {row.line: weight}))
        return Declared(tuple(rows))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Spend against each limit, currency; a cent is rounding."""
        measures: list[Measure] = []
        for row in self._of(selection):
            spent = float(outcome.spend[row.line])
            if row.week is not None:
                spent = float(outcome.weekly[row.line][facts.weeks.index(row.week)])
            for side, limit in row.sides:
                slack = spent - limit if side == "min" else limit - spent
                measures.append(
                    Measure(rule, row.part, side, limit, spent, slack, "currency", CENT)
                )
        return tuple(measures)

    def _of(self, selection: Selection) -> tuple[LimitRow, ...]:
        return tuple(row for row in self.rows if row.line in selection.lines)

    def _share(self, row: LimitRow, facts: Facts) -> float:
        assert row.week is not None  # asked of rows with a week
        return float(facts.profile[row.line][facts.weeks.index(row.week)])


def _range(row: LimitRow, currency: str) -> str:
    return range_words(*(None if e is None else amount(e, currency) for e in (row.min, row.max)))


def _no_line(name: str, facts: Facts, at: tuple[str | int, ...]) -> Complaint:
    inside = [line for line, own in facts.labels.items() if own.get("channel") == name]
    fix = f"write a row for each of {', '.join(inside[:4])}" if inside else ""
    found = (
        f"the channel {name!r}, which has {len(inside)} lines" if inside else f"the line {name!r}"
    )
    return Complaint(found, "a line of the curves", fix or nearest(name, facts.lines), at)


def _named(value: Any, info: ValidationInfo) -> Any:
    if (
        value is None
        or isinstance(value, TableRule)
        or (isinstance(value, dict) and info.context == RESOLVED)
    ):
        return value
    if not isinstance(value, str) or not value:
        raise ValueError("a CSV file with columns line, week, min and max, such as limits.csv")
    return {"file": value}


def _name(value: TableRule | None, info: SerializationInfo) -> Any:
    if value is None:
        return None
    if info.context == AS_WRITTEN:
        return value.file
    return value.model_dump(mode="json", exclude_none=True)


LimitTable = Annotated[
    TableRule | None,
    BeforeValidator(_named),
    PlainSerializer(_name),
    WithJsonSchema({"type": ["string", "null"], "minLength": 1, "examples": ["limits.csv"]}),
]
"""The name of a table of limits, where there is one."""
