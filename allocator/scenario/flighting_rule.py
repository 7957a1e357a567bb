"""What ``flighting`` asks of single weeks, as a rule: dark weeks, and weeks already spent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from allocator.constraints import (
    CENT,
    Declared,
    Facts,
    Measure,
    Outcome,
    Row,
    Rule,
    Selection,
    in_week,
)
from allocator.weeks import weights

FLIGHTING = "flighting"
"""id under which dark and locked weeks appear among the rules"""


class FlightingRule(Rule):
    """x_it = 0 in dark weeks, x_it = what was spent in locked ones."""

    key: ClassVar[str] = FLIGHTING

    dark: dict[str, tuple[str, ...]]
    """Line -> its dark weeks."""
    locked: dict[str, dict[str, float]]
    """Line -> week -> what was spent in it, currency."""

    def words(self, currency: str) -> str:
        """``nothing in dark weeks, and what is spent already stays``."""
        said = ["nothing in dark weeks"] if self.dark else []
        return " and ".join(
            said + (["weeks already spent stay as they are"] if self.locked else [])
        )

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """−x_it ≥ 0 where it is dark; x_it ≥ spent and −x_it ≥ −spent where it is locked."""
        rows: list[Row] = []
        count = len(facts.weeks)
        for line, week, spent in self._asked():
            place = facts.weeks.index(week)
            part = in_week(line, week)
            if spent > 0:
                rows.append(Row(rule, part, "min", spent, {line: weights(count, {place: 1.0})}))
            rows.append(Row(rule, part, "max", -spent, {line: weights(count, {place: -1.0})}))
        return Declared(tuple(rows))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """Spend of each such week against what it has to be, currency; half a cent is rounding.

        A dark week has no slack where the line spends nothing in others either.
        """
        at = {week: place for place, week in enumerate(facts.weeks)}
        measures: list[Measure] = []
        for line, week, spent in self._asked():
            part, now = in_week(line, week), float(outcome.weekly[line][at[week]])
            if spent > 0:
                measures.append(
                    Measure(rule, part, "min", spent, now, now - spent, "currency", CENT / 2)
                )
            slack = spent - now if spent or outcome.spend[line] > 0 else None
            measures.append(Measure(rule, part, "max", spent, now, slack, "currency", CENT / 2))
        return tuple(measures)

    def _asked(self) -> Iterator[tuple[str, str, float]]:
        """(line, week, what it has to spend)."""
        for line, weeks in self.dark.items():
            for week in weeks:
                yield line, week, 0.0
        for line, known in self.locked.items():
            for week, spent in known.items():
                yield line, week, spent
