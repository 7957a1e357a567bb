"""Limits on money: absolute, or as a change from another plan or time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

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
from allocator.constraints._words import amount, percent
from allocator.quantities import Money, SignedShare
from mmm.errors import nearest

REFERENCE, PREVIOUS = "reference", "previous"


@dataclass(frozen=True)
class _Limit:
    """low ≤ Σ x over ``lines`` ≤ high, currency; None where there is no such limit."""

    part: str
    lines: tuple[str, ...]
    low: float | None
    high: float | None


class SpendRule(Rule):
    """Money a line (or several together) must or may get over the plan's window.

    min ≤ Σ x ≤ max, and with ``from: reference``
    (1 + low)·Σ reference ≤ Σ x ≤ (1 + high)·Σ reference. Where both stand, the tighter holds.
    ``from: previous`` means as many weeks just before the window in place of the reference, and
    another word the plan of that name.
    """

    model_config = ConfigDict(serialize_by_alias=True)
    key: ClassVar[str] = "spend"

    min: Money | None = None
    """At least this much over the window: a commitment."""
    max: Money | None = None
    """At most this much over the window; 0 switches the line off."""
    from_: Annotated[str, Field(min_length=1)] | None = Field(None, alias="from")
    """What limits in `between` are changes from: `reference`, `previous` (as many weeks just
    before the window, what is spent until the start among them), or the name of a plan."""
    between: tuple[SignedShare, SignedShare] | None = None
    """Smallest and largest change from it: `[-30%, +30%]`."""
    new_lines: Literal["exempt"] | None = None
    """`exempt`: a line that it gives nothing has no relative limit."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.min is None and self.max is None and self.between is None:
            if self.from_:
                raise ValueError("`between: [-30%, +30%]` beside `from: reference`")
            raise ValueError("min, max, or `from: reference` with `between`")
        if self.between is not None and self.from_ is None:
            raise ValueError("`from: reference` beside `between`, to say what the change is from")
        if self.between is None and (self.from_ or self.new_lines):
            raise ValueError("`between: [-30%, +30%]` with `from: reference`")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min at most max; min is {self.min:,.0f}, max is {self.max:,.0f}")
        if self.between is not None and self.between[0] > self.between[1]:
            raise ValueError("`between` with the smaller change first: [-30%, +30%]")
        return self

    def words(self, currency: str) -> str:
        """``at least 240,000 EUR``, ``-30% to +30% against the reference``."""
        said: list[str] = []
        if self.min is not None:
            said.append(f"at least {amount(self.min, currency)}")
        if self.max is not None:
            said.append(f"at most {amount(self.max, currency)}")
        if self.between is not None:
            low, high = (f"{'+' if c > 0 else ''}{percent(c)}" for c in self.between)
            exempt = ", new lines exempt" if self.new_lines else ""
            said.append(f"{low} to {high} against {self._called}{exempt}")
        return " and ".join(said)

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """A plan that is not known, and a relative limit where it spends nothing."""
        if self.between is None:
            return ()
        base = self._base(facts)
        if base is None:
            return (self._unknown(facts),)
        if self.new_lines or self.min is not None or self.max is not None:
            return ()
        return tuple(
            Complaint(
                f"a limit relative to {self._called} for {part}, where {self._called} "
                f"{'spend' if self.from_ == PREVIOUS else 'spends'} nothing",
                "a reference to change from",
                "add `new_lines: exempt`, or an absolute `max` beside `between`",
            )
            for part, lines in parts(selection)
            if sum(base[line] for line in lines) == 0
        )

    @property
    def _called(self) -> str:
        known = {REFERENCE: "the reference", PREVIOUS: "the weeks before"}
        return known.get(self.from_ or REFERENCE, f"{self.from_}")

    def _base(self, facts: Facts) -> Mapping[str, float] | None:
        """Line -> what changes are from, currency; None where it is not known."""
        if self.from_ == REFERENCE:
            return facts.reference
        if self.from_ != PREVIOUS:
            return facts.references.get(self.from_ or "")
        weeks = len(facts.weeks)
        if any(len(facts.past.get(line, ())) < weeks for line in facts.lines):
            return None
        return {i: float(facts.past[i][len(facts.past[i]) - weeks :].sum()) for i in facts.lines}

    def _unknown(self, facts: Facts) -> Complaint:
        if self.from_ == PREVIOUS:
            found = f"changes from the {len(facts.weeks)} weeks before the window"
            return Complaint(
                found, "that many weeks in the data", "use `from: reference`", ("from",)
            )
        known = (REFERENCE, PREVIOUS, *facts.references)
        found = f"changes from {self.from_!r}"
        fix = nearest(self.from_ or "", known)
        return Complaint(found, "the reference, the weeks before, or a plan", fix, ("from",))

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """Σ x ≥ low and −Σ x ≥ −high."""
        rows: list[Row] = []
        for limit in self._limits(selection, facts):
            if limit.low is not None:
                plus = dict.fromkeys(limit.lines, 1.0)
                rows.append(Row(rule, limit.part, "min", limit.low, plus))
            if limit.high is not None:
                minus = dict.fromkeys(limit.lines, -1.0)
                rows.append(Row(rule, limit.part, "max", -limit.high, minus))
        return Declared(tuple(rows))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Spend against each limit, currency; a cent a line is rounding."""
        measures: list[Measure] = []
        for limit in self._limits(selection, facts):
            spent = sum(outcome.spend[line] for line in limit.lines)
            blur = CENT * len(limit.lines)
            for side, bound in (("min", limit.low), ("max", limit.high)):
                if bound is not None:
                    slack = spent - bound if side == "min" else bound - spent
                    measures.append(
                        Measure(rule, limit.part, side, bound, spent, slack, "currency", blur)
                    )
        return tuple(measures)

    def _limits(self, selection: Selection, facts: Facts) -> tuple[_Limit, ...]:
        limits: list[_Limit] = []
        reference = self._base(facts) if self.between is not None else {}
        assert reference is not None  # ``problems`` has asked
        for part, lines in parts(selection):
            absolute = _Limit(part, lines, self.min, self.max)
            known = tuple(line for line in lines if reference.get(line, 0.0) > 0)
            if self.between is None or not known:
                limits.append(absolute)
                continue
            base = sum(reference[line] for line in known)
            low, high = ((1 + change) * base for change in self.between)
            if not self.new_lines or known == lines:
                limits.append(_tighter(absolute, low, high))
                continue
            limits += [absolute, _Limit(f"{part} (lines in {self._called})", known, low, high)]
        return tuple(limits)


def _tighter(limit: _Limit, low: float, high: float) -> _Limit:
    return _Limit(
        limit.part,
        limit.lines,
        low if limit.low is None else max(limit.low, low),
        high if limit.high is None else min(limit.high, high),
    )
