"""What a plan is worth when its draws do not count alike, in plain numbers.

A quantity Z_s(x) (the goal, or how far a rule is kept) is known in every draw s. What is judged is

    ρ(x) = min over weights (q, base) of  mean · Z̄(x) + Σ_s q_s Z_s(x) + base,

a minimum over a set of weights that the judge knows: the bad draws for CVaR, the unreached ones
for the probability of a target. At fixed weights this is separable over lines, like any goal, so

* a finite choice of weights (cuts) gives an ordinary problem whose value is never too low;
* the weights that attain the minimum at a plan make it exact there.

A goal on several models (alternative curves) is the least of them. Solving and proving add cuts
until the problem's value and the true one agree (``risk.search``, ``risk.proof``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from allocator.constraints._base import CENT, Meter, Row, Weight
from allocator.engine.problem import Cell
from allocator.engine.risk.drawn import Amounts, Drawn, Judged, OfTotal
from allocator.engine.risk.tail import soft_tail_weights, tail_weights
from allocator.objectives._base import Terms

KEPT = 5e-7  # of a row's certain part: a draw this near to the limit keeps it


@dataclass(frozen=True, eq=False)
class Cut:
    """mean · z̄ + Σ_s draws_s z_s + base, never below what the judge says of z.

    draws:   (draw,), 0 or more
    certain: how much counts what is alike in all draws; None: the sum of all weights
    """

    mean: float
    draws: np.ndarray
    base: float
    certain: float | None = None

    def at(self, z: np.ndarray) -> float:
        """Its value for a quantity (draw,)."""
        return float(self.mean * z.mean() + self.draws @ z + self.base)

    def of(self, z: np.ndarray, certain: float) -> float:
        """Its value for a quantity of which ``certain`` is alike in all draws."""
        return self.at(z - certain) + self.whole * certain

    def size(self, z: np.ndarray, certain: float) -> float:
        """The largest of the numbers whose sum ``of`` is."""
        uncertain = float(self.weights() @ np.abs(z - certain))
        return float(max(uncertain, abs(self.whole * certain), abs(self.base)))

    @property
    def whole(self) -> float:
        """What a certain unit counts."""
        return float(self.mean + self.draws.sum()) if self.certain is None else self.certain

    def weights(self) -> np.ndarray:
        """(draw,) of each draw, the mean's included."""
        return self.draws + self.mean / len(self.draws)


class Judge(Protocol):
    """A concave reading of a quantity z (draw,), ``certain`` of which is alike in all draws."""

    def cut(self, z: np.ndarray, certain: float) -> Cut | None:
        """The weights that attain the minimum; None where they say nothing (of a guard)."""

    def soft(self, z: np.ndarray, width: float) -> tuple[Cut, float]:
        """Weights that move smoothly with z, and a smooth value ≥ the true one, near it."""

    def spread(self, z: np.ndarray) -> float:
        """A width, in units of z, over which it makes sense to smooth; 0: it is smooth."""


@dataclass(frozen=True, eq=False)
class Blend:
    """(1 − weight) · mean + weight · CVaR_share of z − reference, draw by draw.

    reference: (draw,) what is judged is the gain on it, in the same draws; None: z itself
    """

    share: float
    weight: float = 1.0
    reference: np.ndarray | None = None

    def cut(self, z: np.ndarray, certain: float = 0.0) -> Cut:
        """The worst draws of the gain."""
        return self._cut(tail_weights(self._gain(z), self.share))

    def soft(self, z: np.ndarray, width: float) -> tuple[Cut, float]:
        """The worst draws, fading out."""
        gain = self._gain(z)
        q, value = soft_tail_weights(gain, self.share, width)
        return self._cut(q), float((1 - self.weight) * gain.mean() + self.weight * value)

    def spread(self, z: np.ndarray) -> float:
        """The gain's own spread."""
        return float(np.std(self._gain(z))) if self.weight else 0.0

    def _gain(self, z: np.ndarray) -> np.ndarray:
        return z if self.reference is None else z - self.reference

    def _cut(self, q: np.ndarray) -> Cut:
        cut = Cut(1 - self.weight, self.weight * q, 0.0)
        base = 0.0 if self.reference is None else -float(cut.weights() @ self.reference)
        return replace(cut, base=base)


@dataclass(frozen=True, eq=False)
class Stake:
    """Z_s(x) = Σ earned · R_s + Σ paid · x + Σ on · [x > 0] + base + given_s, by draw.

    A plan is line -> its total, or, where weeks are free, line -> (week,) amounts.
    """

    earned: Mapping[Cell, float]
    paid: Mapping[str, Weight]
    base: float = 0.0
    on: Mapping[str, float] | None = None
    given: np.ndarray | None = None

    @staticmethod
    def of_terms(
        terms: Terms,
        lines: tuple[str, ...],
        paid: Mapping[str, Weight] | None = None,
        given: np.ndarray | None = None,
    ) -> Stake:
        """A goal before it is averaged over the draws; ``paid`` where weeks do not count alike."""
        cells = [(meter, line) for meter in terms.response for line in lines]
        return Stake(
            {cell: terms.weight(*cell) for cell in cells if terms.weight(*cell)},
            {line: terms.cost(line) for line in lines} if paid is None else paid,
            terms.base,
            given=given,
        )

    @staticmethod
    def of_row(row: Row) -> Stake:
        """By how much a row is kept."""
        return Stake(dict(row.response), dict(row.spend), -row.bound, dict(row.active), row.given)

    def blur(self, spend: Amounts) -> float:
        """How near to 0 is as good as there: part of the certain amounts, and a cent of a line."""
        size = max(abs(self._spent(spend)), abs(self.base))
        steepest = max((float(np.max(np.abs(w))) for w in self.paid.values()), default=0.0)
        return KEPT * size + CENT * steepest

    def certain(self, spend: Amounts) -> float:
        """The part that is alike in all draws."""
        on = sum(w for line, w in (self.on or {}).items() if np.sum(spend[line]) > 0)
        return self._spent(spend) + on + self.base

    def _spent(self, spend: Amounts) -> float:
        return sum(float(np.sum(w * spend[line])) for line, w in self.paid.items())


