"""One experiment beside the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Range = tuple[float, float, float]
"""5 %, 50 % and 95 % point."""


@dataclass(frozen=True)
class Predicted:
    """What the model says a test should have measured: posterior mean and standard deviation."""

    mean: float
    sd: float


@dataclass(frozen=True)
class TestFact:
    """measured, se: the test's result and its standard error, KPI units
    after:   the model's own figure for exactly that test, fitted with all tests
    before:  the same fitted to the series alone; None where that was not fitted
    returns_before, returns_after: line -> return per unit of spend without and with the tests
    """

    name: str
    lines: tuple[str, ...]
    measured: float
    se: float
    after: Predicted
    before: Predicted | None = None
    returns_before: Mapping[str, Range] = field(default_factory=dict)
    returns_after: Mapping[str, Range] = field(default_factory=dict)

    @property
    def z(self) -> float:
        """(measured − the series' own answer) / standard deviation of that difference.

        Of the fit without the tests where there is one: with them, the model has already given in.
        """
        own = self.before or self.after
        return (self.measured - own.mean) / float((self.se**2 + own.sd**2) ** 0.5)
