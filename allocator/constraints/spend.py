"""Limits on money: absolute, or as a change from the reference plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Self

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
    amount,
    parts,
    percent,
)
from allocator.quantities import Money, SignedShare


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
    """

    model_config = ConfigDict(serialize_by_alias=True)
    key: ClassVar[str] = "spend"

    min: Money | None = None
    """At least this much over the window: a commitment."""
    max: Money | None = None
    """At most this much over the window; 0 switches the line off."""
    from_: Literal["reference"] | None = Field(None, alias="from")
    """`reference`: limits in `between` are changes from the reference plan."""
    between: tuple[SignedShare, SignedShare] | None = None
    """Smallest and largest change from the reference: `[-30%, +30%]`."""
    new_lines: Literal["exempt"] | None = None
    """`exempt`: a line that the reference gives nothing has no relative limit."""

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
            said.append(f"{low} to {high} against the reference{exempt}")
        return " and ".join(said)

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """A relative limit where the reference spends nothing."""
        if self.between is None or self.new_lines or self.min is not None or self.max is not None:
            return ()
        return tuple(
            Complaint(
                f"a limit relative to the reference for {part}, where the reference spends nothing",
                "a reference to change from",
                "add `new_lines: exempt`, or an absolute `max` beside `between`",
            )
            for part, lines in parts(selection)
            if sum(facts.reference[line] for line in lines) == 0
        )

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
        for part, lines in parts(selection):
            absolute = _Limit(part, lines, self.min, self.max)
            known = tuple(line for line in lines if facts.reference[line] > 0)
            if self.between is None or not known:
                limits.append(absolute)
                continue
            base = sum(facts.reference[line] for line in known)
            low, high = ((1 + change) * base for change in self.between)
            if not self.new_lines or known == lines:
                limits.append(_tighter(absolute, low, high))
                continue
            limits += [absolute, _Limit(f"{part} (lines in the reference)", known, low, high)]
        return tuple(limits)


def _tighter(limit: _Limit, low: float, high: float) -> _Limit:
    return _Limit(
        limit.part,
        limit.lines,
        low if limit.low is None else max(limit.low, low),
        high if limit.high is None else min(limit.high, high),
    )
