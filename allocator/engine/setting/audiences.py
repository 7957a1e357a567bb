"""Audiences of a scenario as rules see them: prices of impressions, and frequency of the pool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from allocator.complaint import Complaint
from allocator.constraints import AudienceFacts
from allocator.scenario import LoadedScenario
from allocator.scenario.schema.audience import AudienceChoice
from allocator.selectors import chosen, select
from mmm.curves import ResponseCurves
from mmm.errors import Fault

if TYPE_CHECKING:
    from allocator.engine.setting.pool import Pool

THOUSAND = 1000.0
SAME = 1e-9  # relative: prices that differ by less are one price


def audiences_of(
    loaded: LoadedScenario, curves: ResponseCurves
) -> tuple[dict[str, AudienceFacts], list[Fault]]:
    """Every audience of the scenario, and what is not known of it.

    To be asked once ``name_faults`` is empty.
    """
    made: dict[str, AudienceFacts] = {}
    faults: list[Fault] = []
    for name, choice in (loaded.scenario.audiences or {}).items():
        lines = select(choice.selectors(name), curves.labels)
        prices = {**_known_prices(curves), **_stated_prices(choice, lines, curves)}
        missing = [line for line in lines if line not in prices]
        if missing:
            found = f"no price of impressions of {', '.join(missing)}"
            fix = f"write `cost_per_thousand: {{{missing[0]}: 14}}`"
            complaint = Complaint(found, "one for every line of the audience", fix)
            faults.append(loaded.fault(("audiences", name), complaint))
        pool = _pool(choice, lines, curves)
        if isinstance(pool, Complaint):
            faults.append(loaded.fault(("audiences", name), pool))
        elif not missing:
            price = {line: prices[line] for line in lines}
            made[name] = AudienceFacts(lines, price, pool.impressions_at, pool.frequency_at)
    return made, faults


def prices_of(audiences: Mapping[str, AudienceFacts], curves: ResponseCurves) -> dict[str, float]:
    """Line -> currency for one impression: where audiences agree on it, or the curves know it."""
    prices = _known_prices(curves)
    stated: dict[str, list[float]] = {}
    for audience in audiences.values():
        for line, price in audience.per_impression.items():
            stated.setdefault(line, []).append(price)
    for line, several in stated.items():
        prices.pop(line, None)
        if max(several) - min(several) <= SAME * max(several):
            prices[line] = several[0]
    return prices


def _pool(
    choice: AudienceChoice, lines: tuple[str, ...], curves: ResponseCurves
) -> Pool | Complaint:
    """The curve as stated, or that of the one line of the audience that runs on reach."""
    from allocator.engine.setting.pool import (
        pool_of,  # SciPy's statistics: only where there are audiences
    )

    if choice.people is not None and choice.reach is not None:
        reach = choice.reach
        stated = {"shape": reach.shape, "overlap": reach.overlap}
        known = {name: np.array([at]) for name, at in stated.items() if at is not None}
        return pool_of(reach.family, np.array([choice.people]), known, reach.chances)
    own = [line for line in lines if line in _on_reach(curves)]
    if len(own) == 1:
        at = curves.data.sel(line=own[0])
        people, shape = (at[name].to_numpy() for name in ("reach_audience", "reach_shape"))
        return pool_of("nbd", people, {"shape": shape})
    found = (
        f"{len(own)} of its lines run on reach ({', '.join(own)})" if own else "no line on reach"
    )
    expected = "one line of the curves whose people and reach these are, or both stated"
    return Complaint(found, expected, "write `people: 12M, reach: {family: nbd, shape: 0.8}`")


def _on_reach(curves: ResponseCurves) -> tuple[str, ...]:
    """Lines whose curve runs on reach; their exposure is impressions."""
    if "reach_audience" not in curves.data:
        return ()
    known = curves.data["reach_audience"].notnull().all("draw")
    return tuple(line for line in curves.lines if bool(known.sel(line=line)))


def _known_prices(curves: ResponseCurves) -> dict[str, float]:
    return {line: float(curves.data["cost_per_unit"].sel(line=line)) for line in _on_reach(curves)}


def _stated_prices(
    choice: AudienceChoice, lines: tuple[str, ...], curves: ResponseCurves
) -> dict[str, float]:
    return {
        line: price / THOUSAND
        for written, price in choice.cost_per_thousand.items()
        for line in chosen(written, curves.labels)
        if line in lines
    }
