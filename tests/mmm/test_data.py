"""Loading: the same data however they are written, and the answers do what they say."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import numpy as np
import pandas as pd
import planner_case
import pytest
import xarray as xr

from mmm.data import MediaData, load
from mmm.errors import InputError
from mmm.spec import load_spec

Case = dict[str, str]


def loaded(folder: Path, case: Case) -> MediaData:
    return load(load_spec(planner_case.write(folder, case)))


@pytest.fixture
def plain(tmp_path: Path) -> MediaData:
    folder = tmp_path / "plain"
    folder.mkdir()
    return loaded(folder, planner_case.files())


def test_every_number_arrives_where_it_belongs(plain: MediaData) -> None:
    assert plain.lines == ("tv", "search/brand", "search/generic")
    assert plain.kpi_names == ("revenue", "customers")
    assert plain.currency == "EUR"
    assert list(plain.dataset["channel"].values) == ["tv", "search", "search"]
    assert list(plain.dataset["campaign"].values) == ["", "brand", "generic"]
    assert len(plain.dates) == planner_case.WEEKS
    for t in (0, 17, planner_case.WEEKS - 1):
        here = plain.dataset.sel(date=str(planner_case.week(t)))
        for line in plain.lines:
            expected = planner_case.spend(line.rpartition("/")[2], t)
            assert float(here["spend"].sel(line=line)) == expected
        brand = planner_case.spend("brand", t)
        assert float(here["impressions"].sel(line="search/brand")) == round(brand * 80)
        assert float(here["kpis"].sel(kpi="customers")) == 210 + 7 * (t % 5)


def test_impressions_that_are_not_measured_are_absent_and_not_zero(plain: MediaData) -> None:
    assert list(plain.dataset["has_impressions"].values) == [False, True, True]
    assert bool(plain.dataset["impressions"].sel(line="tv").isnull().all())
    media = {"tv": "spend", "search/brand": "impressions", "search/generic": "spend"}
    exposure = plain.exposure(media)
    assert float(exposure.sel(line="search/brand")[3]) == round(planner_case.spend("brand", 3) * 80)
    with pytest.raises(ValueError, match="tv has no measured impressions"):
        plain.exposure(dict.fromkeys(plain.lines, "impressions"))


def semicolons(case: Case) -> Case:
    model = case["model.yaml"].replace(
        "kpis.csv", "kpis.csv, delimiter: ';', decimal: ',', date_format: DD.MM.YYYY"
    )
    rows = [list(row) for row in planner_case.kpi_rows()]
    for row in rows[1:]:
        row[0] = dt.date.fromisoformat(row[0]).strftime("%d.%m.%Y")
        row[1:] = [cell.replace(".", ",") for cell in row[1:]]
    return {
        **case,
        "model.yaml": model,
        "kpis.csv": planner_case.as_csv([tuple(row) for row in rows], ";"),
    }


def byte_order_mark(case: Case) -> Case:
    return {name: "\ufeff" + text for name, text in case.items()}


def windows_line_ends(case: Case) -> Case:
    return {name: text.replace("\n", "\r\n") + "\r\n" for name, text in case.items()}


def shuffled(case: Case) -> Case:
    def shuffle(text: str) -> str:
        head, *rows = text.splitlines()
        random.Random(5).shuffle(rows)
        return "\n".join([head, *rows])

    return {**case, "kpis.csv": shuffle(case["kpis.csv"]), "media.csv": shuffle(case["media.csv"])}


def thousands(case: Case) -> Case:
    rows = [list(row) for row in planner_case.kpi_rows()]
    for row in rows[1:]:
        row[1] = f"{float(row[1]):,.1f}".replace(",", "'")
    model = case["model.yaml"].replace("kpis.csv", 'kpis.csv, thousands: "\'"')
    text = planner_case.as_csv([tuple(row) for row in rows])
    return {**case, "model.yaml": model, "kpis.csv": text}


def wide(case: Case) -> Case:
    names = ("tv", "brand", "generic")
    rows: list[tuple[str, ...]] = [("date", "tv", "brand", "generic", "brand_i", "generic_i")]
    for t in range(planner_case.WEEKS):
        costs = [planner_case.spend(name, t) for name in names]
        counts = [f"{round(cost * 80)}" for cost in costs[1:]]
        rows.append((f"{planner_case.week(t)}", *(f"{cost}" for cost in costs), *counts))
    model = (
        planner_case.MODEL.replace(
            "{file: media.csv, form: long, channel: channel, campaign: campaign, spend: spend,\n"
            "       impressions: impressions}",
            "{file: media.csv}",
        )
        .replace("tv: {}", "tv: {spend: tv}")
        .replace(
            "search: {}",
            "search: {campaigns: {generic: {spend: generic, impressions: generic_i}, "
            "brand: {spend: brand, impressions: brand_i}}}",
        )
    )
    return {**case, "model.yaml": model, "media.csv": planner_case.as_csv(rows)}


def regions(case: Case) -> Case:
    rows: list[tuple[str, ...]] = [("date", "region", *planner_case.kpi_rows()[0][1:])]
    for date, revenue, customers, price in planner_case.kpi_rows()[1:]:
        third = int(customers) // 3
        rows.append((date, "NA", f"{float(revenue) / 4}", f"{third}", price))
        rows.append((date, "", f"{float(revenue) * 3 / 4}", f"{int(customers) - third}", price))
    model = case["model.yaml"].replace("kpis.csv", "kpis.csv, geo: region")
    text = planner_case.as_csv(rows)
    return {**case, "model.yaml": model + "answers: {geo: sum}\n", "kpis.csv": text}


def daily(case: Case) -> Case:
    """Sevenths that add up to the week: revenue in quarters, which halve without rounding."""
    rows: list[tuple[str, ...]] = [planner_case.kpi_rows()[0]]
    for t, (_, revenue, customers, price) in enumerate(planner_case.kpi_rows()[1:]):
        parts = [0.0] * 5 + [float(revenue) / 2] * 2
        counts = [int(customers), *[0] * 6]
        for day in range(7):
            date = planner_case.week(t) + dt.timedelta(days=day)
            rows.append((f"{date}", f"{parts[day]}", f"{counts[day]}", price))
    model = case["model.yaml"].replace("kpis.csv", "kpis.csv, frequency: daily")
    return {**case, "model.yaml": model, "kpis.csv": planner_case.as_csv(rows)}


def week_ends(case: Case) -> Case:
    text = case["kpis.csv"]
    for t in range(planner_case.WEEKS):
        sunday = planner_case.week(t) + dt.timedelta(days=6)
        text = text.replace(f"\n{planner_case.week(t)},", f"\n{sunday},")
    model = case["model.yaml"].replace("kpis.csv", "kpis.csv, week_label: end")
    return {**case, "model.yaml": model, "kpis.csv": text}


def two_years_two_files(case: Case) -> Case:
    head, *rows = case["media.csv"].splitlines(keepends=True)
    entry = case["model.yaml"].split("    - ")[2].split("currency")[0]
    model = case["model.yaml"].replace(entry, entry + "    - " + entry.replace("media", "later"))
    first, later = head + "".join(rows[:90]), head + "".join(rows[90:])
    model += "answers: {missing_weeks: zero_spend}\n"
    return {**case, "model.yaml": model, "media.csv": first, "later.csv": later}


@pytest.mark.parametrize(
    "written",
    [
        semicolons,
        byte_order_mark,
        windows_line_ends,
        shuffled,
        thousands,
        wide,
        regions,
        daily,
        week_ends,
        two_years_two_files,
    ],
)
def test_the_same_data_however_they_are_written(
    written: object, plain: MediaData, tmp_path: Path
) -> None:
    assert callable(written)
    other = loaded(tmp_path, written(planner_case.files()))
    assert other.digest == plain.digest
    xr.testing.assert_equal(
        other.dataset.sortby("line").drop_attrs(), plain.dataset.sortby("line").drop_attrs()
    )


def test_parquet_with_real_dates_and_numbers(plain: MediaData, tmp_path: Path) -> None:
    case = planner_case.files()
    model = case["model.yaml"].replace(".csv", ".parquet")
    planner_case.write(tmp_path, {"model.yaml": model})
    for name in ("kpis", "media"):
        rows = planner_case.kpi_rows() if name == "kpis" else planner_case.media_rows()
        frame = pd.DataFrame(rows[1:], columns=list(rows[0]))
        frame["date"] = pd.to_datetime(frame["date"])
        for column in set(frame) - {"date", "channel", "campaign"}:
            frame[column] = pd.to_numeric(frame[column])
        frame.to_parquet(tmp_path / f"{name}.parquet")
    assert load(load_spec(tmp_path / "model.yaml")).digest == plain.digest


def test_a_fault_in_parquet_names_the_row(tmp_path: Path) -> None:
    case = planner_case.files()
    model = case["model.yaml"].replace("kpis.csv", "kpis.parquet")
    planner_case.write(tmp_path, {**case, "model.yaml": model})
    rows = planner_case.kpi_rows()
    frame = pd.DataFrame(rows[1:], columns=list(rows[0]))
    frame.loc[4, "revenue"] = None
    frame.to_parquet(tmp_path / "kpis.parquet")
    with pytest.raises(InputError, match=r"kpis\.parquet: revenue: found an empty cell in row 5,"):
        load(load_spec(tmp_path / "model.yaml"))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("media.csv", f"{planner_case.spend('tv', 30):.2f}", "1.23"),
        ("model.yaml", "currency: EUR", "currency: USD"),
        ("media.csv", ",brand,", ",Brand,"),
    ],
)
def test_other_data_have_another_digest(
    file: str, old: str, new: str, plain: MediaData, tmp_path: Path
) -> None:
    case = planner_case.files()
    assert old in case[file]
    assert loaded(tmp_path, {**case, file: case[file].replace(old, new)}).digest != plain.digest


def answered(case: Case, answer: str) -> Case:
    return {**case, "model.yaml": case["model.yaml"] + f"answers: {{{answer}}}\n"}


def test_weeks_without_rows_are_without_spend_when_answered_so(tmp_path: Path) -> None:
    case = planner_case.files()
    gone = [str(planner_case.week(t)) for t in (0, 4, 5)]
    rows = case["media.csv"].splitlines(keepends=True)
    case["media.csv"] = "".join(
        row for row in rows if not (",brand," in row and row.split(",")[0] in gone)
    )
    with pytest.raises(InputError, match="missing_weeks: zero_spend"):
        loaded(tmp_path, case)
    data = loaded(tmp_path, answered(case, "missing_weeks: zero_spend"))
    for variable in ("spend", "impressions"):
        brand = data.dataset[variable].sel(line="search/brand").values
        assert list(np.flatnonzero(brand == 0)) == [0, 4, 5]


def test_duplicates_are_added_up_and_controls_averaged(plain: MediaData, tmp_path: Path) -> None:
    case = planner_case.files()
    case["kpis.csv"] += case["kpis.csv"].splitlines(keepends=True)[-1]
    data = loaded(tmp_path, answered(case, "duplicate_dates: sum"))
    last, before = data.dataset.isel(date=-1), plain.dataset.isel(date=-1)
    np.testing.assert_array_equal(last["kpis"], 2 * before["kpis"])
    np.testing.assert_array_equal(last["controls"], before["controls"])


def test_campaigns_can_be_summed_to_their_channel(plain: MediaData, tmp_path: Path) -> None:
    case = planner_case.files()
    model = case["model.yaml"].replace("search: {}", "search: {level: channel}")
    data = loaded(tmp_path, {**case, "model.yaml": model})
    assert data.lines == ("tv", "search")
    parts = plain.dataset["spend"].groupby("channel").sum().sel(channel="search")
    np.testing.assert_allclose(data.dataset["spend"].sel(line="search"), parts, rtol=1e-15)


@pytest.mark.parametrize("name", ["a\u2028b", "a\x0cb", "a\x85b", '"a\nb"', '"a, ""b"""'])
def test_odd_characters_in_a_name_do_not_cut_a_row(name: str, tmp_path: Path) -> None:
    case = planner_case.files()
    case["media.csv"] = case["media.csv"].replace(",generic,", f",{name},")
    written = name[1:-1].replace('""', '"') if name.startswith('"') else name
    assert f"search/{written}" in loaded(tmp_path, case).lines


