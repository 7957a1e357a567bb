"""A floor on the return on ad spend."""

from __future__ import annotations

from typing import ClassVar

from allocator.complaint import Complaint
from allocator.constraints._base import (
    CENT,
    Declared,
    Facts,
    Measure,
    Outcome,
    Row,
    Rule,
    Selection,
    kpi_complaints,
    parts,
)
from allocator.quantities import Ratio


class RoasRule(Rule):
    """Incremental revenue of at least ``min`` for every unit of money spent.

    Σ R ≥ min·Σ x: the mean over draws of the incremental outcome, average over the spend (not
    the return on the last unit). Lines that spend nothing satisfy it.
    """

    key: ClassVar[str] = "roas"

    kpi: str
    """The KPI that is the return; one with unit currency."""
    min: Ratio
    """Currency of the KPI for one unit of spend, such as 3.0."""

    @property
    def kpi_names(self) -> tuple[str, ...]:
        """The KPI of the return."""
        return (self.kpi,)

    def words(self, currency: str) -> str:
        """``at least 3 revenue for 1 EUR``."""
        return f"at least {self.min:g} {self.kpi} for 1 {currency}"

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """A KPI that the curves do not have, or that is no money."""
        return kpi_complaints(self.kpi, "currency", facts)

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """Σ R − min·Σ x ≥ 0."""
        return Declared(
            tuple(
                Row(
                    rule,
                    part,
                    "min",
                    0.0,
                    spend=dict.fromkeys(lines, -self.min),
                    response={(self.kpi, line): 1.0 for line in lines},
                )
                for part, lines in parts(selection)
            )
        )

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Σ R / Σ x against the floor.

        Tolerance: one part in a million, and what a cent a line is of the spend, once for the
        numerator and once for the denominator.
        """
        measures: list[Measure] = []
        for part, lines in parts(selection):
            spent = sum(outcome.spend[line] for line in lines)
            if spent <= 0:
                measures.append(Measure(rule, part, "min", self.min, None, None, "ratio", 0.0))
                continue
            roas = sum(outcome.response[self.kpi, line] for line in lines) / spent
            blur = self.min * (1e-6 + 2 * CENT * len(lines) / spent)
            measures.append(
                Measure(rule, part, "min", self.min, roas, roas - self.min, "ratio", blur)
            )
        return tuple(measures)
