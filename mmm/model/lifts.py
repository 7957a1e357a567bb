"""Experiments laid out for the model's formulas: the change each made, family by family.

    Σ_{line, geo} Σ_{measured weeks} [media(actual) − media(counterfactual)] ~ N(outcome, error²)

Both terms are the model's own media with all its parameters, so a test informs effect size,
saturation and, when it is measured beyond its end, carry-over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mmm.data import MediaData
from mmm.experiments import Experiment, Known, TestWindow, log_likelihood, read_experiments, windows
from mmm.model.evidence import Evidence
from mmm.spec import ModelSpec

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""


@dataclass(frozen=True, eq=False)
class Change:
    """What a test changed among the lines of one family.

    family: its position; places: (n,) of the lines within the family; geos: (m,) positions
    actual, without: (n, m·W, window) exposure per head over scale, seen from the measured weeks
    actual_frequency, without_frequency: likewise average frequency, of lines on reach
    """

    family: int
    places: np.ndarray
    geos: np.ndarray
    actual: np.ndarray
    without: np.ndarray
    actual_frequency: np.ndarray | None = None
    without_frequency: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Lift:
    """One experiment and its changes, one a family."""

    experiment: Experiment
    changes: tuple[Change, ...]


def experiments_of(spec: ModelSpec, data: MediaData) -> tuple[Experiment, ...]:
    """The experiments model.yaml names, checked against the data. Raises InputError."""
    if spec.experiments is None:
        return ()
    geos = data.geos if len(data.geos) > 1 else ()
    known = Known(data.kpi_names, data.lines, geos, data.dates, data.panel("spend"))
    return read_experiments(spec.folder / spec.experiments, known)


def lifts_of(evidence: Evidence, experiments: Sequence[Experiment]) -> tuple[Lift, ...]:
    """The experiments on the evidence's KPI, as far as they ended in the observed weeks."""
    reach = evidence.reach
    counts = evidence.exposure if reach is None else reach.impressions(evidence.exposure)
    found = windows(
        [one for one in experiments if one.kpi == evidence.kpi],
        evidence.lines,
        evidence.geos,
        evidence.weeks,
        spend=evidence.spend,
        exposure=counts,
    )
    seen = [one for one in found if one.weeks.max() < evidence.observed]
    return tuple(Lift(one.experiment, _changes(evidence, one)) for one in seen)


def _changes(evidence: Evidence, window: TestWindow) -> tuple[Change, ...]:
    heads = evidence.population[window.geos][:, None]
    changes = []
    for place, family in enumerate(evidence.families):
        own = np.flatnonzero(np.isin(window.rows, family.rows))
        if not len(own):
            continue
        unit = heads * evidence.scale[window.rows[own]][:, None, None]
        lags = family.lagged.shape[-1]
        pair = [series[own] for series in (window.actual, window.counterfactual)]
        often: list[np.ndarray] = []
        if family.frequency is not None:
            pair, often = _on_reach(evidence, window, own, pair)
        seen = [
            window.lagged(series, lags).reshape(len(own), -1, lags)
            for series in (*(series / unit for series in pair), *often)
        ]
        places = np.searchsorted(family.rows, window.rows[own])
        changes.append(Change(place, places, window.geos, *seen))
    return tuple(changes)


def _on_reach(
    evidence: Evidence, window: TestWindow, own: np.ndarray, counts: list[np.ndarray]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """People reached and their average frequency, each with and without the change.

    own: positions of the lines in the window; counts: two (n, m, T) of impressions.
    """
    assert evidence.reach is not None  # a family on reach
    people, often = [], []
    for series in counts:
        reach = np.zeros_like(series, dtype=float)
        for line, row in enumerate(window.rows[own]):
            for place, geo in enumerate(window.geos):
                was = evidence.exposure[row, geo]
                reach[line, place] = evidence.reach.reached(row, geo, was, series[line, place])
        ratio = np.divide(series, reach, out=np.zeros_like(reach), where=reach > 0)
        people.append(reach)
        often.append(np.where(reach > 0, np.maximum(ratio, 1.0), 0.0))
    return people, often


def incremental(
    evidence: Evidence, test: Lift, values: Mapping[str, Array], *, xp: Any = np
) -> Array:
    """What the model says the test's change brought, KPI units: (…)."""
    total = 0.0
    for change in test.changes:
        family = evidence.families[change.family]
        shape = evidence.shapes(family, values, xp=xp)
        effect = evidence.effects(family, shape, values, xp=xp)[..., change.places, :]
        own = replace(family, rows=family.rows[change.places])
        both = [
            evidence.shapes(replace(own, lagged=lagged, frequency=often), values, xp=xp)
            for lagged, often in (
                (change.actual, change.actual_frequency),
                (change.without, change.without_frequency),
            )
        ]
        moved = both[0] - both[1]
        before = tuple(moved.shape[i] for i in range(moved.ndim - 1))
        by_geo = moved.reshape((*before, len(change.geos), -1)).sum(axis=-1)
        heads = evidence.unit * evidence.population[change.geos]
        total = total + (effect[..., change.geos] * by_geo * heads).sum(axis=-1).sum(axis=-1)
    return total


def log_lifts(
    evidence: Evidence, tests: Sequence[Lift], values: Mapping[str, Array], *, xp: Any = np
) -> Array:
    """ln p(outcomes of the tests | parameters): (…)."""
    return sum(
        log_likelihood(incremental(evidence, one, values, xp=xp), one.experiment, xp=xp)
        for one in tests
    )
