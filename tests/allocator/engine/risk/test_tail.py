from __future__ import annotations

import numpy as np
import pytest

from allocator.engine.risk.tail import cvar, soft_tail_weights, tail_weights


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 1.0])
def test_cvar_is_the_mean_of_the_worst_draws_sorted(seed: int, share: float) -> None:
    z = np.random.default_rng(seed).normal(3, 2, 200)
    assert cvar(z, share) == pytest.approx(np.sort(z)[: round(share * 200)].mean(), rel=1e-12)


def test_the_draw_at_the_edge_counts_in_part() -> None:
    assert cvar(np.array([4.0, 1.0, 3.0, 2.0]), 0.375) == pytest.approx((1 + 0.5 * 2) / 1.5)
    assert cvar(np.array([4.0, 1.0, 3.0, 2.0]), 0.1) == 1.0


@pytest.mark.parametrize("share", [0.05, 0.2, 0.99])
def test_weights_of_other_quantities_never_give_less(share: float) -> None:
    rng = np.random.default_rng(0)
    z, other = rng.normal(0, 1, (2, 100))
    assert tail_weights(other, share) @ z >= cvar(z, share)
    assert tail_weights(z, share) @ z == pytest.approx(cvar(z, share))


@pytest.mark.parametrize("width", [1.0, 0.1, 1e-3, 1e-6])
@pytest.mark.parametrize("share", [0.013, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("far", [0.0, 1e6])
def test_soft_weights_are_among_those_of_cvar_and_their_value_is_near(
    width: float, share: float, far: float
) -> None:
    z = np.random.default_rng(1).normal(far, 1, 300)
    q, value = soft_tail_weights(z, share, width)
    blur = 1e-9 * max(1.0, far)
    assert q.sum() == pytest.approx(1, abs=1e-12)
    assert q.min() >= 0
    assert q.max() <= 1 / (share * 300) * (1 + 1e-12)
    assert cvar(z, share) - blur <= value <= cvar(z, share) + width / 2 + blur


def test_soft_weights_are_the_slope_of_the_soft_value() -> None:
    z = np.random.default_rng(2).normal(0, 1, 50)
    q, value = soft_tail_weights(z, 0.2, 0.3)
    for draw in range(50):
        moved = z.copy()
        moved[draw] += 1e-6
        slope = (soft_tail_weights(moved, 0.2, 0.3)[1] - value) / 1e-6
        assert slope == pytest.approx(q[draw], abs=1e-5)
