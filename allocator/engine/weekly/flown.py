"""A weekly problem as what looks at draws asks for it, and proves it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from allocator.constraints._base import Meter, Row, Weight
from allocator.engine.problem import Cell
from allocator.engine.proof.certificate import Certificate
from allocator.engine.risk.judge import Risk
from allocator.engine.risk.proof import safe_bound, weighted
from allocator.engine.risk.stated import Stated
from allocator.engine.weekly.certificate import Bound, certify
from allocator.engine.weekly.problem import WeeklyProblem
from allocator.engine.weekly.prove import aim_of, prove
from allocator.objectives._base import Terms
from mmm.curves import FlightedResponse

Plan = dict[str, Any]
"""line -> (week,) amounts, currency"""
CENT = 0.01
SMALL = 1e-6  # of the amounts: a step that a difference is taken over
PARTS = 3  # of the time left: what one weighting of the draws may take where curves are bent
FEW = 16  # boxes: what bent curves add to a bound that draws keep away
STALLED = 0.02  # of the gap: rounds of weights that take less off it lead nowhere


@dataclass(frozen=True)
class OfWeeks:
    """A line's response to its weeks."""

    response: FlightedResponse

    def value(self, amount: np.ndarray) -> np.ndarray:
        """(draw,) of (week,) amounts."""
        return self.response.value(amount)

    def slope(self, amount: np.ndarray) -> np.ndarray:
        """(draw,) what each draw gains by a unit more in every week, by a small difference."""
        step = max(SMALL * float(amount.sum()), CENT)
        gained: np.ndarray = (self.value(amount + step) - self.value(amount)) / step
        return gained

    def between(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """At both ends: fitted curves rise or fall throughout, in every week."""
        return np.stack([self.value(low), self.value(np.maximum(low, high))], axis=1)


@dataclass(frozen=True, eq=False)
class Flown:
    """Plans are line -> (week,) amounts here, and (line, week) arrays within."""

    weekly: WeeklyProblem

    @property
    def lines(self) -> tuple[str, ...]:
        """In order."""
        return self.weekly.lines

    @property
    def terms(self) -> Terms:
        """The goal."""
        return self.weekly.terms

    @property
    def money(self) -> tuple[float, bool]:
        """(the budget, whether exactly that is spent)."""
        return self.weekly.budget.total, self.weekly.budget.exact

    @property
    def known(self) -> frozenset[str]:
        """Names of the meters it can read already."""
        return frozenset(self.weekly.readings)

    def array(self, spend: Mapping[str, Any]) -> np.ndarray:
        """(line, week) currency."""
        return np.array([spend[line] for line in self.lines])

    def plan(self, spend: np.ndarray) -> Plan:
        """(line, week) amounts by line."""
        return dict(zip(self.lines, spend, strict=True))

    def value(self, spend: Mapping[str, Any]) -> float:
        """The goal at a plan, less the price of soft rules broken."""
        return self.weekly.value(self.array(spend))

    def costs(self, terms: Terms) -> dict[str, Weight]:
        """line -> (week,) what a unit of money adds to a goal."""
        return dict(zip(self.lines, self.weekly.cost(terms), strict=True))

    def ends(self, line: str) -> tuple[np.ndarray, np.ndarray]:
        """The least and the most of every week."""
        low, high = (side[self.weekly.place[line]] for side in self.weekly.box)
        return low, high

    def drawn(self, meters: Mapping[str, Meter]) -> dict[Cell, OfWeeks]:
        """(name, line) -> what the meter reads, draw by draw."""
        assert self.weekly.extend is not None  # posed from a setting: only there are draws known
        readings, sources = self.weekly.extend(meters)
        return {
            (name, line): OfWeeks(sources[reading.source, line])
            for name, reading in readings.items()
            for line in self.lines
        }

    def aimless(self) -> Flown:
        """The same without a goal; soft rules keep their price."""
        nothing = Terms({}, 0.0, self.terms.unit)
        return Flown(replace(self.weekly, terms=nothing, floors=()))

    def having(
        self,
        *,
        rows: Iterable[Row] = (),
        floors: Iterable[Terms] = (),
        meters: Mapping[str, Meter] | None = None,
    ) -> Flown:
        """The same with more rows and floors; ``meters`` are those they are new to."""
        return Flown(self.weekly.having(rows=rows, floors=floors, meters=meters))


def certify_flown(problem: Flown, *, gap: float, time_limit: float) -> Certificate:
    """The certificate of a weekly problem, its point by line."""
    return _by_line(problem, certify(problem.weekly, gap=gap, time_limit=time_limit))


def prove_flown(
    problem: Flown, risk: Risk, plan: Mapping[str, Any], *, time_limit: float
) -> tuple[Certificate, float]:
    """``prove_risky`` for plans by week.

    Where curves are bent, and guards keep the bound away from the plan whatever the range, weights
    are gathered on the relaxation of the whole range, which is cut little when they are all there.
    Goals alone are exact at the plan's own weights: there every round cuts the range.
    """
    started = time.monotonic()

    def left() -> float:
        return max(0.1, time_limit - (time.monotonic() - started))

    late = False

    def one(posed: Flown, spend: Mapping[str, Any], *, time_limit: float) -> Any:
        nonlocal late
        bent = not posed.weekly.concave
        certificate, aim = _proven(posed, spend, time_limit=left() / PARTS if bent else time_limit)
        late = late or certificate.timed_out
        return replace(certificate, timed_out=certificate.timed_out and not bent), aim

    step = _at_the_root if risk.guards else one
    posed, found, aim = weighted(
        problem, risk, plan, time_limit=time_limit, prove=step, stalled=STALLED
    )
    weekly, own, value = posed.problem.weekly, problem.array(plan), posed.value(plan)
    if found.bound - value <= aim or found.infeasible:
        return found, aim
    if risk.guards and not weekly.concave and not found.timed_out:
        cut = _by_line(posed.problem, certify(weekly, own, gap=aim, time_limit=left(), most=FEW))
        return replace(cut, bound=min(cut.bound, found.bound)), aim
    return replace(found, timed_out=found.timed_out or late), aim


def _at_the_root(
    problem: Flown, plan: Mapping[str, Any], *, time_limit: float
) -> tuple[Certificate, float]:
    """The bound of the relaxation of the whole range, and the aim of the whole proof."""
    own = problem.array(plan)
    aim = aim_of(problem.weekly, own)
    gap = aim if problem.weekly.concave else np.inf
    return _by_line(problem, certify(problem.weekly, own, gap=gap, time_limit=time_limit)), aim


def safe_flown(
    problem: Flown,
    stated: Stated,
    safe: tuple[Sequence[float], Sequence[float]],
    plan: Mapping[str, Any],
    *,
    time_limit: float,
) -> float:
    """``safe_bound`` for plans by week."""
    return safe_bound(problem, stated, safe, plan, time_limit=time_limit, proven=prove_flown)


def _proven(
    problem: Flown, plan: Mapping[str, Any], *, time_limit: float
) -> tuple[Certificate, float]:
    found, aim = prove(problem.weekly, problem.array(plan), time_limit=time_limit)
    return _by_line(problem, found), aim


def _by_line(problem: Flown, found: Bound) -> Certificate:
    if not found.points or found.certificate.infeasible:
        return found.certificate
    return replace(found.certificate, point=problem.plan(found.points[-1]))
