"""What an analysed test found, whatever its design."""

from __future__ import annotations

from dataclasses import dataclass

LEVEL = 0.90
"""Of every interval, as everywhere in this house; tests are two-sided at 1 − LEVEL."""
POWER = 0.80
"""Chance to see the smallest effect that is called detectable; the usual convention."""
Z_INTERVAL = 1.6448536269514722  # standard normal quantile of 1 − (1 − LEVEL) / 2
Z_POWER = 0.8416212335729143  # standard normal quantile of POWER


@dataclass(frozen=True)
class Lift:
    """The effect of a change on the treated, summed over them and the measured time.

    method:         how it was estimated, in words
    effect:         actual − expected outcome; KPI units
    standard_error: of effect; KPI units
    low, high:      90 % interval of effect
    p_value:        of no effect at all, two-sided
    expected:       outcome of the treated without the change; KPI units
    detectable:     smallest effect seen with 80 % chance by such a test; KPI units
    """

    method: str
    effect: float
    standard_error: float
    low: float
    high: float
    p_value: float
    expected: float
    detectable: float

    @property
    def relative(self) -> float:
        """effect / expected; NaN where nothing was expected."""
        return self.effect / self.expected if self.expected else float("nan")


@dataclass(frozen=True)
class Columns:
    """Names of the columns of a test's table."""

    date: str = "date"
    geo: str = "geo"
    group: str = "group"
    outcome: str = "outcome"
    users: str = "users"
    spend: str = "spend"
