"""An assessment in sentences, for the page and the terminal."""

from __future__ import annotations

from allocator.findings.assessment import Assessment, Standing
from allocator.plan import Interval
from allocator.reports._base import numbers
from allocator.reports._base.names import listed, spoken

SMALL = 0.01  # currency: less is no money
STATES = {
    "room": "room",
    "beyond": "past",
    "climb": "climbs",
    "off": "off",
    "unknown": "–",
}
LEAST = 1e-6  # of the outcome: a smaller gain is none


def kpi_of(found: Assessment) -> str:
    """The KPI that is told first: one that is money, or the first."""
    money = [kpi for kpi, unit in found.units.items() if unit == "currency"]
    return found.objective if found.objective in found.units else (money or list(found.units))[0]


def said(found: Assessment, value: float, unit: str) -> str:
    """A value in prose."""
    return numbers.quantity(value, unit, found.currency)


def range_of(found: Assessment, interval: Interval, unit: str) -> str:
    """``EUR 1.2M to EUR 1.9M``."""
    return f"{said(found, interval.p10, unit)} to {said(found, interval.p90, unit)}"


def finding(found: Assessment) -> str:
    """The sentence above everything: what lies past the hurdle, and what a better split adds."""
    kpi = kpi_of(found)
    brings = said(found, found.kpis[kpi].mean, found.units[kpi])
    spend = numbers.money(found.spend, found.currency)
    start = f"{spend} brings {brings} {spoken(kpi)}"
    if found.hurdle is None:
        return start
    if found.beyond < SMALL:
        return f"{start}; every line's last unit of money clears the hurdle"
    past = [line for line in found.lines if line.beyond >= SMALL]
    past.sort(key=lambda line: -line.beyond)
    where = listed([line.line for line in past])
    return (
        f"{start}; {numbers.money(found.beyond, found.currency)} of it no longer pays, in {where}"
    )


def nearby(found: Assessment) -> str:
    """What the same money could bring, every line moved a little."""
    best = found.frontier
    if best is None:
        return "No split nearby was found that can be bought."
    far = numbers.percent(best.move)
    what = spoken(found.objective)
    if best.gain.mean <= LEAST * abs(found.kpis[kpi_of(found)].mean):
        return f"No split of the same money within {far} a line brings more {what}."
    word = "proven to be the most" if best.proven else (
        f"up to {said(found, best.gap, found.unit)} more is not ruled out"
    )  # fmt: skip
    return (
        f"The same money, every line moved by at most {far}, would bring "
        f"{said(found, best.gain.mean, found.unit)} more {what} "
        f"({numbers.SURE}: {range_of(found, best.gain, found.unit)}; {word})."
    )


def platforms(found: Assessment) -> str:
    """How platforms count against what the model says they caused."""
    known = [row for row in found.reported if row.factor is not None]
    if not known:
        return ""
    over = [row for row in known if row.factor is not None and row.factor.p90 < 1]
    under = [row for row in known if row.factor is not None and row.factor.p10 > 1]
    parts = []
    if over:
        verb = "reports more than it causes" if len(over) == 1 else "report more than they cause"
        parts.append(f"{listed([row.line for row in over])} {verb}")
    if under:
        verb = "causes more than it reports" if len(under) == 1 else "cause more than they report"
        parts.append(f"{listed([row.line for row in under])} {verb}")
    if not parts:
        return "What platforms report is within what the model finds possible."
    return f"{' and '.join(parts)} ({numbers.SURE})."


def room_words(found: Assessment, line: Standing) -> str:
    """``at least 120k, beyond what was ever spent``."""
    if line.headroom is None:
        return "–"
    text = numbers.whole(line.headroom)
    text = f"at least {text}" if line.at_least else text
    return f"{text} *" if line.guess else text


def ratio_name(found: Assessment) -> str:
    """``ROAS`` or ``CAC``."""
    return "ROAS" if found.units[kpi_of(found)] == "currency" else "CAC"


def ratio_of(found: Assessment, line: Standing) -> Interval | None:
    """The one that the first KPI has."""
    kpi = kpi_of(found)
    return line.roas.get(kpi) or line.cac.get(kpi)
