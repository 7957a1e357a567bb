"""An experiment in the model: its own incremental outcome over exactly its weeks and geos.

For an experiment with result ŷ and standard error s,

    Σ_{line, geo} Σ_{t in measured weeks} [media_t(actual) − media_t(counterfactual)] ~ N(ŷ, s)

where the counterfactual exposure is what would have run without the change. Both terms share all
parameters and all exposure before the test, so the carry-over of the change is counted as far as
the outcome was measured and no further: an experiment measured beyond its end informs adstock as
well as effect. Formulas are NumPy or PyTensor by ``xp``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmm.adstock import lagged
from mmm.experiments.against_data import geo_rows, week_span
from mmm.experiments.experiment import Experiment, chosen

Array = Any
"""A NumPy array or a PyTensor variable."""


@dataclass(frozen=True, eq=False)
class TestWindow:
    """One experiment laid out for the model.

    rows:           (n,) positions of its lines among all lines
    geos:           (m,) positions of its geos among all geos; (0,) for national data
    weeks:          (W,) positions of the measured weeks, from the start of the change on
    actual:         (n, m, T) exposure as it was, the model's own unit
    counterfactual: (n, m, T) exposure without the change, 0 or more
    """

    __test__ = False  # its name begins like a test's, and pytest would collect it

    experiment: Experiment
    rows: np.ndarray
    geos: np.ndarray
    weeks: np.ndarray
    actual: np.ndarray
    counterfactual: np.ndarray

    def lagged(self, exposure: np.ndarray, window: int) -> np.ndarray:
        """``exposure`` (n, m, T) seen backwards from the measured weeks: (n, m, W, window)."""
        seen: np.ndarray = np.ascontiguousarray(lagged(exposure, window)[..., self.weeks, :])
        return seen


def windows(
    experiments: Sequence[Experiment],
    lines: Sequence[str],
    geos: Sequence[str],
    weeks: np.ndarray,
    *,
    spend: np.ndarray,
    exposure: np.ndarray,
) -> tuple[TestWindow, ...]:
    """Every experiment with the exposure that would have been without it.

    weeks: (T,) first days; spend: (line, geo, T) currency; exposure: (line, geo, T) in any unit,
    per head or not, as long as it is the one the model's media run on. An experiment in one geo of
    national data (one geo) changes the national exposure by its spend.
    """
    made = []
    for experiment in experiments:
        rows = np.array(chosen(experiment.lines, lines), dtype=int)
        where = np.array(geo_rows(experiment.geos, geos), dtype=int)
        test = week_span(experiment.start, experiment.end, weeks)
        measured = week_span(experiment.start, experiment.measured_until, weeks)
        own = np.ix_(rows, where)
        actual = exposure[own]
        without = counterfactual(spend[own], actual, test, experiment.spend_change)
        positions = np.arange(measured.start, measured.stop)
        made.append(TestWindow(experiment, rows, where, positions, actual, without))
    return tuple(made)


def counterfactual(
    spend: np.ndarray, exposure: np.ndarray, test: slice, change: float
) -> np.ndarray:
    """Exposure without the change: (line, geo, T), below no line's zero.

    spend, exposure: (line, geo, T) as they were; change: currency, over all lines, geos and weeks
    of ``test``. The change is spread in proportion to what was spent there in the test; where
    nothing was (a dark test), evenly over its weeks and over lines and geos as they spent in the
    other weeks. Money becomes exposure at the line's and geo's own cost per unit in the test, or
    over the whole history where the test has none.
    """
    inside, weeks = spend[..., test], test.stop - test.start
    if inside.sum() > 0:
        spread = inside / inside.sum()
    else:
        usual = spend.sum(axis=-1, keepdims=True)
        even = np.full_like(usual, 1.0)
        usual = usual if usual.sum() > 0 else even
        spread = np.broadcast_to(usual / usual.sum() / weeks, inside.shape)
    per_money = _exposure_per_money(spend, exposure, test)
    without = exposure.astype(float).copy()
    without[..., test] = np.maximum(without[..., test] - change * spread * per_money, 0.0)
    return without


def _exposure_per_money(spend: np.ndarray, exposure: np.ndarray, test: slice) -> np.ndarray:
    """1 / cost per unit of every line and geo: (line, geo, 1); 0 where it was never on."""

    def ratio(part: slice) -> np.ndarray:
        money = spend[..., part].sum(axis=-1, keepdims=True)
        units = exposure[..., part].sum(axis=-1, keepdims=True)
        usable = (money > 0) & (units > 0)
        return np.where(usable, units / np.where(usable, money, 1.0), 0.0)

    here, ever = ratio(test), ratio(slice(None))
    return np.where(here > 0, here, ever)


def incremental(media: Callable[[np.ndarray], Array], window: TestWindow, carry: int) -> Array:
    """Σ over lines, geos and measured weeks of media(actual) − media(counterfactual).

    media: lagged exposure (n, m, W, carry) -> contribution (…, n, m, W) in KPI units, the totals of
    the geos and not per head; carry: length of the adstock window. Shape (…).
    """
    actual = media(window.lagged(window.actual, carry))
    without = media(window.lagged(window.counterfactual, carry))
    return (actual - without).sum(axis=(-3, -2, -1))


def log_likelihood(statistic: Array, experiment: Experiment, *, xp: Any = np) -> Array:
    """log N(statistic | incremental_outcome, standard_error), constants included."""
    error = experiment.standard_error
    z = (statistic - experiment.incremental_outcome) / error
    return -0.5 * z * z - xp.log(error * np.sqrt(2 * np.pi))
