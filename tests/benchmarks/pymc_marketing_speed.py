"""PyMC-Marketing on the benchmark's table, run by model_speed.py with another Python.

Its own default priors; nutpie; eight weeks of geometric adstock; two Fourier pairs; the controls
of the table and a linear trend; a region is a dimension of its own. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

import arviz as az
import nutpie  # noqa: F401  # its import is not part of the figure
import pandas as pd
from pymc_marketing.mmm import GeometricAdstock, HillSaturation, LogisticSaturation
from pymc_marketing.mmm.multidimensional import MMM

SATURATIONS = {"logistic": LogisticSaturation, "hill": HillSaturation}


def cpu_seconds() -> float:
    """CPU of this process and of the children it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def main() -> None:
    """Fit once and print the figures."""
    parser = argparse.ArgumentParser()
    for name in ("one", "data", "saturation"):
        parser.add_argument(f"--{name}")
    for name in ("seed", "draws", "tune", "chains", "cores"):
        parser.add_argument(f"--{name}", type=int)
    options = parser.parse_args()
    started = cpu_seconds()
    table = pd.read_csv(options.data, parse_dates=["date"])
    channels = [name for name in table if name.startswith("ch")]
    regions = ("geo",) if "geo" in table else None
    model = MMM(
        date_column="date",
        target_column="y",
        channel_columns=channels,
        control_columns=["price", "holiday", "t"],
        adstock=GeometricAdstock(l_max=8),
        saturation=SATURATIONS[options.saturation](),
        yearly_seasonality=2,
        dims=regions,
    )
    fitted = model.fit(
        table.drop(columns="y"),
        table["y"],
        draws=options.draws,
        tune=options.tune,
        chains=options.chains,
        cores=options.cores,
        random_seed=options.seed,
        nuts_sampler="nutpie",
        progressbar=False,
    )
    cpu = cpu_seconds() - started
    names = [name for name in fitted.posterior if name.startswith(("adstock_", "saturation_"))]
    names = [name for name in names if "channel" in fitted.posterior[name].dims]
    own, stats = fitted.posterior[names], fitted.sample_stats
    steps = next(stats[name] for name in ("n_steps", "num_steps", "tree_size") if name in stats)
    print(
        json.dumps(
            {
                "cpu": cpu,
                "ess": float(min(value.min() for value in az.ess(own).values())),
                "r_hat": float(max(value.max() for value in az.rhat(own).values())),
                "divergences": int(stats["diverging"].sum()),
                "steps": float(steps.mean()),
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
