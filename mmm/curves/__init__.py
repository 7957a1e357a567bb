"""The seam between the model and the allocator: all that the allocator may see.

NumPy and xarray only: importing this package never loads PyMC, PyTensor or ArviZ.
"""

from mmm.curves._base import SCHEMA_VERSION, ResponseCurves, content_digest, week_label
from mmm.curves.adstocked import Adstocked
from mmm.curves.assumed import Change, assumed
from mmm.curves.elasticity import Elasticity
from mmm.curves.flighted import FlightedResponse
from mmm.curves.forecast import Forecast
from mmm.curves.lattice import bits_for, neighbours, snapped
from mmm.curves.parametric import ParametricCurves
from mmm.curves.reached import Reached
from mmm.curves.remembered import Remembered
from mmm.curves.steady import Bracket, SteadyResponse, StraightLines
from mmm.curves.store import load, save
from mmm.curves.tabulated import TabulatedCurves
from mmm.curves.window import Window

__all__ = [
    "SCHEMA_VERSION",
    "Adstocked",
    "Bracket",
    "Change",
    "Elasticity",
    "FlightedResponse",
    "Forecast",
    "ParametricCurves",
    "Reached",
    "Remembered",
    "ResponseCurves",
    "SteadyResponse",
    "StraightLines",
    "TabulatedCurves",
    "Window",
    "assumed",
    "bits_for",
    "content_digest",
    "load",
    "neighbours",
    "save",
    "snapped",
    "week_label",
]
