"""Assessment: where money stands today on its curves. Ground floor, no solver."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from allocator.canonical import canonical
from allocator.plan import Interval
from allocator.plan.value import Value

SCHEMA_VERSION = 1

State = Literal["room", "beyond", "climb", "off", "unknown"]


class Standing(Value):
    """A line on its curve."""

    line: str
    channel: str
    spend: float
    """over the weeks, currency"""
    kpis: dict[str, Interval]
    """incremental outcome, KPI units"""
    roas: dict[str, Interval | None]
    """KPI in currency per unit of spend: ratio of means, quantiles over draws; null at no spend"""
    cac: dict[str, Interval | None]
    """spend for one of a counted KPI, likewise"""
    marginal: dict[str, Interval | None]
    """KPI units from the next unit of spend; null where it is unbounded, at no spend"""
    next: float | None
    """what the next unit of money brings, in the unit of the hurdle, mean; null where unbounded"""
    state: State
    """`room` (the next money clears the hurdle), `beyond` (it does not), `climb` (not yet, but more
    money would), `off` (nothing is spent), `unknown` (no hurdle)"""
    beyond: float
    """of the spend, what lies past the point where the next unit clears the hurdle, currency"""
    headroom: float | None
    """how much more until the next unit no longer clears it; null unless there is room"""
    at_least: bool
    """the headroom ends where the search does, not where the curve falls below the hurdle"""
    guess: bool
    """the headroom lies beyond what was ever spent: there the curve is the model's guess"""
    prior_driven: bool
    """no data stand behind the curve"""


class Reported(Value):
    """What a platform reports beside what the model says it caused."""

    line: str
    kpi: str
    reported: float
    """as the platform says, KPI units"""
    reported_ratio: float | None
    """reported ROAS, or cost per unit: null at no spend or nothing reported"""
    incremental: Interval
    """by the model"""
    factor: Interval | None
    """incremental over reported: what a reported unit is worth; null where nothing is reported"""
    source: str
    """file:line"""


class Frontier(Value):
    """The best split of the same money near the present one."""

    move: float
    """how far any line may move, a fraction of what it has"""
    gain: Interval
    """of the objective, paired by draw"""
    better: float
    """share of draws with a gain"""
    gap: float
    """no split within the moves gains this much more, objective units"""
    proven: bool
    """the gap is as small as was asked"""
    spend: dict[str, float]
    """line -> what it would have, currency"""


class Assessment(Value):
    """Where money stands."""

    schema_version: int
    digest: str
    """SHA-256 of the canonical JSON without this key"""
    curves: str
    """digest of the curves"""
    currency: str
    units: dict[str, str]
    """KPI -> `currency` or `count`"""
    basis: str
    """which spend it is about, in words"""
    start: str
    """first day of the weeks in which it is read"""
    weeks: int
    objective: str
    unit: str
    """of the objective"""
    hurdle: float | None
    """what the next unit of money must bring"""
    hurdle_words: str
    """the same as a person says it"""
    spend: float
    kpis: dict[str, Interval]
    roas: dict[str, Interval | None]
    cac: dict[str, Interval | None]
    beyond: float
    """money of all lines past the hurdle, currency"""
    lines: tuple[Standing, ...]
    """by spend, the most first"""
    frontier: Frontier | None
    """null where no split within the moves was found"""
    reported: tuple[Reported, ...]
    notes: tuple[str, ...]

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, one form for every number, a newline at the end."""
        return canonical(self.model_dump(mode="json"))


def sealed_assessment(document: dict[str, Any]) -> Assessment:
    """The assessment with this content and its digest."""
    bare = {key: value for key, value in document.items() if key != "digest"}
    digest = hashlib.sha256(canonical(bare).encode()).hexdigest()
    return Assessment.model_validate({**bare, "digest": digest})
