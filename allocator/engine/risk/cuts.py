"""A problem with risk as an ordinary one: a floor or a row for every weighting of draws so far.

The value of the ordinary problem is never below the true one, whatever the weights: its bound is
a bound. At a plan whose own weights are among them it is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np

from allocator.constraints._base import Meter, Row
from allocator.engine.risk.drawn import Amounts, Judged
from allocator.engine.risk.judge import Cut, Draws, Goal, Risk
from allocator.objectives._base import Terms

SAME = 1e-12  # relative: a cut that lowers a floor by less says nothing new
KEPT = 1e-7  # relative: what polishing and rounding to cents leave of a guard
WIDTH = 3e-3  # of a quantity's spread: draws this near to the edge are told apart by rounding


P = TypeVar("P", bound=Judged)


@dataclass(frozen=True, eq=False)
class Posed(Generic[P]):
    """An ordinary problem that is never worth less than the one with risk.

    problem: with all cuts so far; its terms are nothing where there are goals to judge
    """

    problem: P
    risk: Risk
    draws: Draws
    cuts: int = 0

    @staticmethod
    def of(problem: P, risk: Risk) -> Posed[P]:
        """The problem before any cut: a floor without cuts promises nothing, so add some."""
        draws = Draws(problem, risk.stakes(problem), risk.meters)
        if risk.goals:
            problem = problem.aimless()
        return Posed(problem, risk, draws)

    def value(self, spend: Amounts) -> float:
        """The true goal at a plan; guards are no part of it."""
        if not self.risk.goals:
            return self.problem.value(spend)
        worth = [
            _sure(goal.judge.cut(z, stake.certain(spend))).at(z)
            for goal, z, stake in zip(
                self.risk.goals, self.draws.at(spend), self.draws.stakes, strict=False
            )
        ]
        return min(worth) + self.problem.aimless().value(spend)  # less what soft rules cost

    def at(self, spend: Amounts) -> Posed[P]:
        """With the weights that this plan asks for: exact at it, and good around it."""
        out = self
        judges = [*(one.judge for one in self.risk.goals), *(one.judge for one in self.risk.guards)]
        known = zip(judges, self.draws.at(spend), self.draws.stakes, strict=True)
        for number, (judge, z, stake) in enumerate(known):
            spread = judge.spread(z)
            wanted = [judge.cut(z, stake.certain(spend))]
            if spread > SAME * float(np.abs(z).max(initial=1.0)):
                wanted.append(judge.soft(z, WIDTH * spread)[0])
            for cut in wanted:
                out = out if cut is None else out._with(number, cut)
        return out

    def kept(self, spend: Amounts) -> bool:
        """The guards hold at a plan, as their judges read them."""
        first = len(self.risk.goals)
        stakes = self.draws.stakes[first:]
        for guard, stake in zip(self.risk.guards, stakes, strict=True):
            z, certain = self.draws.of(stake, spend), stake.certain(spend)
            cut = guard.judge.cut(z, certain)
            if cut is not None and cut.of(z, certain) < -KEPT * cut.size(z, certain):
                return False
        return True

    def _with(self, number: int, cut: Cut) -> Posed[P]:
        """With one more cut of a goal or, counted on from there, of a guard."""
        name = f"cut {self.cuts + 1}"
        goals = self.risk.goals
        if number < len(goals):
            terms, used = goal_cut(goals[number], cut, name)
            meters = self._meters(used, cut)
            problem = self.problem.having(floors=[terms], meters=meters)
        else:
            row, used = row_cut(self.risk.guards[number - len(goals)].row, cut, name)
            problem = self.problem.having(rows=[row], meters=self._meters(used, cut))
        return replace(self, problem=problem, cuts=self.cuts + 1)

    def _meters(self, used: Mapping[str, str], cut: Cut) -> dict[str, Meter]:
        """New names -> meters; means that the problem has already are left alone."""
        have = self.problem.known
        own = {new: replace(self.risk.meters[old], draws=cut.draws) for new, old in used.items()}
        if cut.mean:
            own |= {old: self.risk.meters[old] for old in used.values() if old not in have}
        return own


def _sure(cut: Cut | None) -> Cut:
    assert cut is not None  # a goal always reads something
    return cut


def goal_cut(goal: Goal, cut: Cut, name: str) -> tuple[Terms, dict[str, str]]:
    """The goal at fixed weights, and its new meters: name -> the meter whose draws they weigh."""
    used = {f"{meter}, {name}": meter for meter, weight in goal.terms.response.items() if weight}
    response = {new: goal.terms.response[old] for new, old in used.items()}
    if cut.mean:
        response |= {old: cut.mean * goal.terms.response[old] for old in used.values()}
    by_line = {line: weight * cut.whole for line, weight in goal.terms.by_line.items()}
    given = 0.0 if goal.given is None else float(cut.weights() @ goal.given)
    return (
        replace(
            goal.terms,
            response=response,
            spend=goal.terms.spend * cut.whole,
            by_line=by_line,
            base=goal.terms.base * cut.whole + cut.base + given,
        ),
        used,
    )


def row_cut(row: Row, cut: Cut, name: str) -> tuple[Row, dict[str, str]]:
    """The row at fixed weights, likewise."""
    used = {f"{meter}, {name}": meter for meter in dict.fromkeys(m for m, _ in row.response)}
    renamed = {old: new for new, old in used.items()}
    response = {(renamed[m], line): weight for (m, line), weight in row.response.items()}
    if cut.mean:
        response |= {cell: cut.mean * weight for cell, weight in row.response.items()}
    given = 0.0 if row.given is None else float(cut.weights() @ row.given)
    return (
        replace(
            row,
            spend={line: weight * cut.whole for line, weight in row.spend.items()},
            active={line: weight * cut.whole for line, weight in row.active.items()},
            bound=row.bound * cut.whole - cut.base - given,
            response=response,
            probability=None,
            given=None,
        ),
        used,
    )
