"""What every solver returns: a value that says how it ended, never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Termination(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    TIME_LIMIT = "time limit"
    FAILED = "failed"


@dataclass(frozen=True)
class Solution:
    """spend: line -> total (currency), None where there is no incumbent.

    value is the objective at ``spend`` and bound the solver's own bound, both in the solver's
    model; the plan's bound comes from the certificate.
    """

    termination: Termination
    spend: dict[str, float] | None = None
    value: float | None = None
    bound: float | None = None
