"""A convex quadratic programme whose variables fall into blocks: an interior point method.

    minimise ½ zᵀ H z + cᵀ z   subject to   A z ≥ b (= b where equal),  low ≤ z ≤ high

H has one block for each line (its weeks) and zeros for the rest, so that a step costs one small
Cholesky factor a line and one system in the rows. Mehrotra's predictor and corrector (S. Mehrotra,
On the implementation of a primal-dual interior point method, SIAM J. Optim. 2, 1992).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEPS = 60
NEAR = 1e-10  # complementarity and residuals, in scaled units
FAIR = 1e-6  # the same where rounding lets it come no nearer
BACK = 0.995  # of the way to the nearest bound
STIFF = 1e-7  # scaled: others that nothing bends; softer, they drown the rows in rounding
STILL = 1e-12  # a range narrower than this (scaled) is a fixed number


@dataclass(frozen=True, eq=False)
class Quadratic:
    """blocks: (line, week, week); z is all lines' weeks, line by line, then ``len(cost)`` − that
    many others without curvature. rows: (m, n); equal: (m,) whether a row holds with equality."""

    blocks: np.ndarray
    cost: np.ndarray
    rows: np.ndarray
    bound: np.ndarray
    equal: np.ndarray
    low: np.ndarray
    high: np.ndarray


def minimum(q: Quadratic) -> tuple[np.ndarray, np.ndarray] | None:
    """(z, multipliers of the rows) at the minimum; None where the steps do not lead there."""
    fixed = q.high - q.low <= STILL
    high = np.where(fixed, q.low + 1.0, q.high)
    z = np.where(fixed, q.low, (q.low + high) / 2)
    rows = np.where(fixed, 0.0, q.rows)
    bound = q.bound - q.rows[:, fixed] @ q.low[fixed]
    cost = q.cost + _times(q.blocks, np.where(fixed, q.low, 0.0))
    free = np.where(fixed, 0.0, 1.0)
    size = max(1.0, _largest(cost * free))
    y = np.where(q.equal, 0.0, size)
    s = np.where(q.equal, 0.0, np.maximum(rows @ z - bound, 1.0))
    below, above = (np.where(fixed, 0.0, size) for _ in range(2))
    count = max(1.0, 2 * free.sum() + (~q.equal).sum())
    good: tuple[np.ndarray, np.ndarray] | None = None
    for _ in range(STEPS):
        under, over = z - q.low, high - z
        under, over = (np.where(fixed, 1.0, side) for side in (under, over))
        dual = (_times(q.blocks, z * free) + cost - rows.T @ y - below + above) * free
        primal = rows @ z - s - bound
        mu = float(below @ under + above @ over + y[~q.equal] @ s[~q.equal]) / count
        off = max(mu / size, _largest(primal), _largest(dual) / (1e2 * size))
        if off < FAIR:
            good = np.where(fixed, q.low, z), y
        if off < NEAR or not (under > 0).all() or not (over > 0).all():
            return good
        solve = _Factored(q, rows, below / under + above / over, fixed, (y, s))
        state = (dual, primal, (z, y, s, below, above), (under, over))
        ahead = solve.step(state, np.zeros(3), 0.0)
        if ahead is None:
            return good
        part = _longest(q.equal, fixed, state[2], state[3], ahead)
        dz, dy, ds, db, da = ahead
        later = (
            float(
                (below + part * db) @ ((under + part * dz) * free)
                + (above + part * da) @ ((over - part * dz) * free)
                + (y + part * dy)[~q.equal] @ (s + part * ds)[~q.equal]
            )
            / count
        )
        aim = mu * min(1.0, max(later, 0.0) / mu) ** 3
        step = solve.step(state, (db * dz, -da * dz, dy * ds), aim)
        if step is None:
            return good
        part = BACK * _longest(q.equal, fixed, state[2], state[3], step)
        dz, dy, ds, db, da = step
        z, y, s = z + part * dz, y + part * dy, s + part * ds
        below, above = below + part * db, above + part * da
        if not (np.isfinite(z).all() and np.isfinite(y).all()):
            return good
    return good


def _largest(values: np.ndarray) -> float:
    return float(np.abs(values).max(initial=0.0))


def _times(blocks: np.ndarray, z: np.ndarray) -> np.ndarray:
    """H z."""
    count, weeks, _ = blocks.shape
    out = np.zeros_like(z)
    own = z[: count * weeks].reshape(count, weeks, 1)
    out[: count * weeks] = (blocks @ own).ravel()
    return out


class _Factored:
    """One linearisation of the optimality conditions, solved for two right sides."""

    def __init__(
        self,
        q: Quadratic,
        rows: np.ndarray,
        diagonal: np.ndarray,
        fixed: np.ndarray,
        pair: tuple[np.ndarray, np.ndarray],
    ) -> None:
        self.q, self.rows, self.fixed = q, rows, fixed
        count, weeks, _ = q.blocks.shape
        self.shape = count, weeks
        diagonal = np.where(fixed, 1.0, diagonal)
        free = (~fixed[: count * weeks]).reshape(count, weeks)
        blocks = q.blocks * free[:, :, None] * free[:, None, :]
        index = np.arange(weeks)
        blocks[:, index, index] += diagonal[: count * weeks].reshape(count, weeks)
        self.inverse = np.linalg.inv(blocks)
        self.rest = np.maximum(diagonal[count * weeks :], STIFF)
        y, s = pair
        self.relaxed = np.where(q.equal, 0.0, s / np.where(q.equal, 1.0, y))
        self.lifted = self._over(rows.T)
        normal = rows @ self.lifted + np.diag(self.relaxed)
        # rows that say the same twice leave it singular but for this
        normal[np.diag_indices_from(normal)] *= 1 + 1e-12
        normal[np.diag_indices_from(normal)] += 1e-14
        self.normal = normal

    def step(
        self, state: tuple, second: tuple | np.ndarray, aim: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray] | None:
        """Changes of (z, y, s, below, above) towards complementarity ``aim``."""
        dual, primal, (_, y, s, below, above), (under, over) = state
        equal, free = self.q.equal, np.where(self.fixed, 0.0, 1.0)
        lack_low = (aim - below * under - second[0]) * free
        lack_high = (aim - above * over - second[1]) * free
        lack_row = np.where(equal, 0.0, aim - y * s - second[2])
        right = -dual + lack_low / under - lack_high / over
        back = np.where(equal, 0.0, lack_row / np.where(equal, 1.0, y))
        try:
            dy = np.linalg.solve(self.normal, -primal + back - self.rows @ self._over(right))
        except np.linalg.LinAlgError:
            return None
        dz = (self._over(right) + self.lifted @ dy) * free
        ds = np.where(equal, 0.0, back - self.relaxed * dy)
        db = lack_low / under - below / under * dz
        da = lack_high / over + above / over * dz
        return dz, dy, ds, db * free, da * free

    def _over(self, right: np.ndarray) -> np.ndarray:
        """(H + diagonal)⁻¹ times one or several columns."""
        count, weeks = self.shape
        wide = right.reshape(len(right), -1)
        head = self.inverse @ wide[: count * weeks].reshape(count, weeks, -1)
        tail = wide[count * weeks :] / self.rest[:, None]
        return np.concatenate([head.reshape(count * weeks, -1), tail]).reshape(right.shape)


def _longest(equal: np.ndarray, fixed: np.ndarray, point: tuple, room: tuple, step: tuple) -> float:
    """The largest part of a step, at most 1, that keeps everything positive."""
    _, y, s, below, above = point
    under, over = room
    dz, dy, ds, db, da = step
    pairs = [
        (under, dz, ~fixed), (over, -dz, ~fixed), (below, db, ~fixed), (above, da, ~fixed),
        (y, dy, ~equal), (s, ds, ~equal),
    ]  # fmt: skip
    part = 1.0
    for value, change, which in pairs:
        falling = which & (change < 0)
        if falling.any():
            part = min(part, float((-value[falling] / change[falling]).min()))
    return part
