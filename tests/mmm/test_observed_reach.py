"""Columns of reach: read from long and wide tables, doubted, and used for the reach curve."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import planner_case
import pytest

from mmm.audiences import audiences
from mmm.cli import app
from mmm.data import MediaData, load
from mmm.reach import frequency_table
from mmm.spec import load_spec
from mmm.terminal import run
from real_sets import folder, needs_datasets

SIZE, SHAPE = 80_000.0, 0.6
AUDIENCE = "audiences: {searchers: {size: 80000, lines: [search]}}\n"


def reached(impressions: float) -> int:
    """People of an NBD audience."""
    return round(SIZE * (1 - (1 + impressions / SIZE / SHAPE) ** -SHAPE))


def long_case() -> dict[str, str]:
    """The planner's case with a column of reach; tv has neither impressions nor reach."""
    rows = planner_case.media_rows()
    cells = [(*rows[0], "reach")]
    cells += [(*row, f"{reached(float(row[4]))}" if row[4] else "") for row in rows[1:]]
    files = planner_case.files()
    model = files["model.yaml"].replace(
        "impressions: impressions", "impressions: impressions, reach: reach"
    )
    return {**files, "media.csv": planner_case.as_csv(cells), "model.yaml": model + AUDIENCE}


def wide_case(impressions: str = "impressions: views,", level: str = "") -> dict[str, str]:
    """One wide table with reach of one channel, or of a campaign of it."""
    rows = [("date", "revenue", "cost", "views", "people")]
    for week in range(planner_case.WEEKS):
        views = 40_000 + 1000 * (week % 11)
        money = f"{views / 50 + math.sin(week):.2f}"
        revenue = f"{20_000 + 150 * week + 31 * (week % 7)}"
        rows.append((f"{planner_case.week(week)}", revenue, money, f"{views}", f"{reached(views)}"))
    video = f"spend: cost, {impressions} reach: people"
    if level:
        video = f"level: {level}, campaigns: {{one: {{{video}}}}}"
    model = (
        "schema_version: 1\ndata:\n  tables:\n    - {file: weekly.csv}\ncurrency: EUR\n"
        "kpis:\n  revenue: {column: revenue, unit: currency}\n"
        f"channels:\n  video: {{{video}}}\n"
        "audiences: {viewers: {size: 80000, lines: [video]}}\n"
    )
    return {"weekly.csv": planner_case.as_csv(rows), "model.yaml": model}


def read(to: Path, case: dict[str, str]) -> MediaData:
    return load(load_spec(planner_case.write(to, case)))


def test_a_long_table(tmp_path: Path) -> None:
    data = read(tmp_path, long_case()).dataset
    assert dict(zip(data["line"].values.tolist(), data["has_reach"].values, strict=True)) == {
        "tv": False, "search/brand": True, "search/generic": True,
    }  # fmt: skip
    assert data["reach"].sel(line="tv").isnull().all()
    shown = data["impressions"].sel(line="search/generic").values
    expected = [reached(count) for count in shown]
    np.testing.assert_array_equal(data["reach"].sel(line="search/generic").values, expected)


def test_a_wide_table(tmp_path: Path) -> None:
    data = read(tmp_path, wide_case())
    assert data.unused == ()
    shown = data.dataset["impressions"].sel(line="video").values
    expected = [reached(count) for count in shown]
    np.testing.assert_array_equal(data.panel("reach")[0, 0], expected)


def test_the_digest_knows_reach_and_data_without_keep_theirs(tmp_path: Path) -> None:
    plain = read(tmp_path / "..", planner_case.files())
    with_reach = read(tmp_path, long_case())
    assert plain.digest != with_reach.digest
    assert "reach" not in plain.dataset
    fewer = with_reach.dataset.drop_vars(["reach", "has_reach"])
    assert MediaData.of(fewer).digest == plain.digest
    with pytest.raises(KeyError):
        plain.panel("reach")


def test_the_curve_is_fitted_to_what_was_observed(tmp_path: Path) -> None:
    spec = load_spec(planner_case.write(tmp_path, long_case()))
    (audience,) = audiences(spec, load(spec))
    assert audience.source.startswith("observed reach of 120 weeks, met within 0.")
    low, high = np.quantile(audience.curve.parameters["shape"], [0.005, 0.995])
    assert low < SHAPE < high < 1.1 * low
    assert (audience.curve.audience == SIZE).all()


