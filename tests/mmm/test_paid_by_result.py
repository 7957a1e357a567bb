"""Media paid by result: out of the likelihood, back as the curve of their belief."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from model_case import random_values
from scipy.special import expit, logit
from unlearnt_case import UNLEARNT, unlearnt_data, unlearnt_spec

from mmm.commission import expected_incremental
from mmm.data import MediaData
from mmm.errors import InputError
from mmm.experiments import Experiment
from mmm.model.gather import gather
from mmm.spec import ModelSpec, spec_of
from mmm.unlearnt import notes, unlearnt
from mmm.unlearnt.paid import drawn_lines
from mmm.yamlfile import parse

AFFILIATE = 1
STATED = expit(logit(0.3) + (logit(0.6) - logit(0.1)) / 2 * np.array([-1, 0, 1]))


def experiment(*lines: str, kpi: str = "revenue", lost: float = 2500.0) -> Experiment:
    first = dt.date(2023, 5, 1)
    return Experiment(
        kpi, lines, ("all",), first, dt.date(2023, 5, 28), -500.0, -lost, lost / 50, "holdout",
        dt.date(2023, 5, 28), "a pause",
    )  # fmt: skip


def test_it_is_taken_out_of_the_data_and_given_to_the_model() -> None:
    spec, data = unlearnt_spec(), unlearnt_data()
    apart = unlearnt(spec, data)
    assert apart.learnt.lines == ("tv", "search/brand", "search/generic", "video")
    belief = spec.channels["affiliate"].commission.incremental  # type: ignore[union-attr]
    spend = data.panel("spend")[AFFILIATE]
    mean = expected_incremental(belief)
    np.testing.assert_allclose(apart.given("revenue"), mean * spend / 0.1, rtol=1e-9)
    np.testing.assert_allclose(apart.given("customers"), mean * spend / 8, rtol=1e-9)


def test_the_model_explains_what_is_left() -> None:
    """Residuals in KPI units: KPI − given − centre − learnt media, whatever the parameters."""
    spec = unlearnt_spec()
    apart = unlearnt(spec, unlearnt_data())
    own = gather(spec, apart.learnt, "revenue", given=apart.given("revenue"))
    bare = replace(own, given=None)
    values = random_values(own, np.random.default_rng(4), 5)
    left = (own.standard - own.media(values)) * own.unit
    learnt = own.kpi_values - apart.given("revenue") - own.centre - own.unit * bare.media(values)
    np.testing.assert_allclose(left, learnt, rtol=1e-9, atol=1e-6)


def test_gather_refuses_what_nothing_can_be_learnt_of() -> None:
    with pytest.raises(ValueError, match="affiliate: paid by result"):
        gather(unlearnt_spec(), unlearnt_data(), "revenue")


def test_its_draws_are_the_fraction_over_the_price_at_any_spend() -> None:
    spec, data = unlearnt_spec(), unlearnt_data()
    found = unlearnt(spec, data).fractions
    (line,) = drawn_lines(spec, data, found, shape=(4, 5000), seed=5)
    assert (line.name, line.adstock, line.saturation, line.window) == (
        "affiliate", "none", "none", 1,
    )  # fmt: skip
    assert line.prior_driven
    assert line.labels == {"kind": "partner"}
    for kpi, price in (("revenue", 0.1), ("customers", 8.0)):
        x = line.drawn[kpi].effect[..., 0] / line.scale * price
        np.testing.assert_allclose(np.quantile(x, [0.05, 0.5, 0.95]), STATED, rtol=0.04)
        weekly = data.panel("spend")[AFFILIATE].mean()
        np.testing.assert_allclose(line.drawn[kpi].average[..., 0], x * weekly / price)


def test_a_test_of_it_moves_the_belief_and_no_other_line() -> None:
    spec, data = unlearnt_spec(), unlearnt_data()
    other = experiment("tv")
    apart = unlearnt(spec, data, [experiment("affiliate"), other])
    assert apart.experiments == (other,)
    assert apart.fractions["affiliate"].mean == pytest.approx(2500 / (500 / 0.1), rel=0.01)
    (line,) = drawn_lines(spec, data, apart.fractions, shape=(1, 10), seed=1)
    assert not line.prior_driven
    assert [check.name for check in apart.checks()] == ["lines without history"]
    orders = unlearnt(spec, data, [experiment("affiliate", kpi="customers", lost=25.0)])
    assert orders.fractions["affiliate"].mean == pytest.approx(25 / (500 / 8), rel=0.01)


def test_a_test_of_both_kinds_cannot_be_divided() -> None:
    with pytest.raises(InputError, match="a pause, which changed tv and affiliate together"):
        unlearnt(unlearnt_spec(), unlearnt_data(), [experiment("tv", "affiliate")])


def test_regions_are_kept() -> None:
    spec = regional(unlearnt_spec())
    data = in_regions(unlearnt_data())
    apart = unlearnt(spec, data)
    given = apart.given("revenue")
    assert given is not None
    assert given.shape == (2, len(data.dates))
    (line,) = drawn_lines(spec, data, apart.fractions, shape=(1, 50), seed=1)
    assert line.local
    heads = data.population
    x = line.drawn["revenue"].effect * 0.1 / (line.scale * heads)
    np.testing.assert_allclose(x[..., 0], x[..., 1])
    np.testing.assert_allclose(
        line.drawn["revenue"].average,
        x * data.panel("spend")[AFFILIATE].mean(axis=-1) / 0.1,
    )


def test_what_mmm_check_says() -> None:
    said = notes(unlearnt_spec(), ["tv", "affiliate", "search", "search"])
    assert len(said) == 3
    assert said[0].startswith("affiliate is paid by result: 30% (10% to 60%) of what it tracks")
    assert "podcast has no history" in said[1]
    assert "2,000 EUR a week (revenue: ROAS 1.5, 90 % sure: 0.5 to 4.5; customers: " in said[1]
    assert "revenue: like its siblings" in said[2]


def regional(spec: ModelSpec) -> ModelSpec:
    text = UNLEARNT.replace("[{file: unused.csv}]", "[{file: unused.csv, geo: region}]")
    text += "geos: {population: {north: 300.0, south: 100.0}}\nanswers: {geo: keep}\n"
    return spec_of(parse(text, "model.yaml"))


def in_regions(data: MediaData) -> MediaData:
    """Two thirds of everything in the north."""
    part = xr.DataArray([2 / 3, 1 / 3], dims="geo", coords={"geo": ["north", "south"]})
    own = data.dataset
    split = {name: (own[name] * part).transpose(..., "geo", "date")
             for name in ("spend", "impressions", "kpis")}  # fmt: skip
    split["controls"] = (own["controls"] * xr.ones_like(part)).transpose(..., "geo", "date")
    return MediaData.of(
        own.assign(split)
        .assign(local=("line", [True] * own.sizes["line"]))
        .assign_coords(population=("geo", [300.0, 100.0]))
    )
