"""The table and the points of curves, against closed forms on curves made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from curve_table_case import DRAWS, LINES, WEEKS, curves_of, regional_curves

from mmm.curve_tables.points import curve_points
from mmm.curve_tables.table import CurveRow, CurveTable, curve_table
from mmm.curve_tables.text import finding, trimmed
from mmm.curves import ParametricCurves, ResponseCurves
from mmm.curves.importing import read_table
from mmm.errors import InputError
from mmm.simulate import sample, simulate, true_curves


def row(table: CurveTable, kpi: str, channel: str, campaign: str = "") -> CurveRow:
    (found,) = (r for r in table.rows if (r.kpi, r.channel, r.campaign) == (kpi, channel, campaign))
    return found


@pytest.fixture(scope="module")
def curves() -> ParametricCurves:
    return curves_of()


@pytest.fixture(scope="module")
def table(curves: ParametricCurves) -> CurveTable:
    return curve_table(curves)


def test_rows_are_channels_then_their_lines_and_a_lone_line_once(table: CurveTable) -> None:
    for kpi in ("revenue", "new_customers"):
        assert [(r.channel, r.campaign, r.line) for r in table.rows if r.kpi == kpi] == [
            ("tv", "", "tv"),
            ("search", "", ""),
            ("search", "brand", "search/brand"),
            ("search", "generic", "search/generic"),
        ]
    assert (table.weeks, table.draws, table.currency) == (13, DRAWS, "EUR")
    assert table.meaning == (
        "the spend of the 13 weeks 2025-12-01 to 2026-03-01, repeated evenly over the next 13"
    )


def test_a_lines_figures_are_the_closed_form(curves: ParametricCurves, table: CurveTable) -> None:
    """u = 1, half_saturation = 2, slope 1: g = 1/3, g' = 2/9 per unit of u."""
    effect = curves.data["effect"].sel(kpi="revenue", line="search/generic").to_numpy()
    got = row(table, "revenue", "search", "generic")
    assert got.spend == pytest.approx(13 * 500)
    low, high = np.quantile(13 * effect / 3, [0.05, 0.95])
    assert got.contribution.mean == pytest.approx(13 * effect.mean() / 3)
    assert got.contribution.p05 == pytest.approx(low)
    assert got.contribution.p95 == pytest.approx(high)
    assert got.roas is not None
    assert got.roas.mean == pytest.approx(effect.mean() / 3 / 500)
    assert got.roas.p95 == pytest.approx(high / 6_500)
    assert got.marginal_roas is not None
    assert got.marginal_roas.mean == pytest.approx(effect.mean() * 2 / 9 / 500)
    assert (got.cac, got.marginal_cac) == (None, None)
    assert got.saturation == pytest.approx(1 / 3)
    assert got.half_saturation_spend == pytest.approx(13 * 2 * 500)
    assert got.prior_driven


def test_a_channel_is_the_sum_of_its_lines_draw_by_draw(
    curves: ParametricCurves, table: CurveTable
) -> None:
    effect = curves.data["effect"].sel(kpi="revenue", line=["search/brand", "search/generic"])
    total = 13 * effect.sum("line").to_numpy() / 3
    got = row(table, "revenue", "search")
    assert got.spend == pytest.approx(13 * 700)
    assert got.contribution.p05 == pytest.approx(np.quantile(total, 0.05))
    slopes = effect.to_numpy() * 2 / 9 / np.array([200, 500])
    mixed = slopes @ (np.array([200, 500]) / 700)  # the next euro is spent 2 : 5
    assert got.marginal_roas is not None
    assert got.marginal_roas.mean == pytest.approx(mixed.mean())
    assert got.marginal_roas.p95 == pytest.approx(np.quantile(mixed, 0.95))
    assert got.half_saturation_spend == pytest.approx(13 * 2 * 700)


def test_counts_get_cac_as_ratio_of_means_with_the_range_of_ratios(
    curves: ParametricCurves, table: CurveTable
) -> None:
    effect = curves.data["effect"].sel(kpi="new_customers", line="tv").to_numpy()
    got = row(table, "new_customers", "tv")
    assert (got.roas, got.marginal_roas) == (None, None)
    assert got.cac is not None
    assert got.cac.mean == pytest.approx(1_000 / (effect.mean() / 3))
    ratios = np.sort(1_000 / (effect / 3))
    assert got.cac.p05 == pytest.approx(ratios[9])  # the 10th of 200: 5 % lie at or below it
    assert got.cac.p95 == pytest.approx(ratios[189])
    assert got.cac.mean < ratios.mean()  # it is no mean of ratios


def test_weeks_are_those_asked_for(curves: ParametricCurves) -> None:
    table = curve_table(curves, weeks=WEEKS)
    got = row(table, "revenue", "tv")
    assert got.spend == pytest.approx(55 * 1_000 + 5 * 3_000)
    u = (70 / 60) / 2
    effect = curves.data["effect"].sel(kpi="revenue", line="tv").to_numpy()
    assert got.contribution.mean == pytest.approx(60 * effect.mean() * u / (1 + u))


