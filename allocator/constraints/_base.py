"""What a rule is: rows over spend and response, declared without a solver.

A rule's body is a frozen pydantic model (what stands in the scenario file under its key). Given
the lines it selects it declares, in spend, response and whether a line is on,

    Σ_{i,t} a_it · x_it + Σ_{m,i} b_mi · R_mi(x_i) + Σ_i c_i · [x_i > 0]  ≥  bound      (Row)
    x_i = 0  or  Σ_t x_it ≥ minimum                                          (MinimumIfActive)
    x_i = 0  or  dR_ki/dx_i ≥ floor                                          (MarginalFloor)
    x_i = n_i · step, n_i whole                                              (Multiple)

with x_it the spend of line i in week t (currency), and R_mi its incremental outcome as the meter m
reads it: a KPI's mean over the draws for the whole window, unless ``Declared.meters`` says
otherwise. A row may hold with a probability (in a share of the draws instead of for their mean)
and may be soft (broken at a price). ``measure`` recomputes the rule in plain numbers from a plan.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from pydantic import BaseModel, ConfigDict

from allocator.complaint import Complaint
from allocator.constraints._known import AudienceFacts as AudienceFacts
from allocator.constraints._known import Baseline as Baseline
from allocator.selectors import chosen, unknown
from mmm.errors import nearest

if TYPE_CHECKING:  # `allocator show` reads scenarios without NumPy
    import numpy as np

CENT = 0.01
"""Rounding to whole cents moves a line by less than this."""


@dataclass(frozen=True)
class Selection:
    """The lines a rule speaks of, and how: each of them, or their sum."""

    lines: tuple[str, ...]
    together: bool
    text: str
    """as written: ``tv``, ``search + social``, ``audience video-18-49``"""
    audience: str | None = None
    """the audience the rule is about, whose lines these are"""


@dataclass(frozen=True)
class Facts:
    """What a rule may refer to besides the decision.

    lines:     every line of the problem, in order
    reference: line -> total spend of the reference plan, currency
    units:     every KPI of the curves -> ``currency`` or ``count``
    labels:    line -> what it is called by: channel, campaign, geo, audience, …
    weeks:     label of every planned week, ``2027-W14``
    months:    per planned week the share of its days in each month: label ``2027-04`` -> (week,)
    weekly:    line -> (week,) weekly spend of the reference plan, currency
    profile:   line -> (week,) shares of its total that a steady plan spends in each week
    past:      line -> (week,) weekly spend in the weeks just before the window, currency
    new:       lines without history
    references: name of another plan -> line -> its total spend, currency
    timed:     whether the curves tell in which week an outcome falls
    audiences: name -> the audience and the lines that reach it
    per_impression: line -> currency for one impression, of lines for which it is known
    steady:     every line's weeks are its total times its profile
    dark:       line -> (week,) where nothing may be spent on it, of lines with such weeks
    baseline:   KPI -> what would be sold without media, where the curves say
    no_baseline: why they do not say
    """

    lines: tuple[str, ...]
    reference: Mapping[str, float]
    units: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    weeks: tuple[str, ...] = ()
    months: Mapping[str, np.ndarray] = field(default_factory=dict)
    weekly: Mapping[str, np.ndarray] = field(default_factory=dict)
    profile: Mapping[str, np.ndarray] = field(default_factory=dict)
    past: Mapping[str, np.ndarray] = field(default_factory=dict)
    new: frozenset[str] = frozenset()
    references: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    audiences: Mapping[str, AudienceFacts] = field(default_factory=dict)
    per_impression: Mapping[str, float] = field(default_factory=dict)
    steady: bool = False
    dark: Mapping[str, np.ndarray] = field(default_factory=dict)
    timed: bool = True
    baseline: Mapping[str, Baseline] = field(default_factory=dict)
    no_baseline: Complaint | None = None


@dataclass(frozen=True, eq=False)
class Meter:
    """How a row reads a KPI, when it is not the mean over all draws of the whole window.

    week:     only what falls in this planned week, from 0; ``weeks`` (the number of planned
              weeks) is all that falls after the window
    draws:    (draw,) weights instead of one over their number
    count:    (weeks + 1,) weights of the weeks in which the outcome falls, as discounting needs
    marginal: x · dR/dx instead of R: what the next 1 % of spend brings, times 100
    curves:   which of the scenario's curves, 0 the first
    """

    kpi: str
    week: int | None = None
    draws: np.ndarray | None = None
    count: np.ndarray | None = None
    marginal: bool = False
    curves: int = 0


Weight: TypeAlias = "float | np.ndarray"
"""Of a line's spend: one for all weeks, or (week,)"""


@dataclass(frozen=True, eq=False)
class Row:
    """Σ spend[i]·x_i + Σ response[m, i]·R_mi(x_i) + Σ active[i]·[x_i > 0] ≥ bound.

    In currency or KPI units. ``rule`` is the rule's id, ``part`` names the row within it (the
    line, for an ``each`` rule), ``side`` says which limit of the rule it is: ``min`` or ``max``.

    probability: the row holds in at least this share of the draws; None: for their mean
    price:       it may be broken at this much (objective units) per unit short; None: it may not
    given:       (draw,) what the left side has besides in each draw, whatever the plan; its mean is
                 0, as what is given on average is part of ``bound``. None: nothing
    """

    rule: str
    part: str
    side: str
    bound: float
    spend: Mapping[str, Weight] = field(default_factory=dict)
    response: Mapping[tuple[str, str], float] = field(default_factory=dict)
    active: Mapping[str, float] = field(default_factory=dict)
    probability: float | None = None
    price: float | None = None
    given: np.ndarray | None = None


