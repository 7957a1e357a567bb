"""Every line on its curve at what is spent on it: outcome, ratios, the next unit, the hurdle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.assess.hurdle import FAR, Slope, distance
from allocator.engine.figures.document import interval
from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.figures.ratios import ratios
from allocator.engine.setting import Setting


@dataclass(frozen=True)
class Hurdle:
    """What the next unit of money must bring, in units of the KPI that the goal reads, weighted.

    least: a return for one unit of currency; None where nobody says
    """

    least: float | None
    words: str


def standing(setting: Setting, plan: Evaluated, line: str, hurdle: Hurdle) -> dict[str, Any]:
    """One line, as plain values."""
    curves = setting.curves
    spent = plan.money([line])
    weekly = plan.weekly(line)
    profile = setting.profile.sel(line=line).to_numpy() if spent <= 0 else weekly / weekly.sum()
    marginal: dict[str, Any] = {}
    for kpi in curves.kpis:
        draws = curves.steady(kpi, line, profile, setting.window).slope(np.array([spent]))[:, 0]
        marginal[kpi] = interval(draws) if np.isfinite(draws).all() else None
    slope = _worth(setting, line, profile)
    now = float(slope(np.array([spent]))[0])
    seen = _observed(setting, line)
    far = {"state": "unknown", "beyond": 0.0, "headroom": None, "at_least": False, "guess": False}
    if hurdle.least is not None:
        most = min(FAR * max(spent, seen or 0.0), curves.largest_total(line))
        found = distance(slope, spent, hurdle.least, most=most)
        room = found.headroom
        guess = room is not None and seen is not None and spent + room > seen * (1 + 1e-9)
        far = {
            "state": found.state, "beyond": round(found.beyond, 2),
            "headroom": None if room is None else round(room, 2),
            "at_least": found.at_least, "guess": guess,
        }  # fmt: skip
    return {
        "line": line,
        "channel": curves.labels[line]["channel"],
        "spend": spent,
        **ratios(setting, plan, [line]),
        "marginal": marginal,
        "next": now if np.isfinite(now) else None,
        **far,
        "prior_driven": line in curves.prior_driven,
    }


def _worth(setting: Setting, line: str, profile: np.ndarray) -> Slope:
    """totals ↦ what the next unit adds to the goal before it is paid for, mean over the draws."""
    terms, curves = setting.terms, setting.curves
    read = [
        (weight * terms.scale.get(line, 1.0),
         curves.steady(setting.kpi_of(name), line, profile, setting.window))
        for name, weight in terms.response.items()
    ]  # fmt: skip

    def slope(totals: np.ndarray) -> np.ndarray:
        total: np.ndarray = sum(
            (weight * curve.slope(totals).mean(axis=0) for weight, curve in read),
            start=np.zeros(len(totals)),
        )
        return total

    return slope


def _observed(setting: Setting, line: str) -> float | None:
    """The largest total the history holds in as many weeks; None where there is no history."""
    history = setting.curves.history
    if history is None:
        return None
    spent = history.sel(line=line).to_numpy()
    weeks = min(setting.window.weeks, len(spent))
    return float(np.convolve(spent, np.ones(weeks), mode="valid").max())
