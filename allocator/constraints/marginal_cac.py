"""A cap on what the next customer costs."""

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
from allocator.constraints._words import amount
from allocator.quantities import PositiveMoney


class MarginalCacRule(Rule):
    """At most ``max`` of spend for the next unit of a count, such as the next new customer.

    `each`: dR/dx ≥ 1/max for every line that is on; a line that is off satisfies it. `together`:
    Σ x·dR/dx ≥ Σ x / max: what the next customer costs when money is added in the plan's
    proportions. R is the mean over draws.
    """

    key: ClassVar[str] = "marginal_cac"

    kpi: str
    """The KPI that is acquired; one with unit count."""
    max: PositiveMoney
    """Money for the next unit of the KPI, such as 60."""

    @property
    def kpi_names(self) -> tuple[str, ...]:
        """The KPI that is acquired."""
        return (self.kpi,)

    def words(self, currency: str) -> str:
        """``at most 60 EUR for the next one of new_customers``."""
        return f"at most {amount(self.max, currency)} for the next one of {self.kpi}"

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """A KPI that the curves do not have, or that is no count."""
        return kpi_complaints(self.kpi, "count", facts)

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """dR/dx ≥ 1/max or off; together Σ x·dR/dx − Σ x / max ≥ 0."""
        return marginal_declared(rule, "max", selection, (self.kpi, 1 / self.max))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Σ x / Σ x·dR/dx against the cap, currency; no value where more money wins nobody.

        The slack is then minus all that is spent; none where nothing is spent.
        """
        measures: list[Measure] = []
        for part, lines in parts(selection):
            rate, blur = marginal_return(self.kpi, lines, outcome)
            cost: float | None = None
            slack: float | None = None
            if rate is not None and rate > 0:
                cost = 1 / rate
                slack = self.max - cost
            elif rate is not None:
                slack = -sum(outcome.spend[line] for line in lines)
            measures.append(
                Measure(rule, part, "max", self.max, cost, slack, "currency", self.max * blur)
            )
        return tuple(measures)
