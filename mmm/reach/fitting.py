"""Which NBD curve weekly reach speaks for: the posterior of its shape on a small grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mmm.reach.curve import ReachCurve
from mmm.reach.families import NegativeBinomial

FEWEST = 3  # weeks: one more than there are unknowns
STEPS = 41  # of the grid, per unknown
SIZE_ZOOMS, SHAPE_ZOOMS = 3, 4  # each keeps what matters of the grid before
KEPT = 12.0  # in logarithms below the best: beyond it lie 6e-6 of the best's weight
ROUNDING = 1e-3  # of reported reach, relative: weeks that fit to the digit are not certainty
EXCESS = 0.05  # reported reach is an estimate: in thin weeks it may exceed the impressions a little
SHAPES = (1e-3, 1e3)  # below: nobody but one sees anything; above: independence to 4 digits
AUDIENCES = (1.0001, 100.0)  # as multiples of the largest reach seen


Weight = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Log posterior density of ln size and ln shape at sizes and shapes that broadcast."""


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
    weight: Weight, sizes: tuple[float, float], draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draws of (size, shape): a grid of sizes, each with a grid of shapes of its own.

    A large audience of unequal people and a smaller one of equal people reach nearly the same, so
    the posterior is a thin ridge, which one grid for both would miss. The grid of sizes is drawn
    closer around what matters; draws lie between its lines, moved along the ridge.
    """
    ends = np.log(sizes)
    count = 1 if sizes[0] == sizes[1] else STEPS
    for zoom in range(SIZE_ZOOMS):
        lines = np.linspace(ends[0], ends[1], count)
        grid, logs = _shapes(weight, lines)
        steps = grid[:, 1] - grid[:, 0]
        best = logs.max()
        chance = np.exp(logs - best) * steps[:, None]
        of_line = chance.sum(axis=1)
        if count == 1 or zoom == SIZE_ZOOMS - 1:
            break
        near = np.flatnonzero(of_line > np.exp(-KEPT) * of_line.max())
        ends = lines[[max(near[0] - 1, 0), min(near[-1] + 1, count - 1)]]
    cells = rng.choice(chance.size, size=draws, p=(chance / chance.sum()).ravel())
    row, column = np.divmod(cells, STEPS)
    shape = grid[row, column] + rng.uniform(-0.5, 0.5, draws) * steps[row]
    gap = lines[1] - lines[0] if count > 1 else 0.0
    size = np.clip(lines[row] + rng.uniform(-0.5, 0.5, draws) * gap, lines[0], lines[-1])
    ridge = (grid * chance).sum(axis=1) / np.maximum(of_line, np.finfo(float).tiny)
    people = np.exp(size) if count > 1 else np.full(draws, sizes[0])
    return people, np.exp(shape + np.interp(size, lines, ridge) - ridge[row])


def _shapes(weight: Weight, lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ln shape, (line, step), around what matters at each ln size, with its log density."""
    low, high = (np.full(len(lines), end) for end in np.log(SHAPES))
    for zoom in range(SHAPE_ZOOMS):
        grid = np.linspace(low, high, STEPS, axis=1)
        logs = weight(np.exp(lines)[:, None], np.exp(grid))
        if zoom == SHAPE_ZOOMS - 1:
            break
        near = logs > logs.max(axis=1, keepdims=True) - KEPT
        first, last = near.argmax(axis=1), STEPS - 1 - near[:, ::-1].argmax(axis=1)
        rows = np.arange(len(lines))
        low = grid[rows, np.maximum(first - 1, 0)]
        high = grid[rows, np.minimum(last + 1, STEPS - 1)]
    return grid, logs
