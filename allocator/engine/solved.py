"""What solving a setting gives, whatever the flighting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.engine.figures.risk import SafeForm
from allocator.engine.proof.certificate import Certificate
from allocator.engine.solvers._base import Termination


@dataclass(frozen=True, eq=False)
class Solved:
    """A plan and its certificate, or the reason why there is none.

    spend: (line, week) currency, whole cents; None where the setting is infeasible (the certificate
    says so) or the clock ran out
    """

    termination: Termination
    spend: np.ndarray | None
    certificate: Certificate
    safe: SafeForm | None = None
    """the safe form that rows with a probability were solved by"""