def test_a_belief_about_the_audience_meets_the_data(tmp_path: Path) -> None:
    case = wide_case()
    believed = "size: {median: 100000, low90: 40000, high90: 250000}"
    case["model.yaml"] = case["model.yaml"].replace("size: 80000", believed)
    spec = load_spec(planner_case.write(tmp_path, case))
    (audience,) = audiences(spec, load(spec))
    low, high = np.quantile(audience.curve.audience, [0.01, 0.99])
    assert low < SIZE < high < 2.5 * low  # 40 to 250 thousand before


def swap(case: dict[str, str], file: str, old: str, new: str) -> dict[str, str]:
    assert old in case[file]
    return {**case, file: case[file].replace(old, new)}


def generic_row(week: int) -> str:
    cost = planner_case.spend("generic", week)
    shown = round(cost * 80)
    return f"{planner_case.week(week)},search,generic,{cost:.2f},{shown},{reached(shown)}"


MUTATIONS = {
    "more people than impressions": (
        swap(long_case(), "media.csv", generic_row(7), generic_row(7) + "0"),
        "expected reach of at most the impressions; are the two columns swapped?",
    ),
    "impressions that reach nobody": (
        swap(long_case(), "media.csv", generic_row(7), generic_row(7).rpartition(",")[0] + ",0"),
        "that reached nobody, expected a reach above 0",
    ),
    "an empty cell": (
        swap(long_case(), "media.csv", generic_row(7), generic_row(7).rpartition(",")[0] + ","),
        "media.csv:25: reach: found an empty cell, expected a number",
    ),
    "reach without impressions in a long table": (
        swap(long_case(), "model.yaml", "impressions: impressions, reach", "reach"),
        "data.tables.1.reach: found reach without impressions, expected `impressions: COLUMN`",
    ),
    "reach without impressions in a wide table": (
        wide_case(impressions=""),
        "channels.video.reach: found reach without impressions",
    ),
    "reach of campaigns that are summed": (
        wide_case(level="channel"),
        "found reach of a campaign of video, whose campaigns are summed, expected no reach: who "
        "saw two campaigns would count twice",
    ),
    "rows of two campaigns in one line": (
        swap(long_case(), "model.yaml", "search: {}", "search: {level: channel}"),
        "expected reach once a week, as people do not add up",
    ),
    "reach above the audience": (
        swap(long_case(), "model.yaml", "size: 80000", "size: 20000"),
        "in an audience of 20000, expected less",
    ),
    "unknown column": (
        swap(long_case(), "model.yaml", "reach: reach", "reach: reched"),
        "data.tables.1.reach: found the column 'reched', expected a column of media.csv; did you",
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_is_refused(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case, said = MUTATIONS[name]
    planner_case.write(tmp_path, case)
    monkeypatch.chdir(tmp_path)
    assert run(app, ["reach", "model.yaml"]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err


def test_reach_by_day_is_refused(tmp_path: Path) -> None:
    case = wide_case()
    head, *rows = case["weekly.csv"].splitlines()
    days = []
    for number, row in enumerate(rows):
        rest = row.split(",", 1)[1]
        first = planner_case.week(number)
        days += [f"{first.fromordinal(first.toordinal() + day)},{rest}" for day in range(7)]
    case["weekly.csv"] = "\n".join([head, *days]) + "\n"
    case = swap(case, "model.yaml", "weekly.csv}", "weekly.csv, frequency: daily}")
    with pytest.raises(Exception, match="found reach by day, expected weekly reach"):
        read(tmp_path, case)


@needs_datasets
def test_meridians_country(tmp_path: Path) -> None:
    """Frequency from the fitted curve against the file's own, in the last quarter: within 5 %."""
    place = folder()
    assert place
    table = place / "meridian_simulated" / "national_media_rf.csv"
    (tmp_path / "model.yaml").write_text(
        "schema_version: 1\n"
        f"data:\n  tables:\n    - {{file: {table}, date: time}}\n"
        "currency: USD\n"
        "kpis:\n  revenue: {column: conversions, times: revenue_per_conversion, unit: currency}\n"
        "channels:\n  video: {spend: Channel3_spend, impressions: Channel3_impression, "
        "reach: Channel3_reach}\n"
        "audiences: {all: {size: 10463724, lines: [video]}}\n",
        encoding="utf-8",
    )
    spec = load_spec(tmp_path / "model.yaml")
    data = load(spec)
    (audience,) = audiences(spec, data)
    assert "156 weeks" in audience.source
    now = next(row for row in frequency_table((audience,)) if row.multiple == 1.0)
    here = data.dataset.sel(line="video").isel(date=slice(-13, None))
    observed = float(here["impressions"].sum() / here["reach"].sum())
    assert now.frequency is not None
    assert now.frequency.mean == pytest.approx(observed, rel=0.05)
