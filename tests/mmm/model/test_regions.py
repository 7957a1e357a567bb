"""Data by region: each number in its region, national series spread, the sum what it was."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import planner_case
import pytest
import region_case
import xarray as xr

from mmm.check import describe
from mmm.cli import app
from mmm.data import MediaData, digest_of, load
from mmm.errors import InputError
from mmm.spec import load_spec
from mmm.terminal import run
from real_sets import folder, model_file, needs_datasets

Case = dict[str, str]
WEEKS = range(planner_case.WEEKS)


def loaded(folder: Path, case: Case) -> MediaData:
    return load(load_spec(planner_case.write(folder, case)))


@pytest.fixture
def panel(tmp_path: Path) -> MediaData:
    folder = tmp_path / "panel"
    folder.mkdir()
    return loaded(folder, region_case.files())


def test_every_number_arrives_in_its_region(panel: MediaData) -> None:
    assert panel.geos == ("north", "south", "east")
    np.testing.assert_array_equal(panel.population, [3e6, 1e6, 5e5])
    assert panel.lines == ("tv", "search/brand", "search/generic", "radio")
    for g, (region, part) in enumerate(region_case.PART.items()):
        tv = [planner_case.spend("tv", t) * part for t in WEEKS]
        np.testing.assert_array_equal(panel.panel("spend")[0, g], tv)
        seen = [round(planner_case.spend("brand", t) * 80) * part for t in WEEKS]
        np.testing.assert_array_equal(panel.panel("impressions")[1, g], seen)
        heads = [region_case.customers(region, t) for t in WEEKS]
        np.testing.assert_array_equal(panel.panel("kpis")[1, g], heads)
        prices = [region_case.price(region, t) for t in WEEKS]
        np.testing.assert_array_equal(panel.panel("controls")[0, g], prices)
    assert np.isnan(panel.panel("impressions")[0]).all()
    assert panel.dataset["events"].dims == ("event", "date")


def test_national_series_are_spread_by_population_or_repeated(panel: MediaData) -> None:
    spend = np.array([region_case.radio(t) for t in WEEKS])
    parts = np.array([6, 2, 1]) / 9
    np.testing.assert_allclose(panel.panel("spend")[3], parts[:, None] * spend, rtol=1e-15)
    fuel = [region_case.fuel(t) for t in WEEKS]
    np.testing.assert_array_equal(panel.panel("controls")[1], [fuel] * 3)
    np.testing.assert_array_equal(panel.local, [True, True, True, False])
    assert panel.notes == (
        "radio: not measured by region, spread over them by population",
        "fuel: not measured by region, repeated",
    )


def test_the_national_series_are_those_of_the_sum(panel: MediaData, tmp_path: Path) -> None:
    case = region_case.files()
    geos = case["model.yaml"].index("geos:\n")
    national = loaded(tmp_path, {**case, "model.yaml": case["model.yaml"][:geos] + SUM})
    summed = panel.national
    assert set(summed.variables) == set(national.dataset.variables)
    for name in ("spend", "impressions", "kpis", "events"):
        xr.testing.assert_allclose(summed[name], national.dataset[name], rtol=1e-14)
    weighted = [
        sum(n * region_case.price(region, t) for region, n in region_case.REGIONS.items()) / 4.5e6
        for t in WEEKS
    ]
    np.testing.assert_allclose(summed["controls"].sel(control="price"), weighted, rtol=1e-14)


SUM = "answers: {geo: sum}\n"


def test_without_regions_there_is_one_geo(tmp_path: Path) -> None:
    data = loaded(tmp_path, planner_case.files())
    assert data.geos == ("national",)
    np.testing.assert_array_equal(data.population, [1.0])
    np.testing.assert_array_equal(data.local, [True] * 3)
    np.testing.assert_array_equal(data.panel("spend")[:, 0], data.dataset["spend"])
    assert data.panel("kpis").shape == (2, 1, planner_case.WEEKS)
    assert data.national is data.dataset
    assert not {"geo", "population", "local", "organic"} & set(data.dataset.variables)
    with pytest.raises(KeyError, match="'events' is none of spend, impressions, "):
        data.panel("events")


def test_exposure_has_the_geos(panel: MediaData) -> None:
    media = dict.fromkeys(panel.lines, "spend") | {"search/brand": "impressions"}
    exposure = panel.exposure(media)
    assert exposure.dims == ("line", "geo", "date")
    np.testing.assert_array_equal(exposure.sel(line="search/brand"), panel.panel("impressions")[1])
    np.testing.assert_array_equal(exposure.sel(line="radio"), panel.panel("spend")[3])


def shuffled_rows(case: Case) -> Case:
    for name in ("kpis.csv", "media.csv", "country.csv"):
        head, *rows = case[name].splitlines()
        random.Random(3).shuffle(rows)
        case[name] = "\n".join([head, *rows])
    return case


def geos_in_another_order(case: Case) -> Case:
    old = "{north: 3000000.0, south: 1000000.0, east: 500000.0}"
    new = "{east: 500000.0, north: 3000000.0, south: 1000000.0}"
    assert old in case["model.yaml"]
    return {**case, "model.yaml": case["model.yaml"].replace(old, new)}


def two_media_files(case: Case) -> Case:
    head, *rows = case["media.csv"].splitlines(keepends=True)
    entry = case["model.yaml"].split("    - ")[2]
    model = case["model.yaml"].replace(entry, entry + "    - " + entry.replace("media", "later"))
    model = model.replace("{geo: keep}", "{geo: keep, missing_weeks: zero_spend}")
    first, later = head + "".join(rows[:270]), head + "".join(rows[270:])
    return {**case, "model.yaml": model, "media.csv": first, "later.csv": later}


@pytest.mark.parametrize("written", [shuffled_rows, geos_in_another_order, two_media_files])
def test_the_same_digest_however_written(
    written: Callable[[Case], Case], panel: MediaData, tmp_path: Path
) -> None:
    other = loaded(tmp_path, written(region_case.files()))
    assert other.digest == panel.digest
    xr.testing.assert_allclose(other.dataset.sortby("geo"), panel.dataset.sortby("geo"))


def another_population(case: Case) -> Case:
    model = case["model.yaml"].replace("east: 500000.0", "east: 500001.0")
    return {**case, "model.yaml": model}


def two_regions_exchange_a_week(case: Case) -> Case:
    text = case["kpis.csv"].replace("2021-01-04,north", "?").replace("-01-04,south", "-01-04,north")
    return {**case, "kpis.csv": text.replace("?", "2021-01-04,south")}


@pytest.mark.parametrize("changed", [another_population, two_regions_exchange_a_week])
def test_other_regions_have_another_digest(
    changed: Callable[[Case], Case], panel: MediaData, tmp_path: Path
) -> None:
    other = loaded(tmp_path, changed(region_case.files()))
    assert other.digest != panel.digest
    xr.testing.assert_allclose(other.national["kpis"], panel.national["kpis"])  # the same sums


def test_whether_a_line_is_local_is_in_the_digest(panel: MediaData) -> None:
    told = panel.dataset.assign(local=("line", [True] * 4))
    assert digest_of(told) != panel.digest


def test_weeks_and_regions_without_rows_are_without_spend_when_answered_so(tmp_path: Path) -> None:
    case = region_case.files()
    gone = str(planner_case.week(4))
    rows = case["media.csv"].splitlines(keepends=True)
    case["media.csv"] = "".join(
        row
        for row in rows
        if not (",brand," in row and "south" in row)
        and not (",tv," in row and "east" in row and row.startswith(gone))
    )
    with pytest.raises(InputError) as refused:
        loaded(tmp_path, case)
    said = [str(fault) for fault in refused.value.faults]
    assert "found no row of search/brand in region 'south' for 2021-01-04 and 59 more" in said[1]
    assert "found no row of tv in region 'east' for 2021-02-01, expected" in said[0]
    answer = "{geo: keep, missing_weeks: zero_spend}"
    case["model.yaml"] = case["model.yaml"].replace("{geo: keep}", answer)
    data = loaded(tmp_path, case)
    assert not data.panel("spend")[1, 1].any()
    assert not data.panel("impressions")[1, 1].any()
    assert list(np.flatnonzero(data.panel("spend")[0, 2] == 0)) == [4]
    assert data.local[1]


def test_a_line_is_local_by_the_series_it_runs_on(tmp_path: Path) -> None:
    case = region_case.files()
    head, *rows = case["kpis.csv"].splitlines()
    counts = [f"{row},{100 + i % 9}" for i, row in enumerate(rows)]
    case["kpis.csv"] = "\n".join([f"{head},heard", *counts])
    model = case["model.yaml"].replace("{spend: radio}", "{spend: radio, impressions: heard}")
    assert not loaded(tmp_path, {**case, "model.yaml": model}).local[3]
    runs_on = model.replace("impressions: heard", "impressions: heard, media: impressions")
    assert loaded(tmp_path, {**case, "model.yaml": runs_on}).local[3]


def test_days_become_weeks_region_by_region(panel: MediaData, tmp_path: Path) -> None:
    case = region_case.files()
    head, *rows = case["kpis.csv"].splitlines()
    daily = [head]
    for row in rows:
        date, region, revenue, count, price = row.split(",")
        for day in pd.date_range(date, periods=7):
            first = day == pd.Timestamp(date)
            part = f"{revenue},{count}" if first else "0,0"
            daily.append(f"{day.date()},{region},{part},{price}")
    case["kpis.csv"] = "\n".join(daily)
    model = case["model.yaml"].replace("{file: kpis.csv", "{file: kpis.csv, frequency: daily")
    assert loaded(tmp_path, {**case, "model.yaml": model}).digest == panel.digest


def test_the_summary_by_region(panel: MediaData, tmp_path: Path) -> None:
    spec = load_spec(planner_case.write(tmp_path, region_case.files()))
    summary = describe(panel, spec)
    assert summary.headline.endswith("on 4 lines, 2 KPIs, 3 regions.")
    east = summary.regions[2]
    assert (east.name, east.population) == ("east", 5e5)
    assert east.share == pytest.approx(1 / 9)
    total = sum(region_case.customers("east", t) for t in WEEKS)
    assert east.kpis_per_head["customers"] == pytest.approx(total / 5e5)
    media = sum(planner_case.spend(name, t) for name in ("tv", "brand", "generic") for t in WEEKS)
    radio = sum(region_case.radio(t) for t in WEEKS)
    assert east.spend_per_head == pytest.approx((media / 8 + radio / 9) / 5e5)
    assert summary.spend == pytest.approx(media + radio)
    assert summary.kpis[1].total == sum(
        region_case.customers(region, t) for region in region_case.REGIONS for t in WEEKS
    )


def test_the_terminal_shows_the_regions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = planner_case.write(tmp_path, region_case.files())
    assert run(app, ["check", str(model)]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert "3 regions; spend and KPIs per head" in " ".join(shown)
    assert any(line.split()[:3] == ["north", "3.00M", "66.7%"] for line in shown)
    assert all(len(line) <= 100 for line in shown)
    assert run(app, ["check", str(model), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [region["name"] for region in told["regions"]] == ["north", "south", "east"]


def test_accidents_of_typing_never_end_in_an_internal_fault(tmp_path: Path) -> None:
    """A random slip in any file: good data, or an InputError, nothing else."""
    chance = random.Random(20261122)
    good = region_case.files()
    refused = 0
    for _ in range(30):
        name = chance.choice(sorted(good))
        place = chance.randrange(len(good[name]))
        slip = chance.choice(["0", "5", *",;:.'\"-{}[]/\n\x00 aé", ""])
        text = good[name][:place] + slip + good[name][place + chance.randint(0, 2) :]
        try:
            loaded(tmp_path, {**good, name: text})
        except InputError:
            refused += 1
    assert 5 < refused < 30


@needs_datasets
def test_meridian_by_region_adds_up_to_its_national_file(tmp_path: Path) -> None:
    data = load(load_spec(model_file("meridian_geo", tmp_path)))
    assert len(data.geos) == 20
    assert data.local.all()
    national = pd.read_csv(f"{folder()}/meridian_simulated/national_media.csv")
    summed = data.national
    for place in range(4):
        here = summed.sel(line=f"channel{place}")
        for name, column in (("spend", "spend"), ("impressions", "impression")):
            np.testing.assert_allclose(here[name], national[f"Channel{place}_{column}"], rtol=2e-7)
    count = summed["kpis"].sel(kpi="conversions")
    np.testing.assert_allclose(count, national["conversions"], rtol=1e-7)
    by_region = pd.read_csv(f"{folder()}/meridian_simulated/geo_media.csv")
    money = (by_region["conversions"] * by_region["revenue_per_conversion"]).groupby(
        by_region["time"]
    )
    np.testing.assert_allclose(summed["kpis"].sel(kpi="revenue"), money.sum(), rtol=1e-12)
    # the national file's controls are the publisher's own averages by population
    controls = summed["controls"].sel(control="sentiment")
    np.testing.assert_allclose(controls, national["sentiment_score_control"], atol=1e-6)


@needs_datasets
def test_syn_geo_by_region(tmp_path: Path) -> None:
    data = load(load_spec(model_file("syn_geo", tmp_path)))
    table = pd.read_csv(f"{folder()}/bench/syn_geo.csv").pivot(index="geo", columns="date")
    assert data.geos == tuple(table.index)
    for place, line in enumerate(data.lines):
        np.testing.assert_array_equal(data.panel("spend")[place], table[line])
    np.testing.assert_array_equal(data.panel("kpis")[0], table["y"])
    np.testing.assert_array_equal(data.panel("controls")[0], table["price"])
