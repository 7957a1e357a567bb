"""AllocationProblem: the mathematics of one scenario, without a solver.

::

    maximise    Σ_{m,i} w_m R_{m,i}(x_i) + Σ_i w_i x_i + min_j F_j(x) − Σ_r price_r · short_r
    subject to  lower ≤ x ≤ upper,  Σ x = budget  (or ≤ budget)
                Σ_i a_i x_i + Σ_{m,i} b_mi R_mi(x_i) + Σ_i c_i [x_i > 0] + short_r ≥ bound
                                           for every row r; short_r = 0 where it is hard
                x_i = 0 or x_i ≥ minimum_i where a minimum is set
                x_i = n_i · step_i         where amounts are rounded
                x_i in no hole of line i   where marginal rules cut some out

x_i is the total of line i over the window (currency), R_{m,i} its incremental outcome read by the
meter m: the mean over all draws of a KPI, or what ``Meter`` says. The floors F_j have the form of
the goal (one for every weighting of the draws that matters, every alternative model); there may
be none, and then their minimum is nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from allocator.cents import cents
from allocator.constraints._base import Declared, Meter, MinimumIfActive, Multiple, Row, Weight
from allocator.engine.risk.drawn import OfTotal
from allocator.objectives._base import Terms
from mmm.curves import SteadyResponse

Cell = tuple[str, str]
"""(name of a meter, line); a KPI's name is the meter of its mean over the window"""
Hole = tuple[float, float]
"""Totals strictly between these are not allowed."""


@dataclass(frozen=True)
class Budget:
    """The money to be spent: exactly ``total``, or at most."""

    total: float
    exact: bool


@dataclass(frozen=True)
class Limit:
    """A rule that speaks of one line's spend alone: a bound on x. ``amount`` in currency."""

    rule: str
    line: str
    side: str
    amount: float