def test_na_is_a_campaign_like_any_other(tmp_path: Path) -> None:
    case = planner_case.files()
    case["media.csv"] = case["media.csv"].replace(",generic,", ",NA,")
    assert "search/NA" in loaded(tmp_path, case).lines


def test_no_answer_is_needed_for_what_another_answer_covers(tmp_path: Path) -> None:
    case = planner_case.files()
    case["media.csv"] += "".join(
        f"{planner_case.week(t)},radio,,0,0\n{planner_case.week(t)},fax,,7,7\n"
        for t in range(planner_case.WEEKS)
    )
    case["model.yaml"] = case["model.yaml"].replace("tv: {}", "tv: {}\n  radio: {}")
    data = loaded(tmp_path, answered(case, "no_spend: drop, ignore_channels: [fax]"))
    assert data.lines == ("tv", "search/brand", "search/generic")
    assert data.notes == ("radio: left out, as it has no spend (answers.no_spend)",)


def test_a_kpi_times_another_column(tmp_path: Path) -> None:
    case = planner_case.files()
    model = case["model.yaml"].replace("column: customers", "column: customers, times: price")
    model = model.replace("controls:\n  - {column: price}\n", "")
    data = loaded(tmp_path, {**case, "model.yaml": model})
    assert float(data.dataset["kpis"].sel(kpi="customers")[4]) == 238 * 9.75


