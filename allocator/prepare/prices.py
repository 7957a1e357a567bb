"""What the rules that bind cost, each confirmed by solving again. Limited to a few of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from allocator.engine.figures.check import BUDGET, binds
from allocator.findings.dossier import Price
from allocator.prepare.source import Source
from allocator.sensitivity.costs import costs_of
from allocator.sensitivity.levers import Lever, levers_of
from allocator.sensitivity.prices import Price as Found
from allocator.sensitivity.prices import price_of
from allocator.sensitivity.words import price_words

MOST = 6  # rules: those that hold most limits; each is solved again up to a dozen times


def prices(source: Source, tell: Callable[[str], None]) -> tuple[Price, ...]:
    """Rules that bind in the order of the scenario, the budget left out: it is the question."""
    held: dict[str, int] = {}
    for measure in source.measures:
        if binds(measure) and measure.rule != BUDGET:
            held[measure.rule] = held.get(measure.rule, 0) + 1
    asked = sorted(held, key=lambda rule: -held[rule])[:MOST]
    setting = source.hurried
    known = replace(source.opened.known, setting=setting)
    levers = levers_of(source.opened.loaded, setting, source.measures, None)
    found = []
    for rule in (rule for rule in held if rule in asked):
        tell(f"what {rule} costs")
        (cost,) = costs_of(known, source.measures, (rule,)) or (None,)
        best = _dearest(source, [lever for lever in levers if lever.rule == rule])
        found.append(_told(source, rule, cost.cost if cost is not None else 0.0, best))
    return tuple(found)


def _dearest(source: Source, levers: list[Lever]) -> Found | None:
    """The price of the lever of a whole rule that brings most; a rule may have two ends."""
    known = replace(source.opened.known, setting=source.hurried)
    whole = [lever for lever in levers if lever.part is None]
    told = [price for lever in whole if (price := price_of(known, lever)) is not None]
    return max((price for price in told if price.told), key=lambda p: p.gain, default=None)


def _told(source: Source, rule: str, cost: float, price: Found | None) -> Price:
    plan = source.plan
    if price is None:
        words = "easing it a little brings nothing that can be told"
        return Price(
            rule=rule, words=words, cost=cost, each=None, unit="", valid_for=None, confirmed=False
        )
    unit = "currency" if price.unit == plan.currency else price.unit or "ratio"
    return Price(
        rule=rule,
        words=price_words(price, plan.objective, plan.certificate.unit, plan.currency),
        cost=cost,
        each=price.each,
        unit=unit,
        valid_for=price.valid_for,
        confirmed=True,
    )
