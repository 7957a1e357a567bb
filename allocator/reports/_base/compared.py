"""A comparison in sentences and ordered rows, for the page and the terminal."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.findings.bridge import Bridge
from allocator.findings.comparison import Change, Compared, Comparison, Figure
from allocator.reports._base import numbers
from allocator.reports._base.names import short, spoken

OBJECTIVE, SPEND = "objective", "spend"
NOTHING = 1e-9  # of the first plan's value: what floats leave of no difference
SOUGHT = {
    "least_spend": "money not needed",
    "most_spend": "money that can be spent",
    "efficient_spend": "money that can be spent",
}


@dataclass(frozen=True)
class Metric:
    """What the plans are first compared by: the objective where all have the same."""

    key: str
    name: str
    unit: str


def metric_of(comparison: Comparison) -> Metric:
    """The objective, or else the first KPI, one that is money before one that is counted."""
    first = comparison.plans[0]
    if any(row.metric == OBJECTIVE for row in comparison.figures):
        name = SOUGHT.get(first.objective) or spoken(first.objective)
        return Metric(OBJECTIVE, name, first.unit)
    units = comparison.units
    money = [kpi for kpi, unit in units.items() if unit == "currency"]
    key = (money or list(units))[0]
    return Metric(key, spoken(key), units[key])


def detail_of(comparison: Comparison) -> Metric:
    """The KPI told by channel and line, where an objective of several has no parts."""
    key, units = metric_of(comparison).key, comparison.units
    first = comparison.plans[0].objective
    chosen = next((kpi for kpi in (key, first) if kpi in units), None)
    if chosen is None:
        money = [kpi for kpi, unit in units.items() if unit == "currency"]
        chosen = (money or list(units))[0]
    return Metric(chosen, spoken(chosen), units[chosen])


def said(comparison: Comparison, value: float, unit: str) -> str:
    """A value in prose."""
    return numbers.quantity(value, unit, comparison.currency)


def span(comparison: Comparison, change: Change, unit: str) -> str:
    """``EUR 20k less to EUR 190k more``."""
    if change.p10 is None or change.p90 is None:
        return ""
    low, high = change.p10, change.p90
    ends = [said(comparison, abs(end), unit) for end in (low, high)]
    words = ["less" if end < 0 else "more" for end in (low, high)]
    if words[0] == words[1]:
        if words[0] == "less":
            ends.reverse()
        return f"{ends[0]} to {ends[1]} {words[0]}"
    return f"{ends[0]} less to {ends[1]} more"


def finding(comparison: Comparison) -> str:
    """The sentence above everything: which plan brings more, for what money, how surely."""
    metric = metric_of(comparison)
    row = comparison.figure("plan", "all", metric.key)
    first = comparison.plans[0]
    known = [(p, c) for p, c in zip(comparison.plans, row.changes, strict=True) if c is not None]
    if not known:
        return f"Nothing else can be read beside {short(first.name)}"
    value = row.values[0]
    small = NOTHING * (abs(value.mean) if value is not None else 1.0)
    best, change = max(known, key=lambda entry: entry[1].mean)
    if all(abs(entry[1].mean) <= small for entry in known):
        many = "Both plans bring" if len(comparison.plans) == 2 else "All plans bring"
        return f"{many} the same {metric.name}{_money(comparison, best)}"
    if change.mean <= small and len(known) > 1:
        return f"None of the others brings more {metric.name} than {short(first.name)}"
    size = said(comparison, abs(change.mean), metric.unit)
    word = "more" if change.mean >= 0 else "less"
    lead = "" if len(known) == 1 else f"Of {len(comparison.plans)} plans, "
    chance = "" if change.above is None else f"; ahead in {numbers.chance(change.above)} of draws"
    return (
        f"{lead}{short(best.name)} brings {size} {word} {metric.name} than {short(first.name)}"
        f"{_money(comparison, best)} "
        f"({numbers.SURE}: {span(comparison, change, metric.unit)}{chance})"
    )


def _money(comparison: Comparison, plan: Compared) -> str:
    more = plan.spend - comparison.plans[0].spend
    if abs(more) < 0.005:
        return ", for the same money"
    return f", for {numbers.money(abs(more), comparison.currency)} {'more' if more > 0 else 'less'}"


def explained(comparison: Comparison) -> str:
    """What of it comes from where: the bridge in a sentence."""
    found = bridges(comparison)
    if not found:
        return ""
    bridge = max(found, key=lambda one: abs(one.end.mean - one.start.mean))
    total = abs(bridge.end.mean - bridge.start.mean)
    steps = [step for step in bridge.steps if abs(step.amount.mean) > 0.01 * total]
    if not steps or total <= NOTHING * abs(bridge.start.mean):
        return ""
    parts = [
        f"{signed(comparison, step.amount.mean, bridge.unit)} from {step.name} ({step.words})"
        for step in steps
    ]
    return f"From {short(bridge.a)} to {short(bridge.b)}: {'; '.join(parts)}."


def bridges(comparison: Comparison) -> tuple[Bridge, ...]:
    """One for every other plan, in what they are first compared by, or else the KPI told."""
    chosen: dict[str, Bridge] = {}
    for key in (metric_of(comparison).key, detail_of(comparison).key):
        for bridge in comparison.bridges:
            if bridge.metric == key:
                chosen.setdefault(bridge.b, bridge)
    return tuple(chosen.values())


def signed(comparison: Comparison, value: float, unit: str) -> str:
    """A change in prose: ``+EUR 410k``, ``−EUR 9,310``."""
    text = said(comparison, value, unit)
    return f"+{text}" if value > 0 else text


def side_by_side(comparison: Comparison) -> tuple[Figure, ...]:
    """The rows of whole plans: money, objective, outcomes, ratios."""
    rows = [
        row
        for row in comparison.figures
        if row.level == "plan" and row.calendar == "all" and row.model == comparison.plans[0].name
    ]
    rank = {SPEND: 0, OBJECTIVE: 1}
    return tuple(sorted(rows, key=lambda row: rank.get(row.metric, 2)))


def called(comparison: Comparison, metric: str) -> str:
    """A metric's name in a table."""
    if metric == OBJECTIVE:
        return f"{metric_of(comparison).name} (objective)"
    kind, _, kpi = metric.partition(" ")
    if kind in ("roas", "cac") and kpi:
        return f"{kind.upper()}, {spoken(kpi)}"
    return spoken(metric)