@pytest.mark.parametrize("weeks", [0, -1, 61])
def test_weeks_beyond_the_history_are_refused(curves: ParametricCurves, weeks: int) -> None:
    with pytest.raises(InputError) as raised:
        curve_table(curves, weeks=weeks)
    assert str(raised.value) == f"--weeks: found {weeks}, expected 1 to 60, the weeks of history"


def test_a_line_that_spends_nothing_has_no_ratio_but_a_half_way_point() -> None:
    table = curve_table(curves_of(last=np.array([0.0, 200.0, 500.0]), slope=0.5))
    got = row(table, "revenue", "tv")
    assert (got.spend, got.contribution.mean, got.roas) == (0, 0, None)
    assert got.marginal_roas is None  # a Hill curve of slope below 1 rises without bound at zero
    assert got.saturation == 0
    assert got.half_saturation_spend == pytest.approx(13 * 2 * 1_000)
    flat = row(curve_table(curves_of(last=np.array([0.0, 200.0, 500.0]))), "revenue", "tv")
    assert flat.marginal_roas is not None  # with slope 1 it is finite: effect / (half · scale)


def test_without_a_currency_there_is_no_roas_and_no_cac() -> None:
    table = curve_table(curves_of(currency=""))
    for r in table.rows:
        assert (r.roas, r.cac, r.marginal_roas, r.marginal_cac) == (None, None, None, None)
    assert finding(table, "revenue").split(" brings most of all revenue: ")[0] in LINES


def test_the_sample_is_what_its_truth_says() -> None:
    """Brand search: half_saturation 0.35, so u = 0.35 is half way, and it is far beyond."""
    world = simulate(sample(), 20261122)
    got = row(curve_table(true_curves(world)), "revenue", "search", "brand")
    scale = float(world.truth["scale"].sel(line="search/brand"))
    assert got.half_saturation_spend == pytest.approx(13 * 0.35 * scale)
    u = got.spend / 13 / scale
    assert got.saturation == pytest.approx(u / (u + 0.35))
    assert (got.contribution.p05, got.contribution.p95) == (None, None)  # one draw


def imported(folder: Path, text: str, **options: object) -> ResponseCurves:
    path = folder / "table.csv"
    path.write_text(text)
    return read_table(path, **{"currency": "EUR", "weeks": 13, **options})  # type: ignore[arg-type]


TABLE = """\
channel,kpi,spend,response,draw
tv,revenue,0,0,0
tv,revenue,50,90,0
tv,revenue,100,120,0
tv,revenue,0,0,1
tv,revenue,100,40,1
"""


def test_imported_curves_are_read_at_their_last_point(tmp_path: Path) -> None:
    curves = imported(tmp_path, TABLE)
    table = curve_table(curves)
    got = row(table, "revenue", "tv")
    assert table.imported
    assert (got.spend, got.contribution.mean, got.saturation) == (100, 80, None)
    assert got.roas is not None
    assert got.roas.mean == pytest.approx(0.8)
    assert got.marginal_roas is not None
    assert got.marginal_roas.mean == pytest.approx((30 / 50 + 40 / 100) / 2)
    # the mean curve rises 1.1 per euro up to 50: half of 80 is reached at 40 / 1.1
    assert got.half_saturation_spend == pytest.approx(40 / 1.1)
    with pytest.raises(InputError, match="expected 13, which is what the imported table is about"):
        curve_table(curves, weeks=12)


def test_draws_that_bring_nothing_leave_cac_without_an_upper_end(tmp_path: Path) -> None:
    rows = [f"tv,c,0,0,{s}\ntv,c,100,{0 if s < 4 else 10},{s}" for s in range(20)]
    text = "channel,kpi,spend,response,draw\n" + "\n".join(rows)
    got = row(curve_table(imported(tmp_path, text, counts=["c"])), "c", "tv")
    assert got.cac is not None
    assert got.cac.mean == pytest.approx(100 / 8)
    assert (got.cac.p05, got.cac.p95) == (pytest.approx(10), None)


def test_the_finding_names_the_best_and_the_worst_line(table: CurveTable) -> None:
    marginal = {
        r.line: r.marginal_roas.mean
        for r in table.rows
        if r.line and r.marginal_roas
    }  # fmt: skip
    best, worst = max(marginal, key=marginal.__getitem__), min(marginal, key=marginal.__getitem__)
    sentence = finding(table, "revenue")
    assert sentence.startswith(f"The next EUR brings most revenue in {best} (")
    assert f"least in {worst} (" in sentence
    assert sentence.count("90 % sure: ") == 2
    assert finding(table, "new_customers").startswith("With the next EUR, new customers cost least")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1_500, "1.5k"), (20_000, "20k"), (100, "100"), (0.5, "0.5"), (2.5e6, "2.5M"),
     (1_234_567, "1.23M"), (300, "300")],
)  # fmt: skip
def test_trimmed(value: float, text: str) -> None:
    assert trimmed(value) == text


