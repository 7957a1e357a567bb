"""How far spend may move from one week to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from pydantic import model_validator

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
    parts,
)
from allocator.constraints._words import amount, in_week, percent
from allocator.quantities import PositiveMoney, SignedShare
from allocator.weeks import weights

ROUNDING = 1e-12  # of shares of a total


@dataclass(frozen=True)
class _Step:
    """From the week before to week ``place``; ``before`` is money spent before the window."""

    part: str
    lines: tuple[str, ...]
    place: int
    before: float | None


class StepsRule(Rule):
    """The change of weekly spend from each week to the next.

    (1 + low)·x_{t−1} ≤ x_t ≤ (1 + high)·x_{t−1}, or x_{t−1} − by ≤ x_t ≤ x_{t−1} + by; together
    of their sum. The first week is compared with the last one before the window. Weeks into and
    out of a dark week of a line are no steps.
    """

    key: ClassVar[str] = "steps"

    between: tuple[SignedShare, SignedShare] | None = None
    """Smallest and largest change from the week before: `[-20%, +20%]`. After a week without
    spend there is none."""
    by: PositiveMoney | None = None
    """At most this much more, or less, than in the week before."""
    first_week: Literal["free"] | None = None
    """`free`: the first week is compared with nothing."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.between is None) == (self.by is None):
            raise ValueError("`between: [-20%, +20%]` or `by: 20k`, one of the two")
        if self.between is not None and self.between[0] > self.between[1]:
            raise ValueError("`between` with the smaller change first: [-20%, +20%]")
        return self

    def words(self, currency: str) -> str:
        """``-20% to +20% from week to week``."""
        free = ", the first week free" if self.first_week else ""
        if self.by is not None:
            return f"at most {amount(self.by, currency)} more or less from week to week{free}"
        assert self.between is not None  # one of the two is there
        low, high = (f"{'+' if c > 0 else ''}{percent(c)}" for c in self.between)
        return f"{low} to {high} from week to week{free}"

    def problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """A profile with larger steps, no week before the window, or nothing spent in it."""
        broken = self._profile_problems(selection, facts)
        if broken or self.first_week:
            return broken
        unknown = [line for line in selection.lines if not len(facts.past.get(line, ()))]
        fix = "write `first_week: free`"
        if unknown:
            found = "steps from the week before the period, with curves that carry no history"
            return (Complaint(found, "a week to start from", fix),)
        return tuple(
            Complaint(
                f"a change from the week before the period for {step.part.partition(' in ')[0]}, "
                "which spends nothing then",
                "spend to change from",
                f"{fix}, or limit the step in money with `by`",
            )
            for step in self._steps(selection, facts)
            if self.between is not None and step.place == 0 and step.before == 0
        )

    def _profile_problems(self, selection: Selection, facts: Facts) -> tuple[Complaint, ...]:
        """Steady lines whose own profile moves further: no amount at all would do for them."""
        if not facts.steady or self.between is None or selection.together:
            return ()
        low, high = (1 + change for change in self.between)
        found: dict[str, Complaint] = {}
        for step in self._steps(selection, facts):
            (line,) = step.lines
            was, now = (float(facts.profile[line][step.place - back]) for back in (1, 0))
            if step.place and not low * was - ROUNDING <= now <= high * was + ROUNDING:
                found.setdefault(
                    line,
                    Complaint(
                        f"{step.part}: its steady profile moves from {was:.1%} to {now:.1%} of it",
                        "weeks that can keep the steps",
                        "write `flighting: {profile: flat}` or `flighting: weekly`",
                    ),
                )
        return tuple(found.values())

    def declare(self, rule: str, selection: Selection, facts: Facts) -> Declared:
        """x_t − (1 + low)·x_{t−1} ≥ 0 and (1 + high)·x_{t−1} − x_t ≥ 0, or ≥ −by both."""
        rows: list[Row] = []
        count = len(facts.weeks)
        low, high = self.between or (0.0, 0.0)
        room = self.by or 0.0
        for step in self._steps(selection, facts):
            for side, sign, change in (("min", 1.0, low), ("max", -1.0, high)):
                kept = 1 + change
                at = {step.place: sign}
                bound = -room
                if step.before is None:
                    at[step.place - 1] = -sign * kept
                else:
                    bound += sign * kept * step.before
                spend = {line: weights(count, at) for line in step.lines}
                rows.append(Row(rule, step.part, side, bound, spend))
        return Declared(tuple(rows))

    def measure(
        self, rule: str, selection: Selection, facts: Facts, outcome: Outcome
    ) -> tuple[Measure, ...]:
        """A week as a share of the week before, or the change in currency; cents are rounding.

        Of nothing there is no share: the value is then None, the slack minus what is spent.
        """
        measures: list[Measure] = []
        for step in self._steps(selection, facts):
            now = sum(float(outcome.weekly[line][step.place]) for line in step.lines)
            was = step.before
            if was is None:
                was = sum(float(outcome.weekly[line][step.place - 1]) for line in step.lines)
            measures += self._of_step(rule, step, was, now)
        return tuple(measures)

    def _of_step(self, rule: str, step: _Step, was: float, now: float) -> list[Measure]:
        blur = 2 * CENT * len(step.lines)

        def of(side: str, limit: float, value: float | None, slack: float | None) -> Measure:
            unit = "share" if self.by is None else "currency"
            return Measure(rule, step.part, side, limit, value, slack, unit, blur)

        if self.by is not None:
            change = now - was
            return [
                of("min", -self.by, change, change + self.by),
                of("max", self.by, change, self.by - change),
            ]
        assert self.between is not None  # one of the two is there
        low, high = (1 + change for change in self.between)
        if was <= 0:
            return [of("min", low, None, None), of("max", high, None, -now if now > 0 else None)]
        share = now / was
        blur *= (1 + share) / was
        return [of("min", low, share, share - low), of("max", high, share, high - share)]

    def _steps(self, selection: Selection, facts: Facts) -> Iterator[_Step]:
        for part, lines in parts(selection):
            for place, week in enumerate(facts.weeks):
                if place == 0 and self.first_week:
                    continue
                lit = tuple(line for line in lines if not _dark(facts, line, place))
                if lit:
                    before = sum(float(facts.past[i][-1]) for i in lit) if place == 0 else None
                    yield _Step(in_week(part, week), lit, place, before)


def _dark(facts: Facts, line: str, place: int) -> bool:
    """Whether the line is dark in this week or the one before."""
    dark = facts.dark.get(line)
    return dark is not None and bool(dark[max(place - 1, 0) : place + 1].any())
