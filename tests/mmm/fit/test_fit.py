"""From draws to files: curves that say what the model says, outputs that are whole or absent."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import arviz as az
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from model_case import MODEL, WEEKS, data, evidence, spec
from pretend_case import CHAINS, DRAWS, pretend

import mmm.fit.conduct
from mmm import saturation
from mmm.card import Verdict
from mmm.curves import Window
from mmm.curves import load as load_curves
from mmm.errors import InputError, OutputExists, OutputImpossible
from mmm.fit.conduct import Fit, fit, load, save, to_curves


@pytest.fixture(scope="module")
def fitted() -> Fit:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mmm.fit.conduct, "sample", pretend)
        return fit(spec(), data(), cores=0, holdout=10)


def test_curves_equal_the_model_s_own_contributions(fitted: Fit) -> None:
    """Curves without history, fed the training weeks, week by week against the PyTensor graph."""
    import pytensor.tensor as pt

    curves = to_curves(fitted, draws=40)
    empty = curves.data.copy()
    for name in ("spend", "exposure"):
        empty[name] = xr.zeros_like(empty[name])
    curves = type(curves)(empty)
    nothing = xr.DataArray(
        np.zeros((3, 0)), dims=("line", "week"), coords={"line": list(curves.lines)}
    )
    window = Window(pd.Timestamp("2024-07-01").date(), WEEKS, nothing, nothing)
    for kpi in curves.kpis:
        own = evidence(kpi)
        weekly = np.zeros((40, WEEKS))
        for row, line in enumerate(curves.lines):
            spend = own.exposure[row, 0] * float(curves.data["cost_per_unit"].sel(line=line))
            curve = curves.steady(kpi, line, spend / spend.sum(), window)
            family = saturation.by_name(str(curves.data["saturation"].sel(line=line).item()))
            level = curve.unit * spend.sum()
            weekly += (curve.effect[:, None] * family.value(level, **curve.parameters))[:, :WEEKS]
        names = [parameter.name for parameter in own.parameters]
        values = {
            name: curves.data[name].sel(kpi=kpi).to_numpy()[:, parameter.rows].astype(float)
            for name, parameter in zip(names, own.parameters, strict=True)
        }
        mean = np.stack(
            [own.shapes(family, values)[:, 0].mean(axis=-1) for family in own.families], axis=1
        )
        values["average"] = curves.data["effect"].sel(kpi=kpi).to_numpy() * mean / own.unit
        symbols = {name: pt.as_tensor(value) for name, value in values.items()}
        model = own.media(symbols, xp=pt).eval(mode="FAST_COMPILE")[:, 0] * own.unit
        np.testing.assert_allclose(weekly, model, rtol=1e-9)


def test_effect_and_average_of_the_posterior_belong_together(fitted: Fit) -> None:
    post = fitted.posterior.sel(kpi="customers")
    own = evidence("customers")
    values = {p.name: post[p.name].to_numpy().reshape(-1, 3)[:, p.rows] for p in own.parameters}
    for row, family in enumerate(own.families):
        mean = own.shapes(family, values)[:, 0].mean(axis=-1)
        np.testing.assert_allclose(
            post["effect"].to_numpy().reshape(-1, 3)[:, row] * mean,
            post["average"].to_numpy().reshape(-1, 3)[:, row],
            rtol=1e-10,
        )


def test_cost_per_unit_turns_money_into_views(fitted: Fit) -> None:
    own, cost = evidence(), fitted.constants["cost_per_unit"]
    assert cost.sel(line="tv") == 1
    expected = own.spend[2].sum() / own.exposure[2].sum()
    assert float(cost.sel(line="social")) == pytest.approx(expected)


def test_curves_are_thinned_evenly_and_paired_by_a_recorded_order(fitted: Fit) -> None:
    curves = to_curves(fitted, draws=30)
    kept = np.arange(30) * (CHAINS * DRAWS) // 30
    orders = []
    for place, kpi in enumerate(curves.kpis):
        all_draws = fitted.posterior["effect"].sel(kpi=kpi).to_numpy().reshape(-1, 3)[kept]
        order = np.random.default_rng([curves.source["pairing_seed"], place]).permutation(30)
        np.testing.assert_array_equal(
            curves.data["effect"].sel(kpi=kpi), all_draws[order].astype(np.float32)
        )
        orders.append(order.tolist())
    assert orders[0] != orders[1]
    assert to_curves(fitted, draws=10**6).draws == CHAINS * DRAWS


def test_where_the_curves_come_from(fitted: Fit) -> None:
    source = to_curves(fitted).source
    assert source["data_digest"] == data().digest
    assert source["sampling"] == {"draws": 50, "tune": 50, "chains": 2, "seed": 5}
    assert source["model"]["channels"].keys() == {"tv", "search", "social"}
    assert {"pymc", "nutpie", "numpy"} <= source["versions"].keys()
    assert len(source["model_digest"]) == 64


def test_saved_and_loaded_is_the_same(fitted: Fit, tmp_path: Path) -> None:
    save(fitted, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "curves.nc", "fit.nc", "health.json",
    ]  # fmt: skip
    back = load(tmp_path / "out")
    xr.testing.assert_identical(back.posterior, fitted.posterior)
    xr.testing.assert_identical(back.stats, fitted.stats)
    xr.testing.assert_identical(back.constants, fitted.constants)
    assert (back.source, back.card) == (fitted.source, fitted.card)
    curves = load_curves(tmp_path / "out" / "curves.nc")
    assert curves.digest == to_curves(fitted).digest == to_curves(back).digest
    assert json.loads((tmp_path / "out" / "health.json").read_text()) == json.loads(
        fitted.card.to_json()
    )


def test_arviz_reads_the_file(fitted: Fit, tmp_path: Path) -> None:
    save(fitted, tmp_path)
    idata = az.from_netcdf(tmp_path / "fit.nc", engine="h5netcdf")
    assert set(idata.groups()) == {"posterior", "sample_stats", "constant_data", "warm_start"}
    assert float(az.rhat(idata.posterior[["effect"]]).effect.max()) < 2


def test_nothing_is_overwritten_without_force(fitted: Fit, tmp_path: Path) -> None:
    (tmp_path / "health.json").write_text("mine")
    with pytest.raises(OutputExists, match=r"health\.json"):
        save(fitted, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["health.json"]
    save(fitted, tmp_path, force=True)
    assert (tmp_path / "health.json").read_text() != "mine"


def test_a_write_that_fails_leaves_nothing_behind(
    fitted: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, **_: object) -> None:
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(mmm.fit.conduct.posterior, "save", full)
    with pytest.raises(OutputImpossible, match="disk full"):
        save(fitted, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_fit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fit.nc").write_text("not a fit")
    with pytest.raises(InputError, match="found a file that cannot be read"):
        load(tmp_path)


def test_a_fit_of_another_version_is_refused(tmp_path: Path) -> None:
    groups = {name: xr.Dataset({"effect": 1.0}) for name in mmm.fit.conduct.posterior.GROUPS}
    mmm.fit.conduct.posterior.save(tmp_path / "fit.nc", groups, {"source": "{}"})
    with pytest.raises(InputError, match=r"found a file without average and .* fit again with"):
        load(tmp_path)


def test_the_hold_out_is_scored_apart(fitted: Fit) -> None:
    names = [check.name for check in fitted.card.checks]
    assert "revenue: variance foreseen" in names
    assert fitted.card.verdict is Verdict.FAIL  # random draws explain nothing


def test_same_seed_same_draws_and_another_kpi_changes_none() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mmm.fit.conduct, "sample", pretend)
        whole = fit(spec(), data(), cores=0)
        alone = spec(MODEL.replace("  revenue: {column: revenue, unit: currency}\n", ""))
        one = fit(alone, type(data()).of(data().dataset.sel(kpi=["customers"])), cores=0)
    xr.testing.assert_identical(
        whole.posterior.sel(kpi=["customers"]), one.posterior.sel(kpi=["customers"])
    )


def test_too_little_to_learn_from_is_refused_before_any_sampling() -> None:
    with pytest.raises(InputError, match="found 20 weeks to learn from, expected at least 26"):
        fit(spec(), data(), cores=0, holdout=WEEKS - 20)


def wide_csv() -> str:
    own = data().dataset
    columns = {
        "date": own["date"].to_numpy().astype("datetime64[D]"),
        "tv": own["spend"].sel(line="tv"),
        "search": own["spend"].sel(line="search"),
        "revenue": own["kpis"].sel(kpi="revenue"),
        "price": own["controls"].sel(control="price"),
    }
    return pd.DataFrame({name: np.asarray(values) for name, values in columns.items()}).to_csv(
        index=False
    )


@pytest.mark.slow
def test_mmm_fit_from_the_command_line(tmp_path: Path) -> None:
    """A real fit, short: worker process, progress, card, files, and a second call refused."""
    (tmp_path / "table.csv").write_text(wide_csv())
    (tmp_path / "model.yaml").write_text(
        "schema_version: 1\ndata: {tables: [{file: table.csv}]}\ncurrency: EUR\n"
        "kpis: {revenue: {column: revenue, unit: currency}}\n"
        "channels: {tv: {spend: tv}, search: {spend: search}}\ncontrols: [{column: price}]\n"
        "defaults: {saturation: {kind: michaelis_menten}}\n"
    )
    command = [
        sys.executable, "-c", "from mmm.cli import main; main()", "fit",
        str(tmp_path / "model.yaml"), "--out", str(tmp_path / "out"),
        "--draws", "150", "--tune", "150", "--chains", "2", "--seed", "9",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Health of the fit" in done.stdout
    assert re.search(r"FAIL\s+revenue: bulk ESS", done.stdout)  # 300 draws are too few
    back = load(tmp_path / "out")
    assert dict(back.posterior.sizes) | {"column": 0} == {
        "kpi": 1, "chain": 2, "draw": 150, "line": 2, "geo": 1, "column": 0, "own_column": 0,
    }  # fmt: skip
    assert back.source["sampling"] == {"draws": 150, "tune": 150, "chains": 2, "seed": 9}
    explained = next(c for c in back.card.checks if c.name == "revenue: variance explained")
    assert explained.value > 0.8
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 0
    assert "already holds the fit of this model" in " ".join(again.stdout.split())
    other = subprocess.run(
        [*command, "--holdout", "8"], capture_output=True, text=True, check=False
    )
    assert other.returncode == 2
    assert "already exists and is kept" in other.stderr
