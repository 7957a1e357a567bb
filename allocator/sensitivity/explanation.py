"""A plan explained: what holds it, what that is worth, and where money would go next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from allocator.engine.figures.check import check
from allocator.engine.figures.evaluated import Evaluated
from allocator.sensitivity.costs import Cost, costs_of, rule_ids
from allocator.sensitivity.levers import Lever, levers_of
from allocator.sensitivity.marginal import Marginals, marginals_of
from allocator.sensitivity.next_money import Moved, next_money, usual_amount
from allocator.sensitivity.opened import Opened
from allocator.sensitivity.posed import judged_by_draws
from allocator.sensitivity.prices import Price, price_of

SCHEMA_VERSION = 1
PARTS = 5  # lines of a rule about each of many whose own price is asked: those with most to gain

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Explanation:
    """Everything that was found by solving again; amounts in currency and KPI units.

    by_draws: the goal or a rule is judged draw by draw: gains are of the goal as it is judged, the
    marginal returns of means
    unpriced: limits that hold the plan, of which no price can be told: none that is more than what
    is left to prove
    """

    plan: str
    objective: str
    unit: str
    currency: str
    by_draws: bool
    value: float
    gap: float
    prices: tuple[Price, ...]
    unpriced: tuple[Price, ...]
    costs: tuple[Cost, ...]
    marginals: Marginals
    next_money: tuple[Moved, Moved]

    def document(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}


def explanation_of(
    source: Opened,
    *,
    step: float | None = None,
    money: float | None = None,
    tell: Tell = lambda _: None,
) -> Explanation:
    """Explain a plan. ``step``: of limits on money; ``money``: the next amount; both currency."""
    known = source.known
    setting = known.setting
    spend = setting.labelled(known.spend)
    plan = Evaluated(spend, setting.curves.response(spend, setting.window))
    measures = check(setting, spend, plan.response)
    tell("what the next unit of money brings")
    marginals = marginals_of(known, measures)
    prices = []
    levers = _worth_asking(levers_of(source.loaded, setting, measures, step), marginals)
    for lever in levers:
        tell(f"easing {lever.rule}" + (f" for {lever.part}" if lever.part else ""))
        found = price_of(known, lever)
        if found is not None:
            prices.append(found)
    costs: list[Cost] = []
    for rule in (*rule_ids(setting), "extrapolation"):
        tell(f"without {rule}")
        costs += costs_of(known, measures, (rule,))
    tell("more money, and less")
    return Explanation(
        plan=source.plan.digest,
        objective=source.plan.objective,
        unit=source.plan.certificate.unit,
        currency=source.plan.currency,
        by_draws=judged_by_draws(setting),
        value=known.value,
        gap=known.gap,
        prices=tuple(price for price in prices if price.told),
        unpriced=tuple(price for price in prices if not price.told),
        costs=tuple(costs),
        marginals=marginals,
        next_money=next_money(source.loaded, known, money or usual_amount(setting)),
    )


def _worth_asking(levers: tuple[Lever, ...], marginals: Marginals) -> list[Lever]:
    """All that speak for a whole rule, and of its lines those that the limit keeps furthest from
    the multiplier."""
    multiplier = marginals.multiplier or 0.0
    far = {one.line: abs((one.marginal or 0.0) - multiplier) * one.total for one in marginals.lines}
    kept: list[Lever] = []
    for rule in dict.fromkeys(lever.rule for lever in levers):
        own = [lever for lever in levers if lever.rule == rule]
        whole = [lever for lever in own if lever.part is None]
        single = [lever for lever in own if lever.part is not None]
        single.sort(key=lambda lever: -far.get(lever.part or "", 0.0))
        kept += whole + single[:PARTS]
    return kept