def test_events_are_days_over_the_most_in_a_week(tmp_path: Path) -> None:
    case = planner_case.files()
    case["kpis.csv"] = "\n".join(
        f"{line},{'promo' if i in (4, 9) else 'na'}" if i else f"{line},what"
        for i, line in enumerate(case["kpis.csv"].splitlines())
    )
    model = case["model.yaml"] + (
        "events:\n"
        "  - {name: launch, dates: [2021-01-13]}\n"
        "  - {name: lockdown, start: 2021-01-21, end: 2021-02-02}\n"
        "  - {name: promo, column: what, value: promo}\n"
    )
    events = loaded(tmp_path, {**case, "model.yaml": model}).dataset["events"]
    assert list(events.sel(event="launch")[:3]) == [0, 1, 0]
    # Thursday 21 to Sunday 24: 4 days; then a whole week; then Monday and Tuesday
    np.testing.assert_array_equal(events.sel(event="lockdown")[2:6], [4 / 7, 1, 2 / 7, 0])
    assert list(np.flatnonzero(events.sel(event="promo"))) == [3, 8]


def test_a_window_leaves_rows_out_and_says_so(plain: MediaData, tmp_path: Path) -> None:
    case = planner_case.files()
    model = case["model.yaml"].replace("data:\n", "data:\n  start: 2021-01-18\n  end: 2022-02-18\n")
    # a fault outside the window is no fault
    case["kpis.csv"] = case["kpis.csv"].replace(f"{planner_case.week(0)},", "2021-01-04,-", 1)
    data = loaded(tmp_path, {**case, "model.yaml": model})
    xr.testing.assert_equal(
        data.dataset["spend"], plain.dataset["spend"].sel(date=slice("2021-01-18", "2022-02-14"))
    )
    assert data.notes[0].endswith("kpis.csv: 3 rows outside data.start and data.end left out")


