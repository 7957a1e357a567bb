"""What a table of experiments is checked against, and the rows to be checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmm.experiments.cells import Row
from mmm.experiments.experiment import Experiment


@dataclass(frozen=True, eq=False)
class Known:
    """What the model's data know, for the table to be checked against.

    kpis, lines: names; geos: of a panel, empty where the data are national
    weeks: (T,) first days; spend: (line, geo, week) currency, one geo where national
    """

    kpis: Sequence[str]
    lines: Sequence[str]
    geos: Sequence[str]
    weeks: np.ndarray
    spend: np.ndarray


@dataclass(frozen=True)
class Written:
    """An experiment and the cells it was read from, for faults found later."""

    experiment: Experiment
    row: Row
