"""What a rule is: rows over spend and response, declared without a solver.

A rule's body is a frozen pydantic model (what stands in the scenario file under its key). Given
the lines it selects it declares, in spend and mean response,

    Σ_i a_i · x_i + Σ_{k,i} b_{k,i} · R_{k,i}(x_i)  ≥  bound        (Row)
    x_i = 0  or  x_i ≥ minimum                                       (MinimumIfActive)

with x_i the line's total over the window (currency) and R_{k,i} its mean incremental outcome.
Every b is ≥ 0: more response never breaks a rule, so an under-estimate of R is safe and an
over-estimate gives a valid bound. ``measure`` recomputes the rule in plain numbers from a plan.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from allocator.complaint import Complaint
from mmm.errors import nearest

CENT = 0.01
"""Rounding to whole cents moves a line by less than this."""


@dataclass(frozen=True)
class Selection:
    """The lines a rule speaks of, and how: each of them, or their sum."""

    lines: tuple[str, ...]
    together: bool
    text: str
    """as written: ``tv``, ``search + social``"""


@dataclass(frozen=True)
class Facts:
    """What a rule may refer to besides the decision.

    lines:     every line of the problem, in order
    reference: line -> total spend of the reference plan, currency
    units:     every KPI of the curves -> ``currency`` or ``count``
    """

    lines: tuple[str, ...]
    reference: Mapping[str, float]
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """Σ spend[i]·x_i + Σ response[k, i]·R_{k,i}(x_i) ≥ bound, in currency or KPI units.

    ``rule`` is the rule's id, ``part`` names the row within it (the line, for an ``each`` rule),
    ``side`` says which limit of the rule it is: ``min`` or ``max``.
    """

    rule: str
    part: str
    side: str
    bound: float
    spend: Mapping[str, float] = field(default_factory=dict)
    response: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True)
class MinimumIfActive:
    """A line is off, or spends at least ``minimum`` (currency)."""

    rule: str
    line: str
    minimum: float


@dataclass(frozen=True)
class Declared:
    """All that one rule asks of the decision."""

    rows: tuple[Row, ...] = ()
    minima: tuple[MinimumIfActive, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """A plan in numbers: spend per line (currency) and mean response per (kpi, line)."""

    spend: Mapping[str, float]
    response: Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Measure:
    """One limit of one rule, read off a plan.

    value and limit are in ``unit`` (currency, a share, a ratio, …); ``slack`` is ≥ 0 where the
    rule holds, in the same unit; None where the rule does not apply (a ratio of a line that
    spends nothing). ``tolerance`` is what rounding to cents can move it by.
    """

    rule: str
    part: str
    side: str
    limit: float
    value: float | None
    slack: float | None
    unit: str
    tolerance: float


class Rule(BaseModel, ABC):
    """The body of a rule; one subclass a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    key: ClassVar[str]
    """the word under which it stands in a scenario file"""
    forms: ClassVar[tuple[str, ...]] = ("each", "together")
    """how it can be applied to the lines it selects"""

    @property
    def kpi_names(self) -> tuple[str, ...]:
        """KPIs the rule speaks of."""
        return ()

    @abstractmethod
    def words(self, currency: str) -> str:
        """The limit as a person says it: ``at least 240,000 EUR``."""

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """Why the rule cannot be applied to these lines; to be asked before ``declare``."""
        return ()

    @abstractmethod
    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """Rows and minima for these lines. ``rule`` is the rule's id."""

    @abstractmethod
    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Every limit of the rule recomputed from a plan, independently of ``declare``."""


def amount(value: float, currency: str) -> str:
    """Money in words: ``240,000 EUR``, with cents only where there are any."""
    return f"{value:,.0f} {currency}" if value == round(value) else f"{value:,.2f} {currency}"


def percent(share: float) -> str:
    """A share in words: ``12.5%``."""
    return f"{round(share * 100, 6):g}%"


def parts(selection: Selection) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(name, lines) of every row a rule gives: one a line, or one for the sum."""
    if selection.together:
        return ((selection.text, selection.lines),)
    return tuple((line, (line,)) for line in selection.lines)


def kpi_complaints(kpi: str, unit: str, facts: Facts) -> tuple[Complaint, ...]:
    """What is wrong with ``kpi`` where a KPI in ``unit`` is needed."""
    if kpi not in facts.units:
        return (Complaint(f"the KPI {kpi!r}", "a KPI of the curves", nearest(kpi, facts.units)),)
    if facts.units[kpi] == unit:
        return ()
    found, fix = (
        (f"{kpi}, which is a count", "cap the spend per unit of it with `cac` instead")
        if unit == "currency"
        else (f"{kpi}, which is money", "set a floor on its return with `roas` instead")
    )
    return (Complaint(found, f"a KPI with unit {unit}", fix),)
