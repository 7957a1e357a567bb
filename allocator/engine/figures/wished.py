"""What a wish costs, in plain numbers: two plans of one question, draw by draw. No solver."""

from __future__ import annotations

from typing import Any

import numpy as np

from allocator.engine.figures.worth import evaluate, objective_draws
from allocator.engine.setting import Setting


def wish_figures(setting: Setting, spend: np.ndarray, best: np.ndarray) -> dict[str, Any]:
    """The objective of the best plan without the wish less that of the plan with it.

    spend, best: (line, week) currency.
    """
    with_it, without = (
        objective_draws(setting, evaluate(setting, setting.labelled(own))) for own in (spend, best)
    )
    lost = without - with_it
    low, high = (float(end) for end in np.quantile(lost, [0.1, 0.9]))
    return {
        "cost": float(lost.mean()),
        "p10": low,
        "p90": high,
        "probability_worse": float((lost > 0).mean()),
    }
