"""Facts and plans by week, for rules that speak of weeks, audiences and lines that are on."""

from __future__ import annotations

import random
from collections.abc import Iterable

import numpy as np

from allocator.constraints import AudienceFacts, Facts, Outcome, Row, Selection

LINES = ("tv", "video", "search/brand", "search/generic")
WEEKS = ("2027-W14", "2027-W15", "2027-W16", "2027-W17", "2027-W18", "2027-W19")
PEOPLE = 1000.0
AUDIENCE = AudienceFacts(
    lines=("tv", "video"),
    per_impression={"tv": 0.5, "video": 0.25},
    # of independent exposures, to three digits: enough to see that weeks matter
    impressions_at=lambda frequency, weeks: PEOPLE * weeks * (frequency - 1),
    frequency_at=lambda impressions, weeks: 1 + impressions / PEOPLE / weeks,
)
FACTS = Facts(
    LINES,
    reference={"tv": 600.0, "video": 300.0, "search/brand": 300.0, "search/generic": 0.0},
    labels={
        line: {"channel": line.partition("/")[0], "campaign": line.partition("/")[2]}
        for line in LINES
    },
    weeks=WEEKS,
    months={
        "2027-04": np.array([1.0, 1.0, 1.0, 5 / 7, 0.0, 0.0]),
        "2027-05": np.array([0.0, 0.0, 0.0, 2 / 7, 1.0, 1.0]),
    },
    past={line: np.array([80.0, 100.0]) for line in LINES},
    audiences={"people": AUDIENCE},
    per_impression=AUDIENCE.per_impression,
)


def selection(lines: Iterable[str], form: str) -> Selection:
    """The lines in the form a rule asks for."""
    if form == "audience":
        return Selection(AUDIENCE.lines, True, "audience people", "people")
    return Selection(tuple(lines), form == "together", " + ".join(lines))


def outcome(weekly: dict[str, list[float]]) -> Outcome:
    """A plan in amounts by week; a line that is not named spends nothing."""
    spent = {line: np.array(weekly.get(line, [0.0] * len(WEEKS))) for line in LINES}
    return Outcome({line: float(own.sum()) for line, own in spent.items()}, {}, weekly=spent)


def random_outcome(rng: random.Random) -> Outcome:
    """A plan in which lines and weeks may be off."""
    return outcome(
        {
            line: [0.0] * len(WEEKS)
            if rng.random() < 0.3
            else [0.0 if rng.random() < 0.1 else rng.uniform(0, 300) for _ in WEEKS]
            for line in LINES
        }
    )


def left(row: Row, plan: Outcome) -> float:
    """The row's left side, week by week."""
    spent = sum(float(np.sum(weight * plan.weekly[line])) for line, weight in row.spend.items())
    return spent + sum(weight for line, weight in row.active.items() if plan.spend[line] > 0)
