"""What the treated would have done: a weighted mean of the geos that were not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

FIRM = 1e4  # weight of "sum to 1" against the fit, in units of the largest value: leaves < 1e-6

Weights = Callable[[np.ndarray, np.ndarray, int], np.ndarray]
"""(treated (t,), controls (J, t), length of the test) -> (J,) weights, 0 or more, sum 1.
Both series are centred on 0."""


def equal(treated: np.ndarray, controls: np.ndarray, length: int) -> np.ndarray:
    """1/J each."""
    return np.full(len(controls), 1 / len(controls))


def synthetic(treated: np.ndarray, controls: np.ndarray, length: int) -> np.ndarray:
    """argmin ‖treated − wᵀ controls‖² + ζ² t ‖w‖² over w ≥ 0, Σ w = 1.

    The synthetic control of Abadie, Diamond and Hainmueller (2010) on centred series (Doudchenko
    and Imbens 2016), not augmented. ζ is 0 with at least twice as many periods as controls; with
    fewer the weights are not determined by the fit alone, and ζ² = √length · σ², σ the standard
    deviation of the controls' changes from period to period, pulls them towards equal
    (Arkhangelsky et al. 2021, eq. 5).
    """
    from scipy.optimize import nnls

    count, time = controls.shape
    rows, target = [controls.T], [treated]
    if time < 2 * count:
        ridge = np.sqrt(np.sqrt(length) * time) * np.diff(controls, axis=1).std()
        rows.append(ridge * np.eye(count))
        target.append(np.zeros(count))
    firm = FIRM * max(float(np.abs(controls).max()), float(np.abs(treated).max()), 1e-300)
    rows.append(np.full((1, count), firm))
    target.append(np.array([firm]))
    found: np.ndarray = nnls(np.vstack(rows), np.concatenate(target), maxiter=30 * count)[0]
    return found / found.sum()


@dataclass(frozen=True)
class Method:
    """How the controls stand for the treated.

    relative: compare every series over its own mean, where all means are above 0, so that geos of
    unlike size may share a season in percent; else only where levels could not do
    """

    title: str
    weights: Weights
    relative: bool


METHODS: dict[str, Method] = {
    "synthetic": Method("synthetic control", synthetic, relative=False),
    "difference": Method("difference in differences", equal, relative=True),
}
"""The word a person writes -> the method."""


def gap(
    treated: np.ndarray, controls: np.ndarray, fit: np.ndarray, *, length: int, method: Method
) -> np.ndarray:
    """Treated − what the controls say, every period: (T,), mean 0 over the periods of ``fit``.

    treated: (T,) mean of the treated geos; controls: (J, T); fit: (T,) bool, periods to learn
    from. The synthetic control compares levels, unless the treated lie outside the range of the
    controls in size: no weighted mean of small geos swings like a large one, so that every series
    is then divided by its own mean first.
    """
    own, others, unit = treated[fit].mean(), controls[:, fit].mean(axis=1), 1.0
    unlike = method.relative or not others.min() <= own <= others.max()
    if unlike and own > 0 and others.min() > 0:
        treated, controls, unit = treated / own, controls / others[:, None], own
        own, others = 1.0, np.ones(len(controls))
    treated, controls = treated - own, controls - others[:, None]
    weights = method.weights(treated[fit], controls[:, fit], length)
    gaps: np.ndarray = unit * (treated - weights @ controls)
    return gaps
