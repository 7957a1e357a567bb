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
    added,
    in_draws,
    kpi_complaints,
    of_cents,
    parts,
)
from allocator.constraints._words import chance_words
from allocator.quantities import Probability, Ratio


class RoasRule(Rule):
    """Incremental revenue of at least ``min`` for every unit of money spent.

    Σ R ≥ min·Σ x: the mean over draws of the incremental outcome, average over the spend (not
    the return on the last unit). Lines that spend nothing satisfy it. With a probability
    Σ R_s ≥ min·Σ x in that share of the draws s.
    """

    key: ClassVar[str] = "roas"

    kpi: str
    """The KPI that is the return; one with unit currency."""
    min: Ratio
    """Currency of the KPI for one unit of spend, such as 3.0."""
    probability: Probability | None = None
    """In this share of the draws, such as `80%`, instead of for their mean."""

    @property
    def kpi_names(self) -> tuple[str, ...]:
        """The KPI of the return."""
        return (self.kpi,)

    def words(self, currency: str) -> str:
        """``at least 3 revenue for 1 EUR``."""
        chance = chance_words(self.probability)
        return f"at least {self.min:g} {self.kpi} for 1 {currency}{chance}"

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
                    probability=self.probability,
                )
                for part, lines in parts(selection)
            )
        )

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Σ R / Σ x against the floor.

        Tolerance: one part in a million, and what a cent a line is of the spend, once for the
        numerator and once for the denominator; what it is of the outcome where a line is steep.
        """
        measures: list[Measure] = []
        for part, lines in parts(selection):
            spent = sum(outcome.spend[line] for line in lines)
            if spent <= 0:
                measures.append(Measure(rule, part, "min", self.min, None, None, "ratio", 0.0))
                continue
            roas = sum(outcome.response[self.kpi, line] for line in lines) / spent
            blur = self.min * (1e-6 + 2 * CENT * len(lines) / spent)
            if roas - self.min < -blur:  # a line may be steep there
                blur += of_cents(outcome, self.kpi, lines) / spent
            measure = Measure(rule, part, "min", self.min, roas, roas - self.min, "ratio", blur)
            if self.probability is not None:
                draws = added(outcome.draws[self.kpi, line] for line in lines) / spent
                measure = in_draws(measure, draws >= self.min - blur, self.probability)
            measures.append(measure)
        return tuple(measures)