@dataclass(frozen=True, eq=False)
class AllocationProblem:
    """One scenario as mathematics; ``responses`` holds the curve of every (meter, line)."""

    lines: tuple[str, ...]
    budget: Budget
    terms: Terms
    responses: Mapping[Cell, SteadyResponse]
    domain: Mapping[str, float]
    """line -> largest total for which its response is known, currency"""
    limits: tuple[Limit, ...] = ()
    rows: tuple[Row, ...] = ()
    minima: tuple[MinimumIfActive, ...] = ()
    multiples: tuple[Multiple, ...] = ()
    holes: Mapping[str, tuple[Hole, ...]] = field(default_factory=dict)
    """line -> rising stretches of totals that are certainly not allowed"""
    inner_holes: Mapping[str, tuple[Hole, ...]] = field(default_factory=dict)
    """line -> the same with all that may not be allowed: what a search keeps clear of"""
    floors: tuple[Terms, ...] = ()
    also: tuple[Cell, ...] = ()
    """cells that matter to rules outside the problem"""
    extend: Callable[[Mapping[str, Meter]], Mapping[Cell, SteadyResponse]] | None = None
    """meters ↦ their curves, for who adds rows or floors later"""

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every (meter, line) that the goal, a row or ``also`` speaks of, in a fixed order."""
        wanted = {
            (meter, line)
            for terms in (self.terms, *self.floors)
            for meter, weight in terms.response.items() if weight
            for line in self.lines
        }  # fmt: skip
        for row in self.rows:
            wanted.update(row.response)
        wanted.update(self.also)
        return tuple(cell for cell in sorted(self.responses) if cell in wanted)

    @cached_property
    def cells_of(self) -> dict[str, tuple[Cell, ...]]:
        """line -> its cells, in the order of ``cells``."""
        own: dict[str, list[Cell]] = {line: [] for line in self.lines}
        for cell in self.cells:
            own[cell[1]].append(cell)
        return {line: tuple(cells) for line, cells in own.items()}

    @cached_property
    def capped(self) -> frozenset[Cell]:
        """Cells of which less is better somewhere: a row or a goal weighs them below zero."""
        found = {cell for row in self.rows for cell, weight in row.response.items() if weight < 0}
        for terms in (self.terms, *self.floors):
            found |= {
                (meter, line)
                for meter in terms.response
                for line in self.lines
                if terms.weight(meter, line) < 0
            }  # fmt: skip
        return frozenset(found)

    @cached_property
    def bounds(self) -> dict[str, tuple[float, float]]:
        """line -> (lower, upper) from limits, domain and budget; lower may exceed upper."""
        low = dict.fromkeys(self.lines, 0.0)
        high = {line: min(self.domain[line], self.budget.total) for line in self.lines}
        for limit in self.limits:
            if limit.side == "min":
                low[limit.line] = max(low[limit.line], limit.amount)
            else:
                high[limit.line] = min(high[limit.line], limit.amount)
        return {line: (low[line], high[line]) for line in self.lines}

    @cached_property
    def crossed(self) -> tuple[str, ...]:
        """Lines whose lower limit lies above their upper one: no amount will do."""
        return tuple(
            line
            for line, (low, high) in self.bounds.items()
            if max(low, self.on_from.get(line, 0.0) if low > 0 else 0.0) > high * (1 + 1e-12)
        )

    @cached_property
    def on_from(self) -> dict[str, float]:
        """line -> smallest amount it may spend when it spends at all."""
        smallest: dict[str, float] = {}
        for item in self.minima:
            smallest[item.line] = max(smallest.get(item.line, 0.0), item.minimum)
        return smallest

    @cached_property
    def steps(self) -> dict[str, float]:
        """line -> the step, currency, of which its total is a whole number.

        Of two rules on one line the step that is a whole number of both.
        """
        steps: dict[str, int] = {}
        for item in self.multiples:
            steps[item.line] = math.lcm(steps.get(item.line, 1), cents(item.step))
        return {line: step / 100 for line, step in steps.items()}

    @cached_property
    def switched(self) -> frozenset[str]:
        """Lines that may be off and whose being on or off matters to some rule."""
        named = {line for row in self.rows for line, weight in row.active.items() if weight}
        named |= set(self.on_from)
        return frozenset(line for line in named if self.bounds[line][0] <= 0)

    def room(self, line: str, amount: float) -> tuple[float, float]:
        """The allowed stretch of totals around ``amount``: what is off stays off."""
        low, high = self.bounds[line]
        holes = self.inner_holes.get(line, ())
        if amount <= 0 >= low and (line in self.switched or (holes and holes[0][0] <= 0)):
            return 0.0, 0.0
        low = max(low, self.on_from.get(line, 0.0))
        for start, end in holes:
            if start < amount < end:
                return amount, amount
            low, high = (max(low, end), high) if end <= amount else (low, min(high, start))
        return low, high

    def value(self, spend: Mapping[str, float]) -> float:
        """The goal at a plan, on the exact curves, less the price of soft rules broken."""
        return self.value_of(spend, self.response(spend))

    def value_of(self, spend: Mapping[str, float], response: Mapping[Cell, float]) -> float:
        """``value`` from responses already known."""
        floor = min((objective(terms, spend, response) for terms in self.floors), default=0.0)
        paid = sum(
            row.price * max(0.0, -left_side(row, spend, response) + row.bound)
            for row in self.rows
            if row.price is not None
        )
        return objective(self.terms, spend, response) + floor - paid

    def response(self, spend: Mapping[str, float]) -> dict[Cell, float]:
        """Incremental outcome of every cell the problem speaks of, as its meter reads it."""
        return {
            (meter, line): self.responses[meter, line].mean_at(spend[line])[0]
            for meter, line in self.cells
        }

    def rules_only(self) -> AllocationProblem:
        """The same without a goal: whether there is a plan does not depend on what it is for."""
        hard = tuple(row for row in self.rows if row.price is None)
        return replace(self, terms=Terms({}, 0.0, self.terms.unit), floors=(), rows=hard)

    @property
    def money(self) -> tuple[float, bool]:
        """(the budget, whether exactly that is spent)."""
        return self.budget.total, self.budget.exact

    @property
    def known(self) -> frozenset[str]:
        """Names of the meters whose curves are here."""
        return frozenset(meter for meter, _ in self.responses)

    def costs(self, terms: Terms) -> dict[str, Weight]:
        """line -> what a unit of its total adds to a goal."""
        return {line: terms.cost(line) for line in self.lines}

    def ends(self, line: str) -> tuple[float, float]:
        """The least and the most that a line may spend."""
        return self.bounds[line]

    def drawn(self, meters: Mapping[str, Meter]) -> dict[Cell, OfTotal]:
        """(name, line) -> what the meter reads, draw by draw."""
        assert self.extend is not None  # posed from a setting: only there are draws known
        return {cell: OfTotal(curve) for cell, curve in self.extend(meters).items()}

    def aimless(self) -> AllocationProblem:
        """The same without a goal; soft rules keep their price."""
        return replace(self, terms=Terms({}, 0.0, self.terms.unit), floors=())

    def having(
        self,
        limits: Iterable[Limit] = (),
        rows: Iterable[Row] = (),
        *,
        floors: Iterable[Terms] = (),
        meters: Mapping[str, Meter] | None = None,
    ) -> AllocationProblem:
        """The problem with more limits, rows and floors; ``meters`` are those they are new to."""
        responses = self.responses
        if meters:
            assert self.extend is not None  # posed from a setting: only there are draws known
            responses = {**responses, **self.extend(meters)}
        return replace(
            self,
            responses=responses,
            limits=(*self.limits, *limits),
            rows=(*self.rows, *rows),
            floors=(*self.floors, *floors),
        )

    def without(self, rules: set[str]) -> AllocationProblem:
        """The problem without some of its rules."""
        return replace(
            self,
            limits=tuple(limit for limit in self.limits if limit.rule not in rules),
            rows=tuple(row for row in self.rows if row.rule not in rules),
            minima=tuple(item for item in self.minima if item.rule not in rules),
            multiples=tuple(item for item in self.multiples if item.rule not in rules),
        )


def objective(terms: Terms, spend: Mapping[str, float], response: Mapping[Cell, float]) -> float:
    """Σ_m w_m Σ_i R_{m,i} + Σ_i w_i x_i + base."""
    earned = sum(terms.weight(*cell) * mean for cell, mean in response.items())
    return earned + sum(terms.cost(line) * amount for line, amount in spend.items()) + terms.base


def left_side(row: Row, spend: Mapping[str, float], response: Mapping[Cell, float]) -> float:
    """Σ a x + Σ b R + Σ c [x > 0], without what it may be short of."""
    spent = sum(_number(weight) * spend[line] for line, weight in row.spend.items())
    earned = sum(weight * response[cell] for cell, weight in row.response.items())
    on = sum(weight for line, weight in row.active.items() if spend[line] > 0)
    return spent + earned + on


def _number(weight: float | np.ndarray) -> float:
    """A row of a posed problem weighs totals: weights by week are gone with the profile."""
    return float(weight)


def split(declared: Declared) -> tuple[tuple[Limit, ...], tuple[Row, ...]]:
    """A rule's rows as limits on single lines where they are no more than that, else as rows."""
    limits: list[Limit] = []
    rows: list[Row] = []
    for row in declared.rows:
        if row.response or row.active or row.price is not None or len(row.spend) != 1:
            rows.append(row)
            continue
        ((line, weight),) = row.spend.items()
        if weight == 0 and row.bound <= 0:  # of a single line, 100 % of all spend: always so
            continue
        side = "min" if weight > 0 else "max"
        limits.append(Limit(row.rule, line, side, row.bound / float(weight)))
    return tuple(limits), tuple(rows)
