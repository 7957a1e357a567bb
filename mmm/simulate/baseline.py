"""Demand, controls and events: all that moves the KPIs besides media."""

from __future__ import annotations

import datetime as dt

import numpy as np

from mmm.simulate.chance import stream
from mmm.simulate.recipe import Control, Event, Kpi, WorldSpec

WEEKS_PER_YEAR = 52.18


def demand_index(spec: WorldSpec, seed: int) -> np.ndarray:
    """The demand of each week, around 1: (week,). Never below 0.2, so that powers of it exist."""
    recipe, week = spec.demand, np.arange(spec.weeks)
    index = 1 + recipe.growth * week / 52
    for k, (a, b) in enumerate(recipe.yearly, start=1):
        angle = 2 * np.pi * k * week / WEEKS_PER_YEAR
        index = index + a * np.sin(angle) + b * np.cos(angle)
    knots = np.arange(0, spec.weeks + recipe.walk_weeks, recipe.walk_weeks)
    steps = recipe.walk * stream(seed, "demand").standard_normal(len(knots))
    steps[0] = 0.0
    index = index + np.interp(week, knots, np.cumsum(steps))
    for event in spec.events:
        index = index + event.demand * days_share(event, spec)
    return np.maximum(index, 0.2)


def days_share(event: Event, spec: WorldSpec) -> np.ndarray:
    """Days of the event in each week over the most it has in any week: (week,)."""
    days = np.zeros(spec.weeks)
    for date in event.dates:
        week = (date - spec.start) // dt.timedelta(days=7)
        if 0 <= week < spec.weeks:
            days[week] += 1
    return days / max(days.max(), 1)


def control_series(control: Control, spec: WorldSpec, seed: int) -> np.ndarray:
    """x_t − mean = persistence · (x_{t−1} − mean) + ε_t, rounded to two decimals: (week,)."""
    noise = stream(seed, "control", control.name).standard_normal(spec.weeks)
    step = control.sd * np.sqrt(1 - control.persistence**2)
    off = np.empty(spec.weeks)
    off[0] = control.sd * noise[0]
    for week in range(1, spec.weeks):
        off[week] = control.persistence * off[week - 1] + step * noise[week]
    return np.round(control.mean + off, 2)


def baseline(kpi: Kpi, spec: WorldSpec, demand: np.ndarray, controls: np.ndarray) -> np.ndarray:
    """level · (demand + Σ effect · (control − mean) + Σ effect · event): (week,), KPI units.

    controls: (control, week), as measured
    """
    index = demand.copy()
    for control, series in zip(spec.controls, controls, strict=True):
        index += control.effects.get(kpi.name, 0.0) * (series - control.mean)
    for event in spec.events:
        index += event.effects.get(kpi.name, 0.0) * days_share(event, spec)
    return kpi.level * index
