"""The last digits of a plan: Newton's method on what holds a top in its place.

SLSQP ends near a top, where a plan may move by a thousandth of the budget at no worth that it can
see. There it is known which bounds and rows hold the plan. With these as equations the conditions
of optimality are solved by Newton steps, each a linear system; a bound or row whose multiplier
says that it does not hold is let go, one that a step meets is taken up (an active-set method:
J. Nocedal, S. Wright, Numerical Optimization, 2006, chapters 16 and 18).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from allocator.engine.problem import AllocationProblem, Cell, left_side, objective

STEPS = 30  # Newton's, and changes of what holds
HELD = 1e-6  # scaled: a bound or row as near as this holds the plan
STILL = 1e-9  # of the budget: a step below is none
FAR = 0.02  # of the budget: a step beyond starts from no top
WRONG = 1e-7  # of the typical slope: multipliers of the wrong sign up to here are rounding
BESIDE = 1e-3  # of a total: where the slope is asked again, for how much it falls
LEAST = 1e-9  # of the fastest: every line's slope falls at least by this, so there is one top
SAME = 1e-9  # of the goal: a start that breaks a row by rounding may be worth so much more
BUDGET = -1  # among the numbers of rows


def finished(problem: AllocationProblem, start: Mapping[str, float]) -> dict[str, float]:
    """The top next to ``start``, on curves as they are remembered; ``start`` where none is found.

    For goals without floors and hard rows; lines that are off and whose being off matters stay
    off. Whether what comes back satisfies the problem is for the caller to ask.
    """
    if problem.floors or any(row.price is not None for row in problem.rows):
        return dict(start)
    top = _Top(problem, start)
    if not top.free or not top.found():
        return dict(start)
    plan, before = top.plan(), _worth(problem, start)
    return plan if _worth(problem, plan) >= before - SAME * abs(before) else dict(start)


def _worth(problem: AllocationProblem, plan: Mapping[str, float]) -> float:
    cells = problem.cells
    near = {cell: problem.responses[cell].mean_near(plan[cell[1]])[0] for cell in cells}
    return objective(problem.terms, plan, near)


class _Top:
    """A plan on its way: amounts of the free lines over the budget, and what holds them.

    side:   (line,) −1 held from below, 1 from above, 0 by nothing
    kept:   numbers of the rows that hold, and BUDGET
    prices: (kept,) what the goal gains when one of them gives way
    """

    def __init__(self, problem: AllocationProblem, start: Mapping[str, float]) -> None:
        self.problem, self.start, self.unit = problem, dict(start), problem.budget.total
        rooms = {line: problem.room(line, start[line]) for line in problem.lines}
        self.free = [
            line
            for line, (low, high) in rooms.items()
            if high - low > HELD * self.unit and line not in problem.steps
        ]
        self.place = {line: place for place, line in enumerate(self.free)}
        self.low, self.high = (
            np.array([rooms[line][side] for line in self.free]) / self.unit for side in (0, 1)
        )
        own = np.array([start[line] for line in self.free]) / self.unit
        at_low, at_high = own - self.low <= HELD, self.high - own <= HELD
        self.side = np.where(at_low, -1, np.where(at_high, 1, 0))
        self.z = np.where(at_low, self.low, np.where(at_high, self.high, own))
        self.spent = 1 - sum(start[x] for x in problem.lines if x not in self.place) / self.unit
        self.size = 0.0  # of the goal's slopes, once they are known
        self._look()
        tight = problem.budget.exact or self.spent - float(self.z.sum()) <= HELD
        self.kept = [BUDGET] if tight else []
        self.kept += [row for row, slack in enumerate(self.slack) if slack <= HELD]
        self.prices = np.zeros(len(self.kept))

    def plan(self) -> dict[str, float]:
        """line -> total, currency."""
        low, high = self.low * self.unit, self.high * self.unit
        amounts = np.clip(self.z * self.unit, low, high)
        return {**self.start, **dict(zip(self.free, amounts.tolist(), strict=True))}

    def found(self) -> bool:
        """Step until nothing moves; False where the steps lead away."""
        for _ in range(STEPS):
            step = self._newton()
            if step is None:
                return False
            if self._released():
                continue
            part = self._part(step)
            size = float(np.abs(part * step).max(initial=0.0))
            if size > FAR:
                return False
            self.z = np.clip(self.z + part * step, self.low, self.high)
            self._look()
            if part == 1.0 and size < STILL:
                return True
        return False

    def _newton(self) -> np.ndarray | None:
        """The step d of the lines that move, and the prices p of what holds.

        D d − Aᵀ p = rise and A d = −left, where D is how fast the Lagrangian's slopes fall.
        """
        moves = np.flatnonzero(self.side == 0)
        across, left = self._equations()
        fall = self.fall.copy()
        for price, row in zip(self.prices, self.kept, strict=True):
            if row != BUDGET:
                fall += price * self.row_fall[row]
        if not np.all(np.isfinite(self.rise[moves])):  # at zero, where a curve may rise at once
            return None
        bent = np.maximum(fall, LEAST * float(np.abs(fall).max(initial=0.0)))[moves]
        own, count = across[:, moves], len(self.kept)
        system = np.block([[np.diag(bent), -own.T], [own, np.zeros((count, count))]])
        answer, *_ = np.linalg.lstsq(system, np.concatenate([self.rise[moves], -left]), rcond=None)
        if not np.all(np.isfinite(answer)):
            return None
        step = np.zeros_like(self.z)
        step[moves], self.prices = answer[: len(moves)], answer[len(moves) :]
        if not len(moves):  # then no line's slope says what holds the plan: the nearest do
            self.prices = np.linalg.lstsq(-across.T, self.rise, rcond=None)[0]
        return step

    def _equations(self) -> tuple[np.ndarray, np.ndarray]:
        """What holds, as equations of a step: (kept, line), and what is left of each: (kept,)."""
        spare = self.spent - float(self.z.sum())
        across = [-np.ones_like(self.z) if r == BUDGET else self.row_rise[r] for r in self.kept]
        left = [spare if row == BUDGET else self.slack[row] for row in self.kept]
        return np.array(across).reshape(-1, len(self.z)), np.array(left)

    def _released(self) -> bool:
        """Let go the row, else the bound, whose price is most wrong; False where none is."""
        wrong = [
            (price, number)
            for number, (price, row) in enumerate(zip(self.prices, self.kept, strict=True))
            if price < -WRONG and not (row == BUDGET and self.problem.budget.exact)
        ]
        if wrong:
            _, number = min(wrong)
            del self.kept[number]
            self.prices = np.delete(self.prices, number)
            return True
        across, _ = self._equations()
        away = -self.side * (self.rise + across.T @ self.prices)
        most = int(np.argmax(away))
        if away[most] <= WRONG:
            return False
        self.z[most] -= self.side[most] * HELD
        self.side[most] = 0
        self._look()
        return True

    def _part(self, step: np.ndarray) -> float:
        """How much of a step there is room for; what stops it holds the plan from here on."""
        with np.errstate(divide="ignore", invalid="ignore"):
            room = np.where(step < 0, (self.low - self.z) / step, (self.high - self.z) / step)
        room[(step == 0) | (self.side != 0)] = np.inf
        stops: list[tuple[float, int, bool]] = [(float(room.min()), int(np.argmin(room)), True)]
        for row in range(len(self.slack)):
            falls = -float(self.row_rise[row] @ step)
            if row not in self.kept and falls > 0:
                stops.append((max(0.0, self.slack[row]) / falls, row, False))
        if BUDGET not in self.kept and step.sum() > 0:
            stops.append(((self.spent - float(self.z.sum())) / float(step.sum()), BUDGET, False))
        part, name, bound = min(stops)
        if part >= 1.0:
            return 1.0
        if bound:
            self.side[name] = -1 if step[name] < 0 else 1
        else:
            self.kept.append(name)
            self.prices = np.append(self.prices, 0.0)
        return part

    def _look(self) -> None:
        """Slopes and how fast they fall, of the goal and of every row, where the plan is now."""
        plan = self.plan()
        least = HELD * self.unit  # at zero itself a curve may rise without end
        height, slope, fall = {}, {}, {}
        for cell in self.problem.cells:
            total = max(plan[cell[1]], least) if cell[1] in self.place else plan[cell[1]]
            height[cell], slope[cell] = self.problem.responses[cell].mean_near(total)
            fall[cell] = self._fall(cell, total, slope[cell]) if cell[1] in self.place else 0.0
        terms = self.problem.terms
        weights = {cell: terms.weight(*cell) for cell in self.problem.cells}
        cost = {line: terms.cost(line) for line in self.free}
        rise, bend = self._of_lines(cost, weights, slope, fall)
        self.size = self.size or float(np.abs(rise[np.isfinite(rise)]).max(initial=0.0)) or 1.0
        self.rise, self.fall = rise / self.size, bend / self.size
        self.slack, self.row_rise, self.row_fall = [], [], []
        for row in self.problem.rows:
            spend = {line: float(weight) for line, weight in row.spend.items()}
            rise, bend = self._of_lines(spend, row.response, slope, fall)
            size = float(np.abs(rise).max(initial=0.0)) or abs(row.bound) or 1.0
            self.slack.append((left_side(row, plan, height) - row.bound) / size)
            self.row_rise.append(rise / size)
            self.row_fall.append(bend / size)

    def _of_lines(
        self,
        spend: Mapping[str, float],
        response: Mapping[Cell, float],
        slope: Mapping[Cell, float],
        fall: Mapping[Cell, float],
    ) -> tuple[np.ndarray, np.ndarray]:
        """Slope of Σ spend·x + Σ response·R in every free line, and how fast it falls: of z."""
        rise, bend = np.zeros_like(self.z), np.zeros_like(self.z)
        for line, weight in spend.items():
            if line in self.place:
                rise[self.place[line]] += weight * self.unit
        for cell, weight in response.items():
            if weight and cell[1] in self.place:
                rise[self.place[cell[1]]] += weight * slope[cell] * self.unit
                bend[self.place[cell[1]]] += weight * fall[cell] * self.unit**2
        return rise, bend

    def _fall(self, cell: Cell, total: float, slope: float) -> float:
        """Minus the second derivative of a curve, from its slope a little further inside."""
        further = total * (1 + BESIDE)
        if further > self.problem.bounds[cell[1]][1]:
            further = total * (1 - BESIDE)
        if further == total or not np.isfinite(slope):
            return 0.0
        return (slope - self.problem.responses[cell].mean_near(further)[1]) / (further - total)
