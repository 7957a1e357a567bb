"""A geo test analysed: effect, interval by permutation, smallest detectable effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmm.errors import InputError
from mmm.experiments.geo_panel import GeoPanel
from mmm.experiments.lift import LEVEL, Z_INTERVAL, Z_POWER, Lift
from mmm.experiments.weights import METHODS, Method, gap

LEAST_BEFORE = 10  # periods: with fewer shifts no p-value falls below 1 − LEVEL
MOST_PLACEBOS = 40  # windows; more overlap so much that they say the same again
DOUBLINGS = 40  # of the first guess of an end: far beyond any effect
STEPS = 14  # halvings of an end of the interval: 1/16,000 of the first guess


@dataclass(frozen=True, eq=False)
class GeoTest:
    """treated: (T,) mean of the treated geos; controls: (J, T); both end with the test.

    count: how many geos were treated; length: periods of the test, the last ones.
    """

    treated: np.ndarray
    controls: np.ndarray
    count: int
    length: int

    @property
    def before(self) -> np.ndarray:
        """(T,) which periods lie before the test."""
        return np.arange(len(self.treated)) < len(self.treated) - self.length

    @property
    def history(self) -> GeoTest:
        """The time before the test alone, as a test that has not begun."""
        before = self.before
        return GeoTest(self.treated[before], self.controls[:, before], self.count, self.length)


def geo_test(panel: GeoPanel, treated: np.ndarray, test: slice) -> GeoTest:
    """The series of a test; what follows it is left out.

    Raises InputError when there is too little time before it to judge chance.
    """
    length, before = test.stop - test.start, test.start
    least = max(LEAST_BEFORE, length)
    if before < least:
        found = f"{before} dates before the test"
        expected = f"at least {least}: as many as the test has, and {LEAST_BEFORE}"
        fix = "add earlier dates; chance is judged by the time before"
        raise InputError([panel.fault("--start", found, expected, fix)])
    outcome = panel.outcome[:, : test.stop]
    return GeoTest(outcome[treated].mean(axis=0), outcome[~treated], int(treated.sum()), length)


def geo_lift(test: GeoTest, name: str) -> Lift:
    """The effect over all treated geos and the whole test.

    effect = Σ over the test of (actual − weighted mean of the controls), the weights learnt from
    the time before. The interval holds every constant effect that a permutation test at 10 % does
    not reject (Chernozhukov, Wüthrich and Zhu 2021): the effect is taken out, the weights are
    learnt again from all periods, and |Σ of the gaps in the test| is compared with the same sum
    in every cyclic shift of the test through time. No normal distribution is assumed, and gaps
    may be correlated in time. The standard error is the interval's width over 2 · 1.645, so that
    a normal distribution with it has the same 90 % interval.

    name: one of METHODS. Raises KeyError for another.
    """
    method = METHODS[name]
    before = test.before
    gaps = gap(test.treated, test.controls, before, length=test.length, method=method)
    effect = float(gaps[~before].mean())
    low, high = _interval(test, method, effect, float(gaps[before].std()))
    total = test.count * test.length
    actual = float(test.treated[~before].sum()) * test.count
    return Lift(
        method=method.title,
        effect=total * effect,
        standard_error=total * (high - low) / (2 * Z_INTERVAL),
        low=total * low,
        high=total * high,
        p_value=_p_value(test, method, 0.0),
        expected=actual - total * effect,
        detectable=total * detectable(test.history, method),
    )


def detectable(history: GeoTest, method: Method) -> float:
    """Smallest mean effect per geo and period that such a test would see with 80 % chance.

    (1.645 + 0.842) times the root mean square error of tests that did not take place: windows of
    the test's length in the time before, each predicted from the other periods.
    """
    time, length = len(history.treated), history.length
    starts = np.unique(np.linspace(0, time - length, MOST_PLACEBOS).astype(int))
    errors = []
    for start in starts:
        window = np.zeros(time, dtype=bool)
        window[start : start + length] = True
        gaps = gap(history.treated, history.controls, ~window, length=length, method=method)
        errors.append(gaps[window].mean())
    return float((Z_INTERVAL + Z_POWER) * np.sqrt(np.mean(np.square(errors))))


def _p_value(test: GeoTest, method: Method, effect: float) -> float:
    """Share of cyclic shifts whose block of gaps sums to as much as that of the test."""
    without = np.where(test.before, test.treated, test.treated - effect)
    every = np.ones(len(without), dtype=bool)
    gaps = gap(without, test.controls, every, length=test.length, method=method)
    ring = np.concatenate([gaps, gaps[: test.length - 1]])
    sums = np.abs(np.convolve(ring, np.ones(test.length), mode="valid"))
    rounding = 1e-9 * float(np.abs(test.treated).max()) * test.length
    return float((sums >= sums[-test.length] - rounding).mean())


def _interval(test: GeoTest, method: Method, effect: float, spread: float) -> tuple[float, float]:
    """The effects that are not rejected, around the one that leaves no gap; ends by halving."""
    time = len(test.treated)
    every, centre = np.ones(time, dtype=bool), effect
    for _ in range(STEPS):  # the weights move a little with the effect that is taken out
        without = np.where(test.before, test.treated, test.treated - centre)
        gaps = gap(without, test.controls, every, length=test.length, method=method)
        centre += float(gaps[-test.length :].mean()) * time / (time - test.length)
    step = max(spread, 1e-9 * float(np.abs(test.treated).max()), 1e-300)
    ends = []
    for direction in (-1.0, 1.0):
        inside, outside = centre, centre + direction * step
        for _ in range(DOUBLINGS):
            if _p_value(test, method, outside) <= 1 - LEVEL:
                break
            inside, outside = outside, centre + 2 * (outside - centre)
        for _ in range(STEPS):
            middle = (inside + outside) / 2
            if _p_value(test, method, middle) > 1 - LEVEL:
                inside = middle
            else:
                outside = middle
        ends.append(outside)
    return ends[0], ends[1]