def test_columns_that_nothing_reads_are_told(tmp_path: Path) -> None:
    case = planner_case.files()
    model = case["model.yaml"].replace("controls:\n  - {column: price}\n", "")
    assert loaded(tmp_path, {**case, "model.yaml": model}).unused == ("kpis.csv: price",)


def test_accidents_of_typing_never_end_in_an_internal_fault(tmp_path: Path) -> None:
    """Random single-character slips in any file: good data, or an InputError, nothing else."""
    chance = random.Random(20261122)
    good = planner_case.files()
    refused = 0
    for _ in range(150):
        case = dict(good)
        name = chance.choice(sorted(case))
        for _ in range(chance.randint(1, 4)):
            text = case[name]
            place = chance.randrange(len(text))
            slip = chance.choice([*",;:.'\"-{}[]/\n\t\r\x00 0aé€#|&*", ""])
            case[name] = text[:place] + slip + text[place + chance.randint(0, 2) :]
        try:
            loaded(tmp_path, case)
        except InputError:
            refused += 1
    assert 30 < refused < 150


def test_dropping_what_has_no_spend_must_leave_something(tmp_path: Path) -> None:
    case = planner_case.files()
    rows = case["media.csv"].splitlines(keepends=True)
    case["media.csv"] = rows[0] + "".join(row.rsplit(",", 2)[0] + ",0,\n" for row in rows[1:])
    with pytest.raises(InputError, match="no spend of tv in any week"):
        loaded(tmp_path, answered(case, "no_spend: drop"))
