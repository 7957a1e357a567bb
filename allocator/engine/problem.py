"""AllocationProblem: the mathematics of one scenario, without a solver.

::

    maximise    Σ_k w_k Σ_i R_{k,i}(x_i) + w_0 Σ_i x_i
    subject to  lower ≤ x ≤ upper,  Σ x = budget  (or ≤ budget)
                Σ_i a_i x_i + Σ_{k,i} b_{k,i} R_{k,i}(x_i) ≥ bound     for every row, b ≥ 0
                x_i = 0 or x_i ≥ minimum_i                             where a minimum is set

x_i is the total of line i over the window (currency), R_{k,i} the mean over all draws of its
incremental outcome for KPI k.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from allocator.constraints._base import Declared, MinimumIfActive, Row
from allocator.objectives._base import Terms
from mmm.curves import SteadyResponse

Cell = tuple[str, str]
"""(kpi, line)"""


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
    """One scenario as mathematics; ``responses`` holds the curve of every (kpi, line)."""

    lines: tuple[str, ...]
    budget: Budget
    terms: Terms
    responses: Mapping[Cell, SteadyResponse]
    domain: Mapping[str, float]
    """line -> largest total for which its response is known, currency"""
    limits: tuple[Limit, ...] = ()
    rows: tuple[Row, ...] = ()
    minima: tuple[MinimumIfActive, ...] = ()
    also: tuple[Cell, ...] = ()
    """cells that matter to rules outside the problem"""

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every (kpi, line) that the objective, a row or ``also`` speaks of, in a fixed order."""
        wanted = {
            (kpi, line) for kpi, weight in self.terms.response.items() if weight
            for line in self.lines
        }  # fmt: skip
        for row in self.rows:
            wanted.update(row.response)
        wanted.update(self.also)
        return tuple(cell for cell in sorted(self.responses) if cell in wanted)

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

    def value(self, spend: Mapping[str, float]) -> float:
        """The objective at a plan, on the exact curves."""
        return objective(self.terms, spend, self.response(spend))

    def response(self, spend: Mapping[str, float]) -> dict[Cell, float]:
        """Mean incremental outcome of every cell the problem speaks of."""
        return {
            (kpi, line): self.responses[kpi, line].mean_at(spend[line])[0]
            for kpi, line in self.cells
        }

    def at_any_budget(self) -> AllocationProblem:
        """Money no object: twice what limits or the budget ask for may be spent, or less."""
        asked = sum(max(low, self.on_from.get(line, 0.0)) for line, (low, _) in self.bounds.items())
        return replace(self, budget=Budget(2 * max(self.budget.total, asked), False))

    def rules_only(self) -> AllocationProblem:
        """The same without a goal: whether there is a plan does not depend on what it is for."""
        return replace(self, terms=Terms({}, 0.0, self.terms.unit))

    def having(self, limits: tuple[Limit, ...], rows: tuple[Row, ...]) -> AllocationProblem:
        """The problem with more limits and rows."""
        return replace(self, limits=self.limits + limits, rows=self.rows + rows)

    def without(self, rules: set[str]) -> AllocationProblem:
        """The problem without some of its rules."""
        return replace(
            self,
            limits=tuple(limit for limit in self.limits if limit.rule not in rules),
            rows=tuple(row for row in self.rows if row.rule not in rules),
            minima=tuple(item for item in self.minima if item.rule not in rules),
        )


def objective(terms: Terms, spend: Mapping[str, float], response: Mapping[Cell, float]) -> float:
    """Σ_k w_k Σ_i R_{k,i} + w_0 Σ_i x_i."""
    earned = sum(terms.response.get(kpi, 0.0) * mean for (kpi, _), mean in response.items())
    return earned + terms.spend * sum(spend.values())


def split(declared: Declared) -> tuple[tuple[Limit, ...], tuple[Row, ...]]:
    """A rule's rows as limits on single lines where they are no more than that, else as rows."""
    limits: list[Limit] = []
    rows: list[Row] = []
    for row in declared.rows:
        if row.response or len(row.spend) != 1:
            rows.append(row)
            continue
        ((line, weight),) = row.spend.items()
        if weight == 0 and row.bound <= 0:  # of a single line, 100 % of all spend: always so
            continue
        side = "min" if weight > 0 else "max"
        limits.append(Limit(row.rule, line, side, row.bound / weight))
    return tuple(limits), tuple(rows)
