"""A cap on the cost of acquiring a customer."""

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
    added,
    in_draws,
    kpi_complaints,
    of_cents,
    parts,
)
from allocator.constraints._words import amount, chance_words
from allocator.quantities import PositiveMoney, Probability


class CacRule(Rule):
    """At most ``max`` of spend for every incremental unit of a count, such as a new customer.

    Σ x ≤ max·Σ R, R being the mean over draws of the incremental outcome. Lines that spend
    nothing satisfy it. With a probability Σ x ≤ max·Σ R_s in that share of the draws s.
    """

    key: ClassVar[str] = "cac"

    kpi: str
    """The KPI that is acquired; one with unit count."""
    max: PositiveMoney
    """Money for one unit of the KPI, such as 42."""
    probability: Probability | None = None
    """In this share of the draws, such as `80%`, instead of for their mean."""

    @property
    def kpi_names(self) -> tuple[str, ...]:
        """The KPI that is acquired."""
        return (self.kpi,)

    def words(self, currency: str) -> str:
        """``at most 42 EUR for one of new_customers``."""
        chance = chance_words(self.probability)
        return f"at most {amount(self.max, currency)} for one of {self.kpi}{chance}"

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """A KPI that the curves do not have, or that is no count."""
        return kpi_complaints(self.kpi, "count", facts)

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """max·Σ R − Σ x ≥ 0."""
        return Declared(
            tuple(
                Row(
                    rule,
                    part,
                    "max",
                    0.0,
                    spend=dict.fromkeys(lines, -1.0),
                    response={(self.kpi, line): self.max for line in lines},
                    probability=self.probability,
                )
                for part, lines in parts(selection)
            )
        )

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Σ x / Σ R against the cap, currency per unit of the KPI.

        Where money is spent and nobody is won there is no such figure: the value is None and the
        slack is minus the spend. Tolerance as for ``roas``.
        """
        measures: list[Measure] = []
        for part, lines in parts(selection):
            spent = sum(outcome.spend[line] for line in lines)
            won = sum(outcome.response[self.kpi, line] for line in lines)
            cost: float | None = None
            slack: float | None = None
            blur = 0.0
            if spent > 0 and won > 0:
                cost = spent / won
                slack = self.max - cost
                blur = self.max * (1e-6 + 2 * CENT * len(lines) / spent)
                if slack < -blur:  # a line may be steep there
                    blur += self.max * of_cents(outcome, self.kpi, lines) / won
            elif spent > 0:
                slack = -spent
            measure = Measure(rule, part, "max", self.max, cost, slack, "currency", blur)
            if self.probability is not None and spent > 0:
                draws = self.max * added(outcome.draws[self.kpi, line] for line in lines)
                near = spent * 1e-6 + 2 * CENT * len(lines)
                measure = in_draws(measure, draws >= spent - near, self.probability)
            measures.append(measure)
        return tuple(measures)
