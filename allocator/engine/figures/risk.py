"""What a plan is worth as the scenario judges it, and its risk in figures. No solver.

Recomputed from ``ResponseCurves.response`` draw by draw: nothing here knows the cuts with which
plans are found and proven.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from allocator.constraints import Meter, Row
from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.figures.soft import paid_for_soft
from allocator.engine.figures.totals import reached
from allocator.engine.figures.worth import evaluate, objective_draws
from allocator.engine.risk.asked import caution_of, chance_rows, on_model
from allocator.engine.risk.judge import Stake
from allocator.engine.risk.stated import half_of
from allocator.engine.risk.tail import cvar
from allocator.engine.setting import Setting


@dataclass(frozen=True)
class SafeForm:
    """The safe form of rows with a probability that led to a plan, and what it proves.

    CVaR_share(row) + shift ≥ 0 on half of the draws, one share and shift a row, in the order of
    the rows; no plan that keeps it is worth more than ``bound``.
    """

    shares: tuple[float, ...]
    shifts: tuple[float, ...]
    bound: float


def worth(setting: Setting, plan: Evaluated) -> float:
    """What is maximised, at a plan: the mean, or what caution, a target or other curves ask, less
    the price of soft rules broken."""
    return _asked(setting, plan) - sum(paid_for_soft(setting, plan).values())


def _asked(setting: Setting, plan: Evaluated) -> float:
    scenario = setting.scenario
    if scenario.objective.probability_of is not None:
        return reached(setting, plan)
    caution = scenario.objective.caution
    if not setting.alternatives and (caution is None or not caution.charged):
        return float(objective_draws(setting, plan).mean())
    return min(_judged(setting, number, plan.spend) for number in range(len(setting.models)))


def risk_figures(setting: Setting, plan: Evaluated, safe: SafeForm | None) -> dict[str, Any]:
    """The plan's ``risk`` section, for a scenario whose draws do not count alike."""
    scenario = setting.scenario
    caution, target = caution_of(setting), scenario.objective.probability_of
    gain = _gain(setting, 0, plan.spend)
    value = worth(setting, plan)
    return {
        "words": words_of(setting),
        "share": caution.cvar,
        "weight": caution.weight,
        "of": caution.of,
        "mean": float(gain.mean()),
        "worst": cvar(gain, caution.cvar),
        "probability_better": float((gain > 0).mean()),
        "target": target,
        "reached": None if target is None else reached(setting, plan),
        "models": [_judged(setting, number, plan.spend) for number in range(len(setting.models))],
        "rules": _rules(setting, plan),
        "safe": None
        if safe is None
        else {
            "shares": list(safe.shares),
            "shifts": list(safe.shifts),
            "bound": safe.bound,
            "gap": safe.bound - value,
        },
    }


def words_of(setting: Setting) -> str:
    """The goal as a person says it."""
    objective = setting.scenario.objective
    if objective.probability_of is not None:
        unit = setting.terms.unit
        money = f" {setting.scenario.currency}" if unit == "currency" else ""
        total = " in total, baseline included" if objective.total else ""
        return f"the probability of at least {objective.probability_of:,.0f}{money}{total}"
    words = caution_of(setting).words
    if setting.alternatives:
        return f"the worst of {len(setting.models)} models; {words}"
    return words


def _judged(setting: Setting, number: int, spend: xr.DataArray) -> float:
    """The blend on one of the curves."""
    caution = caution_of(setting)
    z = _gain(setting, number, spend)
    return (1 - caution.weight) * float(z.mean()) + caution.weight * cvar(z, caution.cvar)


def _gain(setting: Setting, number: int, spend: xr.DataArray) -> np.ndarray:
    """(draw,) the gain on the scaled reference, or the total where that is judged."""
    own = on_model(setting, number)
    z = objective_draws(own, evaluate(own, spend))
    if caution_of(setting).of == "total":
        return z
    return z - objective_draws(own, evaluate(own, setting.scaled))


def _rules(setting: Setting, plan: Evaluated) -> list[dict[str, Any]]:
    """Every row with a probability: in which share of which draws it holds."""
    rows, meters = chance_rows(setting)
    used = half_of(setting.curves.draws, setting.scenario.run.seed)
    others = np.setdiff1d(np.arange(setting.curves.draws), used)
    out = []
    for row in rows:
        kept = _kept(setting, row, meters, plan)
        out.append(
            {
                "id": row.rule,
                "part": row.part,
                "side": row.side,
                "asked": row.probability,
                "achieved": float(kept.mean()),
                "on_half_used": float(kept[used].mean()),
                "on_other_half": float(kept[others].mean()) if len(others) else None,
            }
        )
    return out


def _kept(setting: Setting, row: Row, meters: dict[str, Meter], plan: Evaluated) -> np.ndarray:
    """(draw,) whether a row holds."""
    stake = Stake.of_row(row)
    spend = {line: plan.weekly(line) for line in setting.curves.lines}
    z = np.full(setting.curves.draws, stake.certain(spend))
    z = z if row.given is None else z + row.given
    for (name, line), weight in row.response.items():
        z = z + weight * _read(setting, meters[name], plan, line)
    kept: np.ndarray = z >= -stake.blur(spend)
    return kept


def _read(setting: Setting, meter: Meter, plan: Evaluated, line: str) -> np.ndarray:
    """(draw,) a line's outcome as a meter reads it."""
    if meter.week is None and meter.count is None:
        return plan.draws(meter.kpi, [line])
    timed = plan.timed(setting.curves, setting.window).sel(kpi=meter.kpi, line=line).to_numpy()
    if meter.week is not None:
        alone: np.ndarray = timed[:, meter.week]
        return alone
    counted: np.ndarray = timed @ np.asarray(meter.count)
    return counted
