"""What a plan asks of the draws, a sentence each: caution, a target, rules with a probability."""

from __future__ import annotations

from collections.abc import Iterator

from allocator.plan import Plan
from allocator.reports._base.numbers import chance, quantity
from allocator.reports._base.order import objective_unit


def risk_sentences(plan: Plan) -> Iterator[str]:
    """Nothing where means are all that matters."""
    risk = plan.risk
    if risk is None:
        return

    def said(value: float) -> str:
        return quantity(value, objective_unit(plan), plan.currency)

    if risk.target is not None and risk.reached is not None:
        yield f"{risk.words}: {chance(risk.reached)} of the draws"
    elif (risk.weight > 0 and risk.share < 1) or len(risk.models) > 1:
        bad = f"{said(risk.worst)} in the worst {risk.share * 100:g} % of draws"
        yield f"{risk.words}: {said(risk.mean)} on average, {bad}"
    for rule in risk.rules:
        yield (
            f"{rule.id}: in {rule.asked * 100:g} % of the draws; "
            f"it holds in {rule.achieved * 100:.1f} %"
        )