@dataclass(frozen=True, eq=False)
class Goal:
    """What is maximised on one model: a judge's reading of the terms.

    given: (draw,) what there is besides in each draw, whatever the plan; None: nothing
    """

    terms: Terms
    judge: Judge
    given: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Guard:
    """A row that holds as the judge reads it: ρ(left side − bound) ≥ 0."""

    row: Row
    judge: Judge


@dataclass(frozen=True, eq=False)
class Risk:
    """All that a problem holds besides its means.

    goals:  the least of them is maximised; none: the problem's own terms are
    guards: rows that hold in some of the draws
    meters: what the meters in the goals' terms and in the guards' rows mean
    """

    goals: tuple[Goal, ...]
    guards: tuple[Guard, ...]
    meters: Mapping[str, Meter]

    def stakes(self, problem: Judged) -> tuple[Stake, ...]:
        """What is judged: the goals, then the guards."""
        goals = [
            Stake.of_terms(goal.terms, problem.lines, problem.costs(goal.terms), goal.given)
            for goal in self.goals
        ]
        return (*goals, *(Stake.of_row(guard.row) for guard in self.guards))


class Draws:
    """The curves behind some stakes, draw by draw; a plan is read once."""

    def __init__(
        self, problem: Judged, stakes: tuple[Stake, ...], meters: Mapping[str, Meter]
    ) -> None:
        self.stakes = stakes
        wanted = {cell for stake in stakes for cell in stake.earned}
        known = problem.drawn({name: meters[name] for name in sorted({m for m, _ in wanted})})
        self.curves: dict[Cell, Drawn] = {
            cell: curve for cell, curve in known.items() if cell in wanted
        }
        self.nothing = {line: problem.ends(line)[0] for line in problem.lines}
        self.read: dict[Cell, tuple[Any, np.ndarray]] = {}
        self.rate: dict[Cell, tuple[Any, np.ndarray]] = {}

    def near(self) -> Draws:
        """The same, its curves read off what they remember: to climb on, not to judge by."""
        rough = copy(self)
        rough.curves = {
            cell: _Near(curve) if isinstance(curve, OfTotal) else curve
            for cell, curve in self.curves.items()
        }
        rough.read, rough.rate = {}, {}
        return rough

    @property
    def many(self) -> int:
        """How many draws there are."""
        (_, line), curve = next(iter(self.curves.items()))
        return len(curve.value(self.nothing[line]))

    def at(self, spend: Amounts) -> list[np.ndarray]:
        """Every stake in every draw: (draw,) each."""
        return [self.of(stake, spend) for stake in self.stakes]

    def of(self, stake: Stake, spend: Amounts) -> np.ndarray:
        """One stake in every draw: (draw,)."""
        z = np.asarray(stake.certain(spend))
        if stake.given is not None:
            z = z + stake.given
        for cell, weight in stake.earned.items():
            z = z + weight * self._response(cell, spend[cell[1]])
        return z

    def slope(self, stake: Stake, spend: Mapping[str, float], cut: Cut) -> dict[str, float]:
        """line -> what the next unit of its total adds to the stake at these weights."""
        weights = cut.weights()
        out = {line: cut.whole * float(weight) for line, weight in stake.paid.items()}
        for cell, weight in stake.earned.items():
            rate = float(weights @ self._slope(cell, spend[cell[1]]))
            out[cell[1]] = out.get(cell[1], 0.0) + weight * rate
        return out

    def _response(self, cell: Cell, amount: Any) -> np.ndarray:
        return _remembered(self.read, cell, amount, self.curves[cell].value)

    def _slope(self, cell: Cell, amount: Any) -> np.ndarray:
        found = _remembered(self.rate, cell, amount, self.curves[cell].slope)
        return np.nan_to_num(found, nan=0.0, posinf=STEEP)  # nothing times infinitely steep


@dataclass
class _Near:
    """A line's curve, value and slope read together; both are asked for at one amount."""

    exact: OfTotal
    last: tuple[float, tuple[np.ndarray, np.ndarray]] | None = None

    def value(self, amount: float) -> np.ndarray:
        return self._read(amount)[0]

    def slope(self, amount: float) -> np.ndarray:
        return self._read(amount)[1]

    def between(self, low: float, high: float) -> np.ndarray:
        return self.exact.between(low, high)

    def _read(self, amount: float) -> tuple[np.ndarray, np.ndarray]:
        if self.last is None or self.last[0] != amount:
            self.last = amount, self.exact.near(amount)
        return self.last[1]


STEEP = 1e200  # an infinite slope times a weight of nothing is nothing


def _remembered(
    known: dict[Cell, tuple[Any, np.ndarray]],
    cell: Cell,
    amount: Any,
    read: Callable[[Any], np.ndarray],
) -> np.ndarray:
    if cell not in known or not np.array_equal(known[cell][0], amount):
        known[cell] = (amount, read(amount))
    return known[cell][1]
