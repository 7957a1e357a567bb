"""Simulation-based calibration: is the posterior as wide as it says?"""

from mmm.sbc.calibrate import Settings
from mmm.sbc.case import case
from mmm.sbc.report import Calibration, calibrate
from mmm.sbc.uniform import Uniformity, uniformity

__all__ = ["Calibration", "Settings", "Uniformity", "calibrate", "case", "uniformity"]
