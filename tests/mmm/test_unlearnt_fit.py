"""A fit with media paid by result and new lines, from draws to files and curves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from test_fit import CHAINS, DRAWS, pretend
from test_paid_by_result import in_regions, regional
from unlearnt_case import unlearnt_data, unlearnt_spec

import mmm.fit.conduct
from mmm.card import Verdict
from mmm.contributions import contributions
from mmm.curve_tables.table import curve_table
from mmm.curves import load as load_curves
from mmm.fit.conduct import Fit, fit, load, save, to_curves

ADDED = ("affiliate", "podcast", "search/shopping")


@pytest.fixture(scope="module")
def fitted() -> Fit:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mmm.fit.conduct, "sample", pretend)
        return fit(unlearnt_spec(), unlearnt_data(), cores=0, holdout=10)


def test_every_line_has_draws_and_a_curve(fitted: Fit) -> None:
    curves = to_curves(fitted, draws=40)
    assert curves.lines == ("tv", "search/brand", "search/generic", "video", *ADDED)
    assert curves.prior_driven == ADDED
    assert (curves.data["effect"] > 0).all()
    assert fitted.posterior["effect"].shape == (2, CHAINS, DRAWS, 7, 1)
    assert not curves.data["spend"].sel(line="podcast").any()
    assert list(curves.data["channel"].sel(line=list(ADDED)).to_numpy()) == [
        "affiliate", "podcast", "search",
    ]  # fmt: skip
    assert list(curves.data["label_kind"].to_numpy())[-3:] == ["partner", "audio", ""]


def test_the_card_asks_for_review(fitted: Fit) -> None:
    found = {check.name: check for check in fitted.card.checks}
    new, paid = found["lines without history"], found["commission, not learnt"]
    assert (new.verdict, paid.verdict) == (Verdict.REVIEW, Verdict.REVIEW)
    assert "podcast and search/shopping" in new.sentence
    assert "The cost of affiliate is a commission" in paid.sentence


def test_it_is_saved_and_read_like_any_fit(fitted: Fit, tmp_path: Path) -> None:
    save(fitted, tmp_path / "fit")
    back = load(tmp_path / "fit")
    xr.testing.assert_identical(back.posterior, fitted.posterior)
    xr.testing.assert_identical(back.constants, fitted.constants)
    assert load_curves(tmp_path / "fit" / "curves.nc").prior_driven == ADDED


def test_what_the_affiliate_brought_is_its_tracked_revenue_times_the_fraction(fitted: Fit) -> None:
    own = contributions(fitted.posterior, fitted.constants, "revenue", draws=10**6)
    place = own.lines.index("affiliate")
    per_money = own.weekly[:, place, 0].sum(axis=-1) / own.money[place]
    spend = unlearnt_data().panel("spend")[1, 0]
    np.testing.assert_allclose(own.weekly[:, place, 0], per_money[:, None] * spend, rtol=1e-5)
    assert 0 < per_money.min() < per_money.max() < 10  # x / 0.1, and x is below 1
    assert own.totals[:, own.lines.index("podcast")].max() == 0


def test_the_table_reads_new_lines_at_their_stated_spend(fitted: Fit) -> None:
    curves = to_curves(fitted, draws=40)
    table = curve_table(curves, weeks=4)
    rows = {row.line: row for row in table.rows if row.kpi == "revenue" and row.line}
    assert rows["podcast"].spend == pytest.approx(4 * 2000)
    assert rows["search/shopping"].spend == pytest.approx(4 * 400)
    assert all(rows[line].prior_driven for line in ADDED)
    assert not rows["tv"].prior_driven
    assert "lines without history at the spend stated for them" in table.meaning
    roas = rows["affiliate"].roas
    assert roas is not None
    np.testing.assert_allclose(
        roas.mean, (curves.data["effect"].sel(kpi="revenue", line="affiliate")
                    / curves.data["scale"].sel(line="affiliate")).mean(), rtol=1e-5,
    )  # fmt: skip


def test_by_region_paid_lines_stay_there_and_new_ones_are_for_all() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mmm.fit.conduct, "sample", pretend)
        done = fit(regional(unlearnt_spec()), in_regions(unlearnt_data()), cores=0)
    curves = to_curves(done, draws=40)
    assert curves.prior_driven == (
        "affiliate@north", "affiliate@south", "podcast", "search/shopping",
    )  # fmt: skip
    data = curves.data
    for kpi, price in (("revenue", 0.1), ("customers", 8.0)):
        per_money = data["effect"].sel(kpi=kpi) / data["scale"] * price
        north, south = (per_money.sel(line=f"affiliate@{geo}") for geo in ("north", "south"))
        np.testing.assert_allclose(north, south, rtol=1e-6)
        assert 0 < float(north.min()) < float(north.max()) < 1
    assert float(data["scale"].sel(line="podcast")) == pytest.approx(2000)
