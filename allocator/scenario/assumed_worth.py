"""What outcomes are worth under a scenario's assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from allocator.complaint import Complaint
from allocator.objectives import Economy
from allocator.scenario.schema import Scenario
from allocator.scenario.schema.assumption import Price
from mmm.errors import nearest

Path = tuple[str | int, ...]


def assumed_economy(economy: Economy, scenario: Scenario, units: Mapping[str, str]) -> Economy:
    """The economy with another margin, and other values of what is counted.

    units: KPI -> ``currency`` or ``count``. Of a KPI that is money the change is the curves'.
    """
    for assumption in scenario.assumptions or ():
        if assumption.margin is not None:
            economy = replace(economy, margin=assumption.margin)
        for kpi, price in (assumption.revenue_per_conversion or {}).items():
            if units.get(kpi) == "count":
                economy = _priced(economy, kpi, price)
    return economy


def worth_complaints(
    economy: Economy, scenario: Scenario, units: Mapping[str, str]
) -> Iterator[tuple[Path, Complaint]]:
    """(path, what is wrong there) of every worth that cannot be changed. economy: without them."""
    for place, assumption in enumerate(scenario.assumptions or ()):
        for kpi, price in (assumption.revenue_per_conversion or {}).items():
            path: Path = ("assumptions", place, "revenue_per_conversion", kpi)
            if kpi not in units:
                near = nearest(kpi, units)
                yield path, Complaint(f"the KPI {kpi!r}", "a KPI of the curves", near)
            elif units[kpi] == "currency":
                if price.amount is not None:
                    found = f"an amount, {price.amount:g}, for {kpi}, which is money already"
                    yield path, Complaint(found, "a change of it", "write +5%, or x1.05")
            elif assumption.lines not in (None, ("all",)):
                found = f"the worth of one of {kpi} for some lines"
                fix = "leave out `lines`; `objective: {weights: …}` weighs lines"
                yield ("assumptions", place, "lines"), Complaint(found, "one for all lines", fix)
            elif economy.lifetime and price.amount is not None:
                found = f"an amount, {price.amount:g}, where the worth is that of a clv file"
                yield path, Complaint(found, "a change of it", "write +5%, or x1.05")
            elif not economy.lifetime and kpi not in {**economy.value_of, **economy.values}:
                found = f"a change of what one of {kpi} is worth, which nothing says"
                fix = f"write `economics: {{value_of: {{{kpi}: …}}}}`"
                yield path, Complaint(found, "a KPI that is worth something", fix)


def _priced(economy: Economy, kpi: str, price: Price) -> Economy:
    def changed(known: Mapping[str, float]) -> dict[str, float]:
        return {**known, **{name: v * price.over(v) for name, v in known.items() if name == kpi}}

    lifetime = {line: worth * price.over(worth) for line, worth in economy.lifetime.items()}
    return replace(
        economy,
        lifetime=lifetime,
        value_of=changed(economy.value_of),
        values=changed(economy.values),
    )
