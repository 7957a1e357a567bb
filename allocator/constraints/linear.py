"""Any limit that is linear in spend and in outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import Field, model_validator

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
    lines_of,
    parts,
)
from allocator.constraints._words import by_name, range_words
from allocator.quantities import Number
from allocator.selectors import unknown
from mmm.errors import nearest


class LinearRule(Rule):
    """A weighted sum of spend, and of outcome, within limits.

    min ≤ Σ_i w_i·x_i + Σ_k v_k·Σ_i R_ki ≤ max, over the rule's lines. Weights are of any sign:
    hours of a team for each unit of money, seats, emissions, offers to be printed.
    """

    key: ClassVar[str] = "linear"

    spend: dict[str, Number] = Field(default_factory=dict)
    """Weight of each unit of spend, by selector: `{tv: 300, search/brand: 150}`. A line that no
    selector means has weight 0; one that two of them mean is an error."""
    outcome: dict[str, Number] = Field(default_factory=dict)
    """Weight of each unit of a KPI that the rule's lines bring: `{revenue: -0.3}`."""
    min: Number | None = None
    """The sum is at least this."""
    max: Number | None = None
    """The sum is at most this."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self.spend and not self.outcome:
            raise ValueError("`spend` or `outcome` with weights, such as `spend: {tv: 300}`")
        if self.min is None and self.max is None:
            raise ValueError("min, max or both beside the weights")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min at most max; min is {self.min:,g}, max is {self.max:,g}")
        return self

    @property
    def kpi_names(self) -> tuple[str, ...]:
        """The KPIs that are weighted."""
        return tuple(self.outcome)

    def words(self, currency: str) -> str:
        """``150 × social + 300 × tv at most 4,000,000``."""
        weights = (*by_name(self.spend), *by_name(self.outcome))
        terms = [f"{weight:,.12g} × {name}" for name, weight in weights]
        low, high = (None if end is None else f"{end:,.12g}" for end in (self.min, self.max))
        return f"{' + '.join(terms)} {range_words(low, high)}"

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """Selectors of no line of the rule, lines meant twice, KPIs that the curves lack."""
        out: list[Complaint] = []
        said: dict[str, str] = {}
        for name in self.spend:
            wrong = unknown([name], facts.labels)
            at = ("spend", name)
            if wrong:
                out.append(Complaint(wrong[0].found, wrong[0].expected, wrong[0].fix, at))
                continue
            own = [line for line in lines_of([name], facts) if line in selection.lines]
            if not own:
                found = f"a weight of {name}, which is not among the lines of the rule"
                out.append(Complaint(found, "a line of the rule", f"known: {selection.text}", at))
            twice = [line for line in own if line in said]
            if twice:
                found = f"two weights of {twice[0]}: {said[twice[0]]} and {name}"
                out.append(Complaint(found, "one weight for each line", "", at))
            said.update({line: name for line in own if line not in said})
        if not selection.together and not self.outcome:
            bare = [line for line in selection.lines if line not in said]
            if bare and not out:
                found = f"no weight of {', '.join(bare)}, each of which has a limit"
                out.append(Complaint(found, "a weight for each line", "name them in `spend`"))
        for kpi in self.outcome:
            if kpi not in facts.units:
                near = nearest(kpi, facts.units)
                at = ("outcome", kpi)
                out.append(Complaint(f"the KPI {kpi!r}", "a KPI of the curves", near, at))
        return tuple(out)

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """Σ w·x + Σ v·R ≥ min and its negative ≥ −max."""
        rows: list[Row] = []
        weights = self._weights(facts)
        for part, lines in parts(selection):
            for side, limit in (("min", self.min), ("max", self.max)):
                if limit is None:
                    continue
                sign = 1.0 if side == "min" else -1.0
                spend = {line: sign * weights[line] for line in lines if line in weights}
                cells = {
                    (kpi, line): sign * weight
                    for kpi, weight in self.outcome.items()
                    for line in lines
                }
                rows.append(Row(rule, part, side, sign * limit, spend, cells))
        return Declared(tuple(rows))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """The sum against each limit.

        Tolerance: a cent a line at its weight, of outcomes four times what a cent brings on the
        average, and one part in a million of each.
        """
        weights = self._weights(facts)
        measures: list[Measure] = []
        for part, lines in parts(selection):
            value = blur = 0.0
            for line in lines:
                spent = outcome.spend[line]
                value += weights.get(line, 0.0) * spent
                blur += CENT * abs(weights.get(line, 0.0))
                for kpi, weight in self.outcome.items():
                    earned = weight * outcome.response[kpi, line]
                    value += earned
                    blur += abs(earned) * (1e-6 + (4 * CENT / spent if spent > 0 else 0.0))
            for side, limit in (("min", self.min), ("max", self.max)):
                if limit is not None:
                    slack = value - limit if side == "min" else limit - value
                    measures.append(Measure(rule, part, side, limit, value, slack, "number", blur))
        return tuple(measures)

    def _weights(self, facts: Facts) -> Mapping[str, float]:
        """Line -> the weight of its spend, of those that have one."""
        return {line: w for name, w in self.spend.items() for line in lines_of([name], facts)}
