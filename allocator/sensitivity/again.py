"""A changed setting solved again, from a plan that is already known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from allocator.engine.figures.risk import worth as judged
from allocator.engine.figures.worth import evaluate
from allocator.engine.pose import pose
from allocator.engine.proof.plan import totals_of
from allocator.engine.setting import Setting, settle
from allocator.engine.solve import solve
from allocator.engine.weekly.pose import pose_weekly
from allocator.scenario import LoadedScenario, Scenario


@dataclass(frozen=True, eq=False)
class Known:
    """A plan and what is proven about it.

    spend: (line, week) currency, whole cents
    value: of the goal, less the price of soft rules broken
    gap:   no plan of the setting is worth more than ``value + gap``
    """

    setting: Setting
    spend: np.ndarray
    value: float
    gap: float

    @property
    def totals(self) -> dict[str, float]:
        """line -> total, currency."""
        return totals_of(self.setting, self.spend)


def solve_again(setting: Setting, *, near: np.ndarray | None = None) -> Known | None:
    """The best plan of a setting, searched for from ``near`` (line, week) first.

    None where no plan satisfies the rules, or none was found in the scenario's time.
    """
    run = setting.scenario.run
    found = solve(setting, time_limit=run.time_limit, seed=run.seed, near=near)
    if found.spend is None:
        return None
    value = worth(setting, found.spend)
    return Known(setting, found.spend, value, max(0.0, found.certificate.bound - value))


def settled_again(loaded: LoadedScenario, scenario: Scenario, known: Setting) -> Setting:
    """An edited scenario on the same curves. Raises InputError where it does not fit them.

    A goal that is a gain, judged draw by draw, stays the gain on the same reference: what another
    budget is worth cannot be told by a yardstick that moves with it.
    """
    edited = replace(loaded, scenario=scenario)
    setting = settle(edited, known.curves, known.alternatives)
    return replace(setting, scaled=known.scaled) if scenario.risky else setting


def worth(setting: Setting, spend: np.ndarray) -> float:
    """The goal at a plan (line, week), less the price of soft rules broken."""
    if setting.scenario.risky:
        return judged(setting, evaluate(setting, setting.labelled(spend)))
    if setting.scenario.flighting.form == "weekly":
        return pose_weekly(setting).value(spend)
    return pose(setting).value(totals_of(setting, spend))


def kpis(known: Known) -> dict[str, float]:
    """KPI -> mean incremental outcome of the plan, KPI units."""
    setting = known.setting
    response = setting.curves.response(setting.labelled(known.spend), setting.window)
    mean = response.mean("draw").sum("line")
    return {kpi: float(mean.sel(kpi=kpi)) for kpi in setting.curves.kpis}
