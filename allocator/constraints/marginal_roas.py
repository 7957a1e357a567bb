"""A floor on what the next unit of money returns."""

from __future__ import annotations

from typing import ClassVar

from allocator.complaint import Complaint
from allocator.constraints._base import (
    Declared,
    Facts,
    Measure,
    Outcome,
    Rule,
    Selection,
    kpi_complaints,
    parts,
)
from allocator.constraints._marginal import marginal_declared, marginal_return
from allocator.quantities import Ratio


class MarginalRoasRule(Rule):
    """Incremental revenue of at least ``min`` from the next unit of money.

    `each`: dR/dx ≥ min for every line that is on; a line that is off satisfies it. `together`:
    Σ x·dR/dx ≥ min·Σ x: what the next unit returns when it is spent in the plan's proportions,
    so a line below the floor may stand beside one above it. R is the mean over draws.
    """

    key: ClassVar[str] = "marginal_roas"

    kpi: str
    """The KPI that is the return; one with unit currency."""
    min: Ratio
    """Currency of the KPI for the next unit of spend, such as 1.5."""

    @property
    def kpi_names(self) -> tuple[str, ...]:
        """The KPI of the return."""
        return (self.kpi,)

    def words(self, currency: str) -> str:
        """``at least 1.5 revenue for the next 1 EUR``."""
        return f"at least {self.min:g} {self.kpi} for the next 1 {currency}"

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """A KPI that the curves do not have, or that is no money."""
        return kpi_complaints(self.kpi, "currency", facts)

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """dR/dx ≥ min or off; together Σ x·dR/dx − min·Σ x ≥ 0."""
        return marginal_declared(rule, "min", selection, (self.kpi, self.min))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Σ x·dR/dx / Σ x against the floor; no slack where nothing is spent."""
        measures: list[Measure] = []
        for part, lines in parts(selection):
            rate, blur = marginal_return(self.kpi, lines, outcome)
            slack = None if rate is None else rate - self.min
            measures.append(
                Measure(rule, part, "min", self.min, rate, slack, "ratio", self.min * blur)
            )
        return tuple(measures)
