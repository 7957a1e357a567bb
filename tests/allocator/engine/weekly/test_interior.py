"""The quadratic programme: against SLSQP, and where all is fixed or redundant."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from allocator.engine.weekly.interior import Quadratic, minimum

LINES, WEEKS, OTHERS, ROWS = 3, 4, 2, 4


def _random(seed: int) -> tuple[Quadratic, np.ndarray]:
    """A programme, and a point that satisfies it."""
    rng = np.random.default_rng(seed)
    half = rng.normal(size=(LINES, WEEKS, WEEKS))
    count = LINES * WEEKS + OTHERS
    rows = rng.normal(size=(ROWS, count))
    rows[0] = [1.0] * (LINES * WEEKS) + [0.0] * OTHERS
    inside = rng.uniform(0.2, 1.5, count)
    inside[3] = 0.0
    high = np.full(count, 2.0)
    high[3] = 0.0
    bound = rows @ inside - 0.1
    bound[0] += 0.1
    equal = np.array([True, False, False, False])
    blocks = half @ half.transpose(0, 2, 1)
    cost = rng.normal(size=count)
    return Quadratic(blocks, cost, rows, bound, equal, np.zeros(count), high), inside


@pytest.mark.parametrize("seed", range(4))
def test_as_low_as_slsqp_and_within_its_limits(seed: int) -> None:
    q, inside = _random(seed)

    def worth(z: np.ndarray) -> float:
        own = z[: LINES * WEEKS].reshape(LINES, WEEKS)
        return float(0.5 * np.einsum("ia,iab,ib", own, q.blocks, own) + q.cost @ z)

    found = minimum(q)
    assert found is not None
    z, _ = found
    other = minimize(
        worth, inside, method="SLSQP", bounds=list(zip(q.low, q.high, strict=True)),
        constraints=[
            {"type": "eq", "fun": lambda z: q.rows[:1] @ z - q.bound[:1]},
            {"type": "ineq", "fun": lambda z: q.rows[1:] @ z - q.bound[1:]},
        ],
        options={"maxiter": 500, "ftol": 1e-14},
    )  # fmt: skip
    assert worth(z) == pytest.approx(other.fun, abs=1e-7)
    assert abs(q.rows[0] @ z - q.bound[0]) < 1e-9
    assert np.all(q.rows[1:] @ z - q.bound[1:] > -1e-9)
    assert np.all((z >= q.low - 1e-12) & (z <= q.high + 1e-12))


def test_multipliers_are_what_a_row_costs() -> None:
    """½x² + ½y² of x + y ≥ 2: at (1, 1), and one more costs 1."""
    q = Quadratic(
        np.eye(2)[None], np.zeros(2), np.ones((1, 2)), np.array([2.0]), np.array([False]),
        np.zeros(2), np.full(2, 10.0),
    )  # fmt: skip
    found = minimum(q)
    assert found is not None
    assert found[0] == pytest.approx([1.0, 1.0])
    assert found[1] == pytest.approx([1.0])


def test_rows_that_cannot_hold_have_no_minimum() -> None:
    q = Quadratic(
        np.eye(2)[None], np.zeros(2), np.ones((1, 2)), np.array([5.0]), np.array([False]),
        np.zeros(2), np.ones(2),
    )  # fmt: skip
    assert minimum(q) is None