@dataclass(frozen=True)
class MinimumIfActive:
    """A line is off, or spends at least ``minimum`` (currency)."""

    rule: str
    line: str
    minimum: float


@dataclass(frozen=True)
class Multiple:
    """A line's total is a whole number of steps of ``step`` (currency)."""

    rule: str
    line: str
    step: float


@dataclass(frozen=True)
class MarginalFloor:
    """A line is off, or its mean response to the next unit of spend is at least ``floor``."""

    rule: str
    line: str
    kpi: str
    floor: float


@dataclass(frozen=True)
class Declared:
    """All that one rule asks of the decision; ``meters`` says what names in its rows mean."""

    rows: tuple[Row, ...] = ()
    minima: tuple[MinimumIfActive, ...] = ()
    marginals: tuple[MarginalFloor, ...] = ()
    multiples: tuple[Multiple, ...] = ()
    meters: Mapping[str, Meter] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Outcome:
    """A plan in numbers: spend per line (currency) and mean response per (kpi, line).

    weekly: line -> (week,) spend, currency
    draws:  (kpi, line) -> (draw,) response
    timed:  (kpi, line) ↦ (week + 1,) mean response by the week in which it falls, the last after
            the window
    slope:  (kpi, line) ↦ mean response to the next unit of the line's total, spent as it is; the
            largest within a cent of that total
    timed_draws: as ``timed``, draw by draw: (draw, week + 1)
    """

    spend: Mapping[str, float]
    response: Mapping[tuple[str, str], float]
    weekly: Mapping[str, np.ndarray] = field(default_factory=dict)
    draws: Mapping[tuple[str, str], np.ndarray] = field(default_factory=dict)
    timed: Callable[[str, str], np.ndarray] | None = None
    slope: Callable[[str, str], float] | None = None
    timed_draws: Callable[[str, str], np.ndarray] | None = None


@dataclass(frozen=True)
class Measure:
    """One limit of one rule, read off a plan.

    value and limit are in ``unit`` (currency, a share, a ratio, …); ``slack`` is ≥ 0 where the
    rule holds, in the same unit; None where the rule does not apply (a ratio of a line that
    spends nothing). ``tolerance`` is what rounding to cents can move it by. ``probability`` is the
    share of the draws in which the limit holds, of a rule that asks for one: ``slack`` is then
    that share less what was asked. ``soft``: it may be broken, at a price.
    """

    rule: str
    part: str
    side: str
    limit: float
    value: float | None
    slack: float | None
    unit: str
    tolerance: float
    probability: float | None = None
    soft: bool = False


class Rule(BaseModel, ABC):
    """The body of a rule; one subclass a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    key: ClassVar[str]
    """the word under which it stands in a scenario file"""
    forms: ClassVar[tuple[str, ...]] = ("each", "together")
    """how it can be applied: ``each`` or ``together`` of the lines it selects, ``audience``"""

    @property
    def kpi_names(self) -> tuple[str, ...]:
        """KPIs the rule speaks of."""
        return ()

    @abstractmethod
    def words(self, currency: str) -> str:
        """The limit as a person says it: ``at least 240,000 EUR``."""

    def row_of(self, place: tuple[str | int, ...]) -> str | None:
        """The part of the rule that the number there is about alone; None: all of it."""

    def changed_words(self, before: Rule, currency: str) -> str:
        return f"{self.words(currency)} instead of {before.words(currency)}"

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


def of_cents(outcome: Outcome, kpi: str, lines: Iterable[str]) -> float:
    """What a cent on each of these lines brings, at most what the line brings in all: much where
    a line is steep. Nothing where slopes are not known."""
    if outcome.slope is None:
        return 0.0
    return sum(
        min(CENT * outcome.slope(kpi, line), outcome.response[kpi, line])
        for line in lines
        if outcome.spend[line] > 0
    )


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


def lines_of(selectors: Sequence[str], facts: Facts) -> tuple[str, ...]:
    """The lines of a second selection within a rule, in the order of the problem's."""
    picked = {line for name in selectors for line in chosen(name, facts.labels)}
    return tuple(line for line in facts.lines if line in picked)


def selector_complaints(key: str, selectors: Sequence[str], facts: Facts) -> tuple[Complaint, ...]:
    """Selectors under ``key`` of a rule that mean no line."""
    wrong = unknown(selectors, facts.labels)
    return tuple(replace(complaint, at=(key, place)) for place, complaint in wrong.items())


def added(arrays: Iterable[np.ndarray]) -> np.ndarray:
    """The sum of one array or more."""
    first, *others = arrays
    for other in others:
        first = first + other
    return first


def in_draws(measure: Measure, holds: np.ndarray, asked: float) -> Measure:
    """The measure of a rule with a probability: slack is the share of draws less what was asked.

    holds: (draw,) where the limit is kept, cents allowed for; half a draw is what a sum can miss.
    """
    share = float(holds.mean())
    return replace(measure, slack=share - asked, tolerance=0.5 / len(holds), probability=share)
