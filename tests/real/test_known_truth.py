"""Public sets whose truth is known: the model finds it, or the card says why it cannot."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from mmm.card import Verdict
from mmm.data import load
from mmm.fit.conduct import Fit, fit
from mmm.spec import SamplingSpec, load_spec
from real_sets import folder, model_file, needs_datasets

SHORT = SamplingSpec(draws=1000, tune=400, chains=2, seed=1)


def fitted(model: Path) -> Fit:
    spec = load_spec(model)
    return fit(spec, load(spec), sampling=SHORT, cores=0)


@needs_datasets
@pytest.mark.slow
def test_pymc_marketing_s_example(tmp_path: Path) -> None:
    """True totals over 179 weeks: x1 274,848 and x2 65,906 (the set's own generator)."""
    average = fitted(model_file("mmm_example", tmp_path)).posterior["average"]
    totals = 179 * average.sel(kpi="sales").isel(geo=0).stack(sample=("chain", "draw"))
    for line, truth in (("x1", 274_848), ("x2", 65_906)):
        own = totals.sel(line=line).to_numpy()
        assert own.mean() == pytest.approx(truth, rel=0.15)
        low, high = np.quantile(own, [0.05, 0.95])
        assert low < truth < high


def spent_in_the_test() -> float:
    """What Facebook cost in the two whole weeks of the test, 2021-09-01 to 14."""
    path = folder() / "geolift" / "mmm_calibration_positive_national_daily.csv"
    with path.open(newline="") as table:
        rows = [row for row in csv.DictReader(table) if "2021-09-01" <= row["date"] <= "2021-09-14"]
    return sum(float(row["facebook_investment"]) for row in rows)


@needs_datasets
@pytest.mark.slow
def test_spend_that_follows_sales_is_not_believed(tmp_path: Path) -> None:
    """The true return is 1.6 (the pack's own note); a regression on the series says 8.6."""
    model = model_file("geolift", tmp_path)
    model.write_text(model.read_text("utf-8") + "experiments: experiments.csv\n", "utf-8")
    spend = spent_in_the_test()
    (tmp_path / "experiments.csv").write_text(
        "kpi,lines,geo,start,end,spend_change,incremental_outcome,standard_error,kind\n"
        f"sales,facebook,all,2021-09-01,2021-09-14,{spend:.2f},{1.6 * spend:.2f},"
        f"{0.15 * 1.6 * spend:.2f},scale_up\n"
    )
    card = fitted(model).card
    assert card.verdict is Verdict.REVIEW
    checks = {check.name: check for check in card.checks}
    follows = checks["sales: spend that follows the KPI"]
    assert follows.verdict is Verdict.REVIEW
    assert "run an experiment" in follows.sentence
    conflict = checks["sales: experiments against the series"]
    assert conflict.verdict is Verdict.REVIEW
    assert "disagree" in conflict.sentence
