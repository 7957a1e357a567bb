"""A response curve as a page draws it. Ground floor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CurveSeries:
    """One line's response curve as a page draws it, over totals for the window.

    totals (currency) and the quantiles (KPI units) have one value per point; ``reference`` and
    ``planned`` are totals; ``observed`` is the largest total the history holds in as many weeks,
    None where the curves carry no history. ``mean`` and ``next_unit`` (what the next unit of
    currency brings, mean over draws, KPI units; None where unbounded) have one value per point, or
    none at all; ``unconstrained`` is the total in the plan without rules, where there is one.
    """

    line: str
    channel: str
    kpi: str
    unit: str
    totals: tuple[float, ...]
    p10: tuple[float, ...]
    p50: tuple[float, ...]
    p90: tuple[float, ...]
    reference: float
    planned: float
    observed: float | None
    mean: tuple[float, ...] = ()
    next_unit: tuple[float | None, ...] = ()
    unconstrained: float | None = None
