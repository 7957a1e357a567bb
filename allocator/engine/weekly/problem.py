"""WeeklyProblem: the mathematics of one scenario in amounts by line and week, without a solver.

::

    maximise    Σ_{m,i} w_mi R_mi(x_i) + Σ_i c_i Σ_t x_it + min_j F_j(x) − Σ_r price_r · short_r
    subject to  lower ≤ x ≤ upper,  Σ x = budget  (or ≤ budget)
                Σ_{i,t} a_it x_it + Σ_{m,i} b_mi R_mi(x_i) + Σ_i c_i [Σ_t x_it > 0] + short_r
                    ≥ bound            for every row r; short_r = 0 where it is hard
                Σ_t x_it = 0 or ≥ minimum_i where a minimum is set

x_it is the spend of line i in week t (currency). R_mi is a line's incremental outcome under
weights on the draws, with carry-in from what was spent before, carry-over inside the window and
what comes after it: a sum of terms, one for each week in which exposure is flattened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from allocator.constraints._base import Meter, MinimumIfActive, Row
from allocator.engine.problem import Budget, Cell, Limit
from allocator.objectives._base import Terms
from mmm.curves import FlightedResponse


@dataclass(frozen=True, eq=False)
class Reading:
    """What a meter reads: Σ_s weights_s · R_s of a source. weights: (draw,), 0 or more."""

    source: str
    weights: np.ndarray


Readings = Mapping[str, Reading]
Sources = Mapping[tuple[str, str], FlightedResponse]
"""(source, line) -> response; a source is a KPI on some curves, counted in some way"""


@dataclass(frozen=True, eq=False)
class WeeklyProblem:
    """One scenario as mathematics. Amounts are (line, week) arrays, currency."""

    lines: tuple[str, ...]
    weeks: int
    budget: Budget
    terms: Terms
    readings: Readings
    sources: Sources
    rows: tuple[Row, ...] = ()
    minima: tuple[MinimumIfActive, ...] = ()
    floors: tuple[Terms, ...] = ()
    interest: np.ndarray | None = None
    """(week + 1,) what money of each week counts, the last after the window; None: all of it"""
    extend: Callable[[Mapping[str, Meter]], tuple[Readings, Sources]] | None = None
    """meters ↦ what they read, for who adds rows or floors later"""

    @cached_property
    def place(self) -> dict[str, int]:
        """line -> its row in every array of amounts."""
        return {line: place for place, line in enumerate(self.lines)}

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every (meter, line) that the goal or a row speaks of, in a fixed order."""
        wanted = {
            (meter, line)
            for terms in (self.terms, *self.floors)
            for meter in terms.response
            for line in self.lines
            if terms.weight(meter, line)
        }
        for row in self.rows:
            wanted.update(cell for cell, weight in row.response.items() if weight)
        return tuple(sorted(wanted))

    @cached_property
    def capped(self) -> frozenset[Cell]:
        """Cells of which less is better somewhere: a row or a goal weighs them below zero."""
        found = {cell for row in self.rows for cell, weight in row.response.items() if weight < 0}
        return frozenset(found | self._weighed(lambda weight: weight < 0))

    @cached_property
    def raised(self) -> frozenset[Cell]:
        """Cells of which more is better somewhere."""
        found = {cell for row in self.rows for cell, weight in row.response.items() if weight > 0}
        return frozenset(found | self._weighed(lambda weight: weight > 0))

    def _weighed(self, such: Callable[[float], bool]) -> set[Cell]:
        return {
            (meter, line)
            for terms in (self.terms, *self.floors)
            for meter in terms.response
            for line in self.lines
            if such(terms.weight(meter, line))
        }

    @cached_property
    def metered(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """(source, line) -> the meters of ``cells`` that read it: one evaluation serves them."""
        found: dict[tuple[str, str], list[str]] = {}
        for meter, line in self.cells:
            found.setdefault((self.readings[meter].source, line), []).append(meter)
        return {key: tuple(meters) for key, meters in found.items()}

    @cached_property
    def concave(self) -> bool:
        """Whether responses are concave and never capped: planes alone come as near as you like."""
        return all(self.sources[key].concave for key in self.metered) and not self.capped

    @cached_property
    def one_top(self) -> bool:
        """Whether every top is the top: concave, and nothing is switched."""
        return self.concave and not self.switched

    def weights(self, source: str, line: str) -> np.ndarray:
        """Weights on draws of the meters that read this: (m, draw), as ``metered`` names them."""
        return np.stack([self.readings[meter].weights for meter in self.metered[source, line]])

    @cached_property
    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """(lower, upper), (line, week) each: rows on a single amount, and what others imply.

        Lower may lie above upper: then there is no plan.
        """
        low = np.zeros((len(self.lines), self.weeks))
        high = np.full_like(low, self.budget.total)
        for row in self.rows:
            if bounding(row, self.weeks):
                ((line, weight),) = row.spend.items()
                own = weekly(weight, self.weeks)
                (week,) = np.flatnonzero(own)
                at, limit = (self.place[line], week), row.bound / own[week]
                side, pick = (low, max) if own[week] > 0 else (high, min)
                side[at] = pick(side[at], limit)
        for weights, bound in self.spend_rows:
            if (weights <= 0).all() and weights.any():  # Σ |w| x ≤ −bound
                size = -weights
                spare = -bound - float((size * low).sum())
                room = low + np.divide(spare, size, out=np.full_like(low, np.inf), where=size > 0)
                high = np.minimum(high, np.maximum(room, low))
        spare = self.budget.total - float(low.sum())
        return low, np.minimum(high, np.maximum(low + spare, low))

    @cached_property
    def spend_rows(self) -> tuple[tuple[np.ndarray, float], ...]:
        """Hard rows about spend alone as (weights (line, week), bound)."""
        return tuple(
            (self.spread(row), row.bound)
            for row in self.rows
            if row.price is None and not row.response and not row.active
        )

    def spread(self, row: Row) -> np.ndarray:
        """A row's weights on spend: (line, week)."""
        out = np.zeros((len(self.lines), self.weeks))
        for line, weight in row.spend.items():
            out[self.place[line]] += weight
        return out

    @cached_property
    def crossed(self) -> bool:
        """Whether limits on single amounts or the minima alone leave no plan."""
        low, high = self.box
        few = 1e-12 * self.budget.total
        return bool((low > high + few).any()) or float(low.sum()) > self.budget.total + few

    @cached_property
    def on_from(self) -> dict[str, float]:
        """line -> smallest total it may spend when it spends at all."""
        smallest: dict[str, float] = {}
        for item in self.minima:
            smallest[item.line] = max(smallest.get(item.line, 0.0), item.minimum)
        return smallest

    @cached_property
    def switched(self) -> tuple[str, ...]:
        """Lines that may be off and whose being on or off matters to some rule, in order."""
        named = {line for row in self.rows for line, weight in row.active.items() if weight}
        named |= set(self.on_from)
        low = self.box[0]
        return tuple(x for x in self.lines if x in named and not low[self.place[x]].any())

    def value(self, spend: np.ndarray) -> float:
        """The goal at a plan, on the exact curves, less the price of soft rules broken."""
        return self.value_of(spend, self.response(spend))

    def value_of(self, spend: np.ndarray, response: Mapping[Cell, float]) -> float:
        """``value`` from responses already known."""
        floor = min((self.worth(terms, spend, response) for terms in self.floors), default=0.0)
        paid = sum(
            row.price * max(0.0, row.bound - self.left_side(row, spend, response))
            for row in self.rows
            if row.price is not None
        )
        return self.worth(self.terms, spend, response) + floor - paid

    def worth(self, terms: Terms, spend: np.ndarray, response: Mapping[Cell, float]) -> float:
        """One goal at a plan, from responses already known."""
        earned = sum(terms.weight(*cell) * mean for cell, mean in response.items())
        return earned + float((self.cost(terms) * spend).sum()) + terms.base

    def cost(self, terms: Terms) -> np.ndarray:
        """What a unit of every amount adds to a goal: (line, week). Early money weighs more where
        interest counts, whatever a line's profile was."""
        if self.interest is not None:
            return np.tile(terms.spend * self.interest[:-1], (len(self.lines), 1))
        each = np.array([[terms.cost(line)] for line in self.lines])
        return np.repeat(each, self.weeks, axis=1)

    def response(self, spend: np.ndarray) -> dict[Cell, float]:
        """What the meters read of every cell the problem speaks of."""
        out: dict[Cell, float] = {}
        for (source, line), meters in self.metered.items():
            draws = self.sources[source, line].value(spend[self.place[line]])
            for meter in meters:
                out[meter, line] = float(self.readings[meter].weights @ draws)
        return out

    def left_side(self, row: Row, spend: np.ndarray, response: Mapping[Cell, float]) -> float:
        """Σ a x + Σ b R + Σ c [x > 0], without what it may be short of."""
        spent = sum(float((spend[self.place[x]] * w).sum()) for x, w in row.spend.items())
        earned = sum(weight * response[cell] for cell, weight in row.response.items() if weight)
        on = sum(w for line, w in row.active.items() if spend[self.place[line]].sum() > 0)
        return spent + earned + on

    def rules_only(self) -> WeeklyProblem:
        """The same without a goal: whether there is a plan does not depend on what it is for."""
        hard = tuple(row for row in self.rows if row.price is None)
        return replace(self, terms=Terms({}, 0.0, self.terms.unit), floors=(), rows=hard)

    def having(
        self,
        limits: Iterable[Limit] = (),
        rows: Iterable[Row] = (),
        *,
        floors: Iterable[Terms] = (),
        meters: Mapping[str, Meter] | None = None,
    ) -> WeeklyProblem:
        """The problem with more limits, rows and floors; ``meters`` are those they are new to."""
        readings, sources = self.readings, self.sources
        if meters:
            assert self.extend is not None  # posed from a setting: only there are draws known
            new_readings, new_sources = self.extend(meters)
            readings = {**readings, **new_readings}
            sources = {**new_sources, **sources}  # what is there keeps what it has computed
        return replace(
            self,
            readings=readings,
            sources=sources,
            rows=(*self.rows, *map(total_row, limits), *rows),
            floors=(*self.floors, *floors),
        )

    def without(self, rules: set[str]) -> WeeklyProblem:
        """The problem without some of its rules."""
        return replace(
            self,
            rows=tuple(row for row in self.rows if row.rule not in rules),
            minima=tuple(item for item in self.minima if item.rule not in rules),
        )


def weekly(weight: float | np.ndarray, weeks: int) -> np.ndarray:
    """A weight of a row for every week: (week,)."""
    return np.broadcast_to(np.asarray(weight, dtype=float), (weeks,))


def bounding(row: Row, weeks: int) -> bool:
    """Whether a row is no more than a bound on one amount."""
    if row.response or row.active or row.price is not None or len(row.spend) != 1:
        return False
    ((_, weight),) = row.spend.items()
    return np.count_nonzero(weekly(weight, weeks)) == 1


def total_row(limit: Limit) -> Row:
    """A limit on a line's total as a row."""
    sign = 1.0 if limit.side == "min" else -1.0
    return Row(limit.rule, limit.line, limit.side, sign * limit.amount, {limit.line: sign})
