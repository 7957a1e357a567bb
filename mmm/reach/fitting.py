"""Which NBD curve weekly reach speaks for: the posterior of its shape on a small grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mmm.reach.curve import ReachCurve
from mmm.reach.families import NegativeBinomial

FEWEST = 3  # weeks: one more than there are unknowns
STEPS = 61  # of the grid, per unknown
ZOOMS = 5  # each keeps what matters of the grid before: 61 steps then span the posterior
KEPT = 12.0  # in logarithms below the best: beyond it lie 6e-6 of the best's weight
ROUNDING = 1e-3  # of reported reach, relative: weeks that fit to the digit are not certainty
EXCESS = 0.05  # reported reach is an estimate: in thin weeks it may exceed the impressions a little
SHAPES = (1e-3, 1e3)  # below: nobody but one sees anything; above: independence to 4 digits
AUDIENCES = (1.0001, 100.0)  # as multiples of the largest reach seen


@dataclass(frozen=True, eq=False)
class ReachFit:
    """Posterior draws of the NBD curve of one audience.

    curve: the draws; weeks: how many weeks it rests on; error: root mean square of
    ln(observed / fitted reach) at the posterior median, which is about the relative error.
    """

    curve: ReachCurve
    weeks: int
    error: float


def fit_reach(
    impressions: np.ndarray,
    reach: np.ndarray,
    *,
    audience: float | None = None,
    audience_prior: tuple[float, float] | None = None,
    shape_prior: tuple[float, float] = (0.0, 2.0),
    draws: int = 500,
    seed: int = 0,
) -> ReachFit:
    """The NBD curve behind weekly ``impressions`` and ``reach``, both (week,).

    ln reach_t ~ Normal(ln R(impressions_t; audience, shape), σ²), σ integrated out. ln shape has
    the prior Normal(*shape_prior). The audience is known (``audience``), or its logarithm has the
    prior Normal(*audience_prior), or is flat, from the largest reach to 100 times that: weekly
    reach far below the audience says little about it. Weeks without
    impressions say nothing and are left out. Raises ValueError for fewer than three weeks with
    impressions, where reach is more than 5 % above impressions or not below the audience, and
    where impressions reached nobody.
    """
    seen, reached = _weeks(impressions, reach, audience)
    sizes = (reached.max() * AUDIENCES[0], reached.max() * AUDIENCES[1])
    if audience is not None:
        sizes = (audience, audience)

    def weight(size: np.ndarray, shape: np.ndarray) -> np.ndarray:
        heads = seen / size[..., None]
        fitted = size[..., None] * NegativeBinomial().share(heads, shape=shape[..., None])
        squares = ((np.log(reached) - np.log(fitted)) ** 2).sum(-1) + ROUNDING**2
        belief = ((np.log(shape) - shape_prior[0]) / shape_prior[1]) ** 2
        if audience_prior is not None:
            belief = belief + ((np.log(size) - audience_prior[0]) / audience_prior[1]) ** 2
        return -len(seen) / 2 * np.log(squares) - belief / 2

    size, shape = _sample(weight, sizes, draws, np.random.default_rng(seed))
    curve = ReachCurve(NegativeBinomial(), size, {"shape": shape})
    typical = np.median(curve.value(seen), axis=0)
    error = float(np.sqrt(np.mean(np.log(reached / typical) ** 2)))
    return ReachFit(curve, len(seen), error)


def _weeks(
    impressions: np.ndarray, reach: np.ndarray, audience: float | None
) -> tuple[np.ndarray, np.ndarray]:
    """The weeks with impressions, once they are possible."""
    seen, reached = np.asarray(impressions, dtype=float), np.asarray(reach, dtype=float)
    on = seen > 0
    seen, reached = seen[on], reached[on]
    if len(seen) < FEWEST:
        raise ValueError(f"found {len(seen)} weeks with impressions, expected {FEWEST} or more")
    if not (reached > 0).all():
        raise ValueError("found impressions that reached nobody, expected a reach above 0")
    if (reached > seen * (1 + EXCESS)).any():
        raise ValueError("found a reach above the impressions, expected one exposure per person")
    if audience is not None and reached.max() >= audience:
        raise ValueError(
            f"found a reach of {reached.max():.6g} in an audience of {audience:.6g}, expected less"
        )
    return seen, reached


def _sample(
    weight: Callable[[np.ndarray, np.ndarray], np.ndarray],
    sizes: tuple[float, float],
    draws: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Draws of (size, shape) from a log density by its cells, closer and closer around the best."""
    box = np.log(np.array([sizes, SHAPES]))
    known = sizes[0] == sizes[1]
    for zoom in range(ZOOMS):
        steps = (1 if known else STEPS, STEPS)
        axes = [np.linspace(low, high, n) for (low, high), n in zip(box, steps, strict=True)]
        grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
        logs = weight(np.exp(grid[:, 0]), np.exp(grid[:, 1]))
        step = np.array([axis[1] - axis[0] if len(axis) > 1 else 0.0 for axis in axes])
        if zoom == ZOOMS - 1:
            break
        near = grid[logs > logs.max() - KEPT]
        low, high = near.min(axis=0) - step, near.max(axis=0) + step
        box = np.stack([np.maximum(low, box[:, 0]), np.minimum(high, box[:, 1])], axis=1)
    chance = np.exp(logs - logs.max())
    cells = rng.choice(len(grid), size=draws, p=chance / chance.sum())
    drawn = grid[cells] + rng.uniform(-0.5, 0.5, (draws, 2)) * step
    if known:
        return np.full(draws, sizes[0]), np.exp(drawn[:, 1])
    return np.maximum(np.exp(drawn[:, 0]), sizes[0]), np.exp(drawn[:, 1])
