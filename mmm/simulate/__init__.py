"""Worlds with known truth: what a model should find, and what a plan is really worth.

NumPy, pandas and xarray only. ``python -m mmm.simulate --out data/sample`` writes the sample.
"""

from mmm.simulate.curves import true_curves
from mmm.simulate.recipe import Claims, Control, Demand, Event, Kpi, Line, WorldSpec
from mmm.simulate.sample import sample
from mmm.simulate.world import World, simulate

__all__ = [
    "Claims",
    "Control",
    "Demand",
    "Event",
    "Kpi",
    "Line",
    "World",
    "WorldSpec",
    "sample",
    "simulate",
    "true_curves",
]
