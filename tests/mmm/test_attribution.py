"""Tables of an attribution add up to the cent; returns are what was brought over what was spent."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import attributed_case
import numpy as np
import pytest
from attributed_case import case, curves

from mmm.attribution import Report, attribution, groups, report, write_ledger
from mmm.attribution.marginal import marginal_returns
from mmm.attribution.text import finding, returns_finding
from mmm.cli import app
from mmm.contributions import contributions
from mmm.curve_tables.table import curve_table
from mmm.curves import ParametricCurves
from mmm.errors import InputError, OutputExists
from mmm.fit.conduct import save
from mmm.terminal import run


def said(name: str = "nation", kpi: str = "revenue", by: str = "channel") -> Report:
    fit, _ = case(name)
    return report(attribution(fit.posterior, fit.constants, kpi), curves(fit), by)


@pytest.mark.parametrize(("name", "by"), [("nation", "line"), ("regions", "geo")])
def test_every_week_adds_up_to_the_cent(name: str, by: str, tmp_path: Path) -> None:
    fit, _ = case(name)
    kpis = [str(kpi) for kpi in fit.constants["kpi"].to_numpy()]
    every = [attribution(fit.posterior, fit.constants, kpi) for kpi in kpis]
    path = write_ledger(every, tmp_path / "deep" / "weeks.csv", by=by)
    weeks: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            week = weeks[row["kpi"], row["geo"], row["week"]]
            week[row["part"]] = round(float(row["mean"]) * 100)
    geos = 3 if by == "geo" else 1
    assert len(weeks) == len(kpis) * geos * attributed_case.WEEKS
    for (kpi, geo, date), cents in weeks.items():
        observed, expected = cents.pop("observed"), cents.pop("expected")
        unexplained = cents.pop("unexplained")
        assert sum(cents.values()) == expected == observed - unexplained
        values = fit.constants["kpi_values"].sel(kpi=kpi, week=date)
        true = values.sel(geo=geo) if geo else values.sum("geo")
        assert observed == round(100 * float(true))
    with pytest.raises(OutputExists):
        write_ledger(every, path)


def test_returns_are_what_was_brought_over_what_was_spent() -> None:
    fit, _ = case("nation")
    own = contributions(fit.posterior, fit.constants, "revenue")
    rows = {total.name: total for total in said().window(attributed_case.WEEKS)}
    brought = own.totals[:, 1:3].sum(axis=1)  # both campaigns of search
    spend = own.money[1:3].sum()
    roas = rows["search"].roas
    assert roas is not None
    assert rows["search"].spend == pytest.approx(spend)
    assert roas.mean == pytest.approx(brought.mean() / spend, rel=1e-5)
    assert (roas.p05, roas.p95) == pytest.approx(np.quantile(brought / spend, [0.05, 0.95]), 1e-5)
    profit = rows["search"].profit
    assert profit is not None
    assert profit.mean == pytest.approx(0.4 * brought.mean(), rel=1e-5)
    assert rows["post"].roas is None
    assert rows["post"].spend is None
    assert sum(total.share for total in rows.values()) == pytest.approx(1)


def test_the_next_unit_of_money_is_that_of_the_curves() -> None:
    fit, _ = case("nation")
    known = {row.channel: row for row in curve_table(curves(fit)).rows if row.kpi == "revenue"}
    rows = {total.name: total for total in said().window(attributed_case.WEEKS)}
    assert rows["tv"].marginal_roas == known["tv"].marginal_roas
    whole = report(attribution(fit.posterior, fit.constants, "orders"), curves(fit), "channel")
    costs = {row.channel: row for row in curve_table(curves(fit)).rows if row.kpi == "orders"}
    orders = {total.name: total for total in whole.window(attributed_case.WEEKS)}
    assert orders["tv"].marginal_cost == costs["tv"].marginal_cac
    regions = said("regions", by="geo")
    north = next(t for t in regions.totals if (t.name, t.geo) == ("tv", "north"))
    assert north.marginal_roas is None  # nobody can buy a national line in one region


def test_a_campaign_without_history_is_not_in_its_channel_s_next_unit() -> None:
    known = curves(case()[0])
    row = known.lines.index("search/generic")
    data = known.data.copy(deep=True)
    data["spend"][row] = data["exposure"][row] = 0.0
    data["prior_driven"][row] = True
    kpi = known.kpis[0]
    by_line = marginal_returns(ParametricCurves(data), kpi, "line")
    assert ("search/generic", "") not in by_line
    by_channel = marginal_returns(ParametricCurves(data), kpi, "channel")
    np.testing.assert_allclose(by_channel["search", ""], by_line["search/brand", ""])


def test_value_and_margin_of_each_week() -> None:
    """Σ_t contribution_t · value_t · margin_t, not the total at an average value."""
    fit, _ = case("nation")
    own = attribution(fit.posterior, fit.constants, "orders")
    row = next(group for group in groups(own) if group.name == "tv")
    at = fit.constants.sel(kpi="orders", geo="national")
    value, margin = at["value_per_unit"].to_numpy(), at["margin"].to_numpy()
    money = (row.weekly * value).sum(axis=1)
    assert np.ptp(value) > 0
    total = next(t for t in said(kpi="orders").window(attributed_case.WEEKS) if t.name == "tv")
    assert total.revenue is not None
    assert total.profit is not None
    assert total.roas is not None
    assert total.cost is not None
    assert total.spend is not None
    assert total.revenue.mean == pytest.approx(money.mean())
    assert total.profit.mean == pytest.approx((row.weekly * value * margin).sum(axis=1).mean())
    assert total.roas.mean == pytest.approx(money.mean() / total.spend)
    assert total.cost.mean == pytest.approx(total.spend / row.weekly.sum(axis=1).mean())


def test_windows_are_the_last_weeks() -> None:
    fit, _ = case("regions")
    own = attribution(fit.posterior, fit.constants, "revenue")
    made = said("regions")
    assert made.windows == (78, 52, 13)
    for weeks in made.windows:
        total = next(t for t in made.window(weeks) if t.name == "tv")
        part = next(part for part in own.parts if part.name == "tv")
        expected = part.weekly[..., -weeks:].sum(axis=(1, 2)).mean()
        assert total.contribution.mean == pytest.approx(expected)
        spend = fit.constants["spend"].sel(line="tv").transpose("geo", "week").to_numpy()
        assert total.spend == pytest.approx(spend[:, -weeks:].sum())
    assert made.expected.mean + made.unexplained == pytest.approx(made.observed)


def test_what_cannot_be_grouped_is_said() -> None:
    with pytest.raises(InputError, match="geo, of a model without regions"):
        said(by="geo")
    with pytest.raises(InputError, match=r"found .lines.*did you mean"):
        said(by="lines")


def test_the_finding_names_what_brought_and_returned_most() -> None:
    made = said(kpi="orders")
    paid = [total for total in made.window(78) if total.kind in ("media", "organic")]
    most = max(paid, key=lambda total: total.contribution.mean)
    assert f", {most.name} most: " in finding(made)
    best = max((t for t in paid if t.roas), key=lambda t: t.roas.mean)  # type: ignore[union-attr]
    assert returns_finding(made).startswith(f"One EUR in {best.name} returned most")


def test_the_command_writes_all_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit, _ = case("nation")
    save(replace(fit, source={**fit.source, "model": {}}), tmp_path / "fit")
    files = [tmp_path / name for name in ("weeks.csv", "weeks.png", "returns.svg")]
    options = ["--csv", str(files[0]), "--plot", str(files[1]), "--returns", str(files[2])]
    assert run(app, ["attribution", str(tmp_path / "fit"), "--json", *options]) == 0
    body = json.loads(capsys.readouterr().out)
    assert [one["kpi"] for one in body["kpis"]] == ["revenue", "orders"]
    assert body["kpis"][0]["finding"].startswith("Media brought ")
    assert files[1].read_bytes().startswith(b"\x89PNG")
    assert ">search<" in files[2].read_text(encoding="utf-8").replace("\n", "")
    assert run(app, ["attribution", str(tmp_path / "fit"), *options]) == 2
    assert "already exists and is kept" in capsys.readouterr().err
    assert run(app, ["attribution", str(tmp_path / "fit"), "--kpi", "orders"]) == 0
    shown = capsys.readouterr().out
    assert max(len(line) for line in shown.splitlines()) <= 100
    assert "tv × search" in shown
    assert "Curves and plans leave it out." in " ".join(shown.split())
    assert run(app, ["attribution", str(tmp_path / "fit"), "--kpi", "order"]) == 2
    assert run(app, ["curves", str(tmp_path / "fit" / "curves.nc")]) == 0
    assert "orders: worth " in capsys.readouterr().out
