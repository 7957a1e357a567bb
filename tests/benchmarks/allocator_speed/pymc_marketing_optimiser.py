"""PyMC-Marketing's own budget optimiser on given draws, run with another Python.

Run by concave_weeks.py. Its model is built on a small made-up table whose maxima are the scales of
the curves; the draws take the place of its posterior. Prints one line of JSON: weekly amounts,
CPU seconds, version.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from importlib.metadata import version

import arviz as az
import numpy as np
import pandas as pd
import xarray as xr
from pymc_marketing.mmm import GeometricAdstock, LogisticSaturation
from pymc_marketing.mmm.multidimensional import MMM, MultiDimensionalBudgetOptimizerWrapper

HISTORY = 60  # weeks of the table; only its maxima and its last date matter
START = pd.Timestamp("2024-01-01")


def model_with(draws: np.lib.npyio.NpzFile) -> MMM:
    """A built model whose posterior is the draws: contribution = effect · logistic(rate, u)."""
    scale, lags = draws["scale"], int(draws["lags"])
    names = [f"c{place}" for place in range(len(scale))]
    share = np.random.default_rng(1).uniform(0.1, 0.9, (HISTORY, len(scale)))
    share[0] = 1.0
    table = pd.DataFrame(share * scale, columns=names)
    table.insert(0, "date", START + 7 * pd.to_timedelta(np.arange(HISTORY), unit="D"))
    outcome = 2 * float(draws["effect"].mean(axis=1).sum())
    target = pd.Series(outcome * np.linspace(0.5, 1.0, HISTORY), name="y")
    model = MMM(
        date_column="date",
        target_column="y",
        channel_columns=names,
        adstock=GeometricAdstock(l_max=lags),
        saturation=LogisticSaturation(),
    )
    model.build_model(table, target)
    model.add_original_scale_contribution_variable(["channel_contribution"])
    each = {
        "adstock_alpha": draws["retention"],
        "saturation_lam": draws["rate"],
        "saturation_beta": draws["effect"] / outcome,
        "channel_contribution": np.ones_like(draws["rate"]),  # only asked whether it is zero
    }
    posterior = xr.Dataset(
        {name: (("chain", "draw", "channel"), value.T[None]) for name, value in each.items()},
        coords={"chain": [0], "draw": np.arange(draws["rate"].shape[1]), "channel": names},
    )
    posterior["channel_contribution"] = posterior["channel_contribution"].expand_dims(date=[START])
    model.idata = az.InferenceData(posterior=posterior)
    return model


def main() -> None:
    """Optimise once and print."""
    warnings.filterwarnings("ignore")
    draws = np.load(sys.argv[1])
    model = model_with(draws)
    first = START + pd.Timedelta(weeks=HISTORY)
    last = first + pd.Timedelta(weeks=int(draws["weeks"]) - 1)
    wrapper = MultiDimensionalBudgetOptimizerWrapper(
        model, start_date=str(first.date()), end_date=str(last.date())
    )
    started = time.process_time()
    weekly, found = wrapper.optimize_budget(budget=float(draws["weekly"]))
    cpu = time.process_time() - started
    print(
        json.dumps(
            {
                "weekly": weekly.to_numpy().tolist(),
                "cpu": cpu,
                "value": -float(found.fun),
                "steps": int(found.nit),
                "success": bool(found.success),
                "version": version("pymc-marketing"),
            }
        )
    )


if __name__ == "__main__":
    main()
