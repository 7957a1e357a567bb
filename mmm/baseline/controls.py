"""Controls and treatments: columns of the data that move the KPIs and are no media."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from mmm.adstock import by_name, lagged
from mmm.spec import ControlSpec

Array = Any
"""A NumPy array or a PyTensor variable: formulas are written once for both."""


def analytic_controls(
    specs: Sequence[ControlSpec], values: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Columns whose coefficients are integrated out: name -> (T,), standardised and lagged.

    values: label -> (T,) raw. Left out are controls that never vary and those with carry-over.
    """
    known = {spec.label: spec for spec in specs}
    columns = {}
    for label, series in values.items():
        spec = known.get(label) or ControlSpec(column=label)
        if spec.adstock is None and np.ptp(series) > 0:
            columns[column_name(spec)] = standard(delayed(series, spec.lag), series)
    return columns


def column_name(spec: ControlSpec) -> str:
    """How a control is called among the baseline's columns: ``control price``."""
    return f"{spec.kind} {spec.label}"


def delayed(values: np.ndarray, weeks: int) -> np.ndarray:
    """Each week has the value of ``weeks`` weeks before; the first value stands for what was
    before the data: (…, T)."""
    if weeks == 0:
        return values
    first = np.repeat(values[..., :1], weeks, axis=-1)
    return np.concatenate([first, values], axis=-1)[..., : values.shape[-1]]


def standard(values: Array, raw: np.ndarray) -> Array:
    """Values in standard deviations of ``raw`` from its mean."""
    return (values - raw.mean()) / raw.std()


def control_lags(spec: ControlSpec, values: np.ndarray) -> np.ndarray:
    """The standardised control from each week backwards: (…, T, window), first value held.

    Its carried column is ``carried(lags, retention)``. A price has a value before the data, unlike
    spend, so weeks before the first are not zero.
    """
    window = spec.adstock.window if spec.adstock else 1
    return held(standard(delayed(values, spec.lag), values), window)


def held(level: np.ndarray, window: int) -> np.ndarray:
    """A series from each week backwards, its first value held before the data: (…, T, window)."""
    first = level[..., :1]
    lags: np.ndarray = lagged(level - first, window) + first[..., None]
    return lags


def carried(lags: np.ndarray, retention: Array, *, xp: Any = np) -> Array:
    """Σ_l w_l x_{t−l} with geometric weights that sum to 1: (…, T).

    lags: (…, T, window) of ``control_lags``; retention: (…)
    """
    weights = by_name("geometric").weights(lags.shape[-1], xp=xp, retention=retention)
    return (lags * weights[..., None, :]).sum(axis=-1)


def treatment_contribution(
    spec: ControlSpec, values: np.ndarray, column: Array, coefficient: Array
) -> Array:
    """coefficient · (column − column at the base): what the treatment brought, (…, T).

    Against the same weeks with the treatment at its ``base`` all along; in the coefficient's unit.

    values: (T,) raw; column: (…, T) as the model saw it, standardised; coefficient: (…)
    """
    return coefficient[..., None] * (column - standard_base(spec, values))


def standard_base(spec: ControlSpec, values: np.ndarray) -> float:
    """The treatment's base on the scale of its column: in standard deviations from the mean."""
    return float(standard(base_value(spec, values), values))


def base_value(spec: ControlSpec, values: np.ndarray) -> float:
    """The treatment's level that counts as none of it, in its own unit."""
    if spec.base is None:
        raise ValueError(f"{spec.label} has no base: it is no treatment")
    if isinstance(spec.base, str):
        return float(BASES[spec.base](values))
    return spec.base


BASES: dict[str, Callable[[np.ndarray], float]] = {"min": np.min, "max": np.max, "mean": np.mean}
"""Words of ``base``"""
