"""How much a split could be otherwise: over plans nearly as good, and over what is not known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from allocator.sensitivity.draws import DRAWS, redrawn
from allocator.sensitivity.opened import Opened
from allocator.sensitivity.posed import judged_by_draws
from allocator.sensitivity.ranges import WITHIN, ranges_of

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class StableLine:
    """One line, currency.

    low, high:   totals that plans within the loss allowed reach; least, most: none goes beyond
    p10 to p90:  of its best total over single draws
    stays:       whether the (scaled) reference's amount lies between low and high
    """

    line: str
    planned: float
    reference: float
    low: float
    high: float
    least: float
    most: float
    p10: float
    p50: float
    p90: float
    stays: bool


@dataclass(frozen=True)
class Stability:
    """within: of the incremental outcome, the loss that a plan nearly as good may have.

    draws:   how many single draws were asked
    knowing: what the goal would gain on the average if it were known which of them is true
    held_weeks: of a weekly plan, whose weeks keep their shares of each line here
    by_mean: the goal or a rule is judged draw by draw, of which only the means are heeded here
    """

    plan: str
    objective: str
    unit: str
    currency: str
    within: float
    draws: int
    knowing: float
    held_weeks: bool
    by_mean: bool
    lines: tuple[StableLine, ...]

    def document(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}


def stability_of(
    source: Opened,
    *,
    within: float = WITHIN,
    draws: int = DRAWS,
    tell: Callable[[str], None] = lambda _: None,
) -> Stability:
    """Ranges and spreads of every line. ``within``: a part of the incremental outcome."""
    known, plan = source.known, source.plan
    ranges = ranges_of(known, within=within, tell=tell)
    spreads = redrawn(known, count=draws, tell=tell)
    scaled = {
        line: round(float(known.setting.scaled.sel(line=line).sum()), 2) for line in known.totals
    }
    lines = tuple(
        StableLine(
            line=one.line,
            planned=one.planned,
            reference=scaled[one.line],
            low=one.low,
            high=one.high,
            least=one.least,
            most=one.most,
            p10=round(spread.p10, 2),
            p50=round(spread.p50, 2),
            p90=round(spread.p90, 2),
            stays=one.low <= scaled[one.line] <= one.high,
        )
        for one, spread in zip(ranges, spreads.lines, strict=True)
    )
    return Stability(
        plan=plan.digest,
        objective=plan.objective,
        unit=plan.certificate.unit,
        currency=plan.currency,
        within=within,
        draws=spreads.draws,
        knowing=spreads.knowing,
        held_weeks=known.setting.scenario.flighting.form == "weekly",
        by_mean=judged_by_draws(known.setting),
        lines=lines,
    )
