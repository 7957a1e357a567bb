"""What leads from the reference as spent to the plan: the objective, then every KPI."""

from __future__ import annotations

import numpy as np

from allocator.compare.bridge import Side, bridge
from allocator.findings.bridge import Bridge
from allocator.prepare.source import Source


def bridges(source: Source) -> tuple[Bridge, ...]:
    """More money and another split; prices and curves are the same on both ends.

    The step between them is the scaled reference, so that mix is the gain a plan states. A plan
    that leaves money is scaled to by proportion.
    """
    setting = source.setting
    reference, scaled = setting.reference.to_numpy(), setting.scaled.to_numpy()
    plan = source.opened.known.spend
    same_money = abs(scaled.sum() - plan.sum()) < 0.005
    beyond = (reference.sum(axis=1) * plan.sum() / (reference.sum() or 1.0)).tolist()
    ends = [setting.curves.largest_total(line) for line in setting.curves.lines]
    reached = all(total <= end for total, end in zip(beyond, ends, strict=True))
    middle = scaled if same_money or not reached else None
    a, b = Side("reference", reference, None, None), Side("plan", plan, None, None)

    def objective(spend: np.ndarray, _prices: None, _curves: None) -> np.ndarray:
        return source.worth(source.evaluated(spend))

    units = {"objective": "count" if setting.terms.unit == "count" else "currency"}
    found = [
        bridge(
            a, b, objective, metric="objective", unit=units["objective"],
            currency=source.plan.currency, scaled=middle,
        )
    ]  # fmt: skip
    for kpi, unit in setting.curves.units.items():

        def outcome(spend: np.ndarray, _p: None, _c: None, kpi: str = kpi) -> np.ndarray:
            return source.evaluated(spend).draws(kpi)

        found.append(
            bridge(a, b, outcome, metric=kpi, unit=unit, currency=source.plan.currency,
                   scaled=middle)
        )  # fmt: skip
    return tuple(found)