def test_points_of_a_channel_move_its_lines_together(curves: ParametricCurves) -> None:
    tv, search = curve_points(curves, "revenue")
    assert (tv.name, search.name) == ("tv", "search")  # the larger spend first
    assert search.current is not None
    assert search.current[0] == pytest.approx(13 * 700)
    assert search.observed == pytest.approx(13 * 700 * 3)
    assert search.total[-1] == pytest.approx(1.25 * 13 * 700 * 3)
    effect = curves.data["effect"].sel(kpi="revenue", line=["search/brand", "search/generic"])
    u = search.total / (13 * 700)
    draws = 13 * effect.sum("line").to_numpy()[:, None] * (u / (u + 2))
    np.testing.assert_allclose(search.median, np.median(draws, axis=0), rtol=1e-9)
    np.testing.assert_allclose(search.p90, np.quantile(draws, 0.9, axis=0), rtol=1e-9)
    names = [p.name for p in curve_points(curves, "revenue", keys=("channel", "campaign"))]
    assert names == ["tv", "search/generic", "search/brand"]


@pytest.fixture(scope="module")
def regional() -> ParametricCurves:
    return regional_curves()


def test_channels_add_up_over_regions_and_regions_over_channels(
    regional: ParametricCurves,
) -> None:
    geos = list(dict.fromkeys(own["geo"] for own in regional.labels.values()))
    channels = list(dict.fromkeys(own["channel"] for own in regional.labels.values()))
    assert regional.lines == tuple(f"{c}@{geo}" for c in channels for geo in geos)
    usual, by_geo = curve_table(regional), curve_table(regional, by="geo")
    revenue = [r for r in usual.rows if r.kpi == "revenue"]
    assert [(r.name, r.geo, r.line, r.whole) for r in revenue] == [
        (channel, "", "", False) for channel in channels
    ]
    each = [r for r in by_geo.rows if r.kpi == "revenue"]
    wholes = [r for r in each if r.whole]
    lines = {r.line: r for r in each if not r.whole}
    assert [r.name for r in wholes] == [r.geo for r in wholes] == geos
    assert set(lines) == set(regional.lines)
    for got in revenue:
        own = [lines[f"{got.channel}@{geo}"] for geo in geos]
        assert got.spend == pytest.approx(sum(r.spend for r in own))
        assert got.contribution.mean == pytest.approx(sum(r.contribution.mean for r in own))
        assert got.roas is not None
        assert got.roas.mean == pytest.approx(got.contribution.mean / got.spend)
    for got in wholes:
        own = [lines[f"{channel}@{got.geo}"] for channel in channels]
        assert got.spend == pytest.approx(sum(r.spend for r in own))
        assert got.contribution.mean == pytest.approx(sum(r.contribution.mean for r in own))
    best, worst = max(revenue, key=marginal), min(revenue, key=marginal)
    assert f"most revenue in {best.name} (" in finding(usual, "revenue")
    assert f"least in {worst.name} (" in finding(usual, "revenue")
    assert f"most revenue in {max(lines, key=lambda n: marginal(lines[n]))} (" in finding(
        by_geo, "revenue"
    )


def marginal(row: CurveRow) -> float:
    assert row.marginal_roas is not None
    return row.marginal_roas.mean


@pytest.mark.parametrize(
    ("keys", "count"), [(("channel",), 4), (("geo",), 5), (("channel", "campaign", "geo"), 20)]
)
def test_points_by_region(regional: ParametricCurves, keys: tuple[str, ...], count: int) -> None:
    points = curve_points(regional, "revenue", keys=keys)
    assert len(points) == count
    spent = sum(p.current[0] for p in points if p.current is not None)
    assert spent == pytest.approx(float(regional.history.isel(week=slice(-13, None)).sum()))


def test_what_is_bought_for_all_regions_has_a_row_of_its_own(tmp_path: Path) -> None:
    table = tmp_path / "curves.csv"
    table.write_text(
        "channel,campaign,geo,kpi,spend,response\n"
        "tv,,,revenue,0,0\ntv,,,revenue,9,9\n"
        "search,brand,DE,revenue,0,0\nsearch,brand,DE,revenue,5,7\n"
        "search,brand,FR,revenue,0,0\nsearch,brand,FR,revenue,5,3\n"
        "search,shop,FR,revenue,0,0\nsearch,shop,FR,revenue,2,1\n",
        encoding="utf-8",
    )
    made = read_table(table, currency="EUR", weeks=13)
    by_geo = [(r.name, r.whole, r.spend) for r in curve_table(made, by="geo").rows]
    assert by_geo == [
        ("all regions together", True, 9), ("tv", False, 9),
        ("DE", True, 5), ("search/brand@DE", False, 5),
        ("FR", True, 7), ("search/brand@FR", False, 5), ("search/shop@FR", False, 2),
    ]  # fmt: skip
    usual = [
        (r.name, r.whole, r.spend, round(r.contribution.mean, 9)) for r in curve_table(made).rows
    ]
    assert usual == [
        ("tv", False, 9, 9), ("search", True, 12, 11),
        ("search/brand", False, 10, 10), ("search/shop@FR", False, 2, 1),
    ]  # fmt: skip


def test_regions_of_curves_that_know_none(curves: ParametricCurves) -> None:
    with pytest.raises(InputError, match="geo, of curves that know no regions"):
        curve_table(curves, by="geo")
