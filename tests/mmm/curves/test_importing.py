"""Bring your own curves: what a table means, and every way in which it can be wrong."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from mmm.card import Verdict
from mmm.curves import TabulatedCurves, Window, load, save
from mmm.curves.importing import read_table
from mmm.errors import InputError


def written(folder: Path, text: str) -> Path:
    path = folder / "curves.csv"
    path.write_bytes(text.encode())
    return path


def read(folder: Path, text: str, **options: object) -> TabulatedCurves:
    return read_table(
        written(folder, text),
        **{"currency": "EUR", "weeks": 13, **options},  # type: ignore[arg-type]
    )


def window(lines: tuple[str, ...], weeks: int = 13) -> Window:
    none = xr.DataArray(
        np.zeros((len(lines), 0)), dims=("line", "week"), coords={"line": list(lines)}
    )
    return Window(dt.date(2026, 12, 28), weeks, none, none)


def value(curves: TabulatedCurves, kpi: str, line: str, total: float) -> list[float]:
    curve = curves.steady(kpi, line, np.full(13, 1 / 13), window(curves.lines))
    return curve.value(np.array([total]))[:, 0].tolist()


TWO_LINES = """\
channel,campaign,kpi,spend,response
tv,,revenue,0,0
tv,,revenue,1000,3000
tv,,revenue,2000,4000
search,brand,revenue,0,0
search,brand,revenue,500,2500
tv,,new_customers,0,0
tv,,new_customers,2000,40
search,brand,new_customers,0,0
search,brand,new_customers,500,10
"""


def test_a_table_becomes_curves(tmp_path: Path) -> None:
    curves = read(tmp_path, TWO_LINES, counts=["new_customers"])
    assert curves.lines == ("tv", "search/brand")
    assert curves.kpis == ("revenue", "new_customers")
    assert curves.units == {"revenue": "currency", "new_customers": "count"}
    assert (curves.draws, curves.currency, curves.history) == (1, "EUR", None)
    assert curves.health.verdict == Verdict.NOT_FITTED
    assert curves.prior_driven == ()
    assert curves.largest_total("search/brand") == 500
    assert curves.data["channel"].to_numpy().tolist() == ["tv", "search"]
    assert curves.data["campaign"].to_numpy().tolist() == ["", "brand"]
    assert value(curves, "revenue", "tv", 1500) == [3500]
    # KPIs have points of their own; the union of them changes neither
    assert value(curves, "new_customers", "tv", 1000) == [20]


def test_the_source_is_the_tables_name_and_the_digest_of_its_bytes(tmp_path: Path) -> None:
    curves = read(tmp_path, TWO_LINES)
    digest = hashlib.sha256(TWO_LINES.encode()).hexdigest()
    assert curves.source == {"table": "curves.csv", "sha256": digest}


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    curves = read(tmp_path, TWO_LINES, counts=["new_customers"])
    again = load(save(curves, tmp_path / "curves.nc"))
    assert again.digest == curves.digest
    assert again.kind == "tabulated"
    with pytest.raises(ValueError, match="13 weeks"):
        again.steady("revenue", "tv", np.full(4, 0.25), window(again.lines, weeks=4))


def test_order_of_rows_and_columns_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    head, *rows = TWO_LINES.strip().split("\n")
    columns = head.split(",")
    turned = [dict(zip(columns, row.split(","), strict=True)) for row in reversed(rows)]
    order = ["response", "kpi", "spend", "campaign", "channel"]
    text = "\n".join([",".join(order), *(",".join(row[c] for c in order) for row in turned)])
    curves, other = read(tmp_path, TWO_LINES), read(tmp_path, "\ufeff" + text + "\n\n")
    for kpi in curves.kpis:
        for line in curves.lines:
            for total in (0, 130, 499.5):
                assert value(curves, kpi, line, total) == value(other, kpi, line, total)


def test_draws_with_points_of_their_own(tmp_path: Path) -> None:
    """Each draw keeps its own straight lines on the union of all points."""
    rng = np.random.default_rng(5)
    rows, drawn = ["channel,kpi,draw,spend,response"], {}
    for draw in (7, 3, 11):
        inner = np.sort(rng.uniform(1, 99, 4)).round(2)
        spend = np.concatenate([[0], inner, [100]])
        response = np.concatenate([[0], rng.uniform(0, 50, 5).round(3)])
        drawn[draw] = (spend, response)
        rows += [f"tv,revenue,{draw},{x},{y}" for x, y in zip(spend, response, strict=True)]
    curves = read(tmp_path, "\n".join(rows))
    assert curves.data["draw"].to_numpy().tolist() == [3, 7, 11]
    at = np.linspace(0, 100, 57)
    curve = curves.steady("revenue", "tv", np.full(13, 1 / 13), window(("tv",)))
    expected = np.array([np.interp(at, *drawn[draw]) for draw in (3, 7, 11)])
    np.testing.assert_allclose(curve.value(at), expected, rtol=1e-12, atol=1e-12)


HEAD = "channel,kpi,spend,response\n"
GOOD = "tv,revenue,0,0\ntv,revenue,100,50\n"

BAD = {
    "missing column": (
        "channel,kpi,spends,response\n" + GOOD,
        [
            "curves.csv:1: spend: found no such column, expected it among the columns "
            "(channel, kpi, spends, response); did you mean 'spends'?",
            "curves.csv:1: spends: found an unknown column 'spends', expected a known column; "
            "did you mean 'spend'?",
        ],
    ),
    "semicolons": (
        "channel;kpi;spend;response\ntv;revenue;0;0\n",
        [
            "curves.csv:1: found a header without commas, 'channel;kpi;spend;response', expected "
            "columns separated by commas; save as CSV with ,"
        ],
    ),
    "column twice": (
        "channel,kpi,spend,response,spend\ntv,revenue,0,0,0\n",
        ["curves.csv:1: spend: found the column 'spend' twice, expected each column once"],
    ),
    "empty file": (
        "",
        [
            "curves.csv:1: channel: found no such column, expected it among the columns (none)",
            "curves.csv:1: kpi: found no such column, expected it among the columns (none)",
            "curves.csv:1: spend: found no such column, expected it among the columns (none)",
            "curves.csv:1: response: found no such column, expected it among the columns (none)",
        ],
    ),
    "header alone": (
        HEAD,
        ["curves.csv:1: found no row below the header, expected the points of the curves"],
    ),
    "field too many": (
        HEAD + GOOD + "tv,revenue,1,500,70\n",
        [
            "curves.csv:4: found 5 fields, expected 4, as in the header; "
            "a number with a comma in it needs a decimal point instead"
        ],
    ),
    "text and signs and infinity in numbers": (
        HEAD + "tv,revenue,0,0\ntv,revenue,1k,10\ntv,revenue,-5,10\ntv,revenue,20,inf\n"
        'tv,revenue,30,-1\ntv,revenue,40,1e999\ntv,revenue,"50,5",\ntv,revenue,60,nan\n',
        [
            "curves.csv:3: spend: found '1k', expected a plain number such as 1250.5",
            "curves.csv:4: spend: found -5, expected 0 or more",
            "curves.csv:5: response: found 'inf', expected a plain number such as 1250.5",
            "curves.csv:6: response: found -1, expected 0 or more",
            "curves.csv:7: response: found 1e999, expected a finite number",
            "curves.csv:8: spend: found '50,5', expected a plain number such as 1250.5",
            "curves.csv:8: response: found an empty cell, expected a plain number such as 1250.5",
            "curves.csv:9: response: found 'nan', expected a plain number such as 1250.5",
        ],
    ),
    "names": (
        HEAD + ",revenue,0,0\ntv,,0,0\ntv/brand,revenue,0,0\nall,revenue,0,0\n",
        [
            "curves.csv:2: channel: found an empty cell, expected the name of a channel",
            "curves.csv:3: kpi: found an empty cell, expected the name of a kpi",
            "curves.csv:4: channel: found 'tv/brand', expected a name without / and :, and not "
            "`all`; a campaign has a column of its own",
            "curves.csv:5: channel: found 'all', expected a name without / and :, and not `all`; "
            "a campaign has a column of its own",
        ],
    ),
    "no zero point": (
        HEAD + GOOD + "radio,revenue,20,10\nradio,revenue,40,15\n",
        [
            "curves.csv:4: radio, revenue: found no row with spend 0 (the lowest is 20), expected "
            "a row with spend 0 and response 0; add it"
        ],
    ),
    "response at zero": (
        HEAD + "tv,revenue,0,500\ntv,revenue,100,550\n",
        [
            "curves.csv:2: tv, revenue: found response 500 at spend 0, expected response 0 at "
            "spend 0; a response is what the spend adds, so no spend adds nothing"
        ],
    ),
    "one point": (
        HEAD + "tv,revenue,0,0\n",
        [
            "curves.csv:2: tv, revenue: found a single point, expected at least two points; "
            "a curve is drawn between points"
        ],
    ),
    "point twice": (
        HEAD + GOOD + "tv,revenue,100.0,60\n",
        [
            "curves.csv:4: tv, revenue: found spend 100 again (first on line 3), "
            "expected each point once; delete one"
        ],
    ),
    "kpi missing": (
        HEAD + GOOD + "radio,revenue,0,0\nradio,revenue,9,9\n"
        "radio,new_customers,0,0\nradio,new_customers,9,1\n",
        ["curves.csv:2: tv: found no row of the KPI 'new_customers', expected every KPI of others"],
    ),
    "draws differ": (
        "channel,kpi,draw,spend,response\n"
        "tv,revenue,0,0,0\ntv,revenue,0,9,9\ntv,revenue,1,0,0\ntv,revenue,1,9,9\n"
        "radio,revenue,1,0,0\nradio,revenue,1,9,9\n",
        [
            "curves.csv:6: radio: found no draw 0 of revenue, "
            "expected the same 2 draws in each curve"
        ],
    ),
    "draw that is no number": (
        "channel,kpi,draw,spend,response\ntv,revenue,a,0,0\ntv,revenue,,9,9\n",
        [
            "curves.csv:2: draw: found 'a', expected a whole number from 0",
            "curves.csv:3: draw: found an empty cell, expected a whole number from 0",
        ],
    ),
    "last points differ": (
        HEAD + GOOD + "tv,new_customers,0,0\ntv,new_customers,80,4\n",
        [
            "curves.csv:4: tv, new_customers: found a last point at spend 80, expected 100, where "
            "the curve of line 3 ends; all curves of a line end at the same spend"
        ],
    ),
    "campaigns in some rows only": (
        "channel,campaign,kpi,spend,response\n"
        "tv,,revenue,0,0\ntv,,revenue,9,9\ntv,brand,revenue,0,0\ntv,brand,revenue,9,9\n",
        [
            "curves.csv:2: campaign: found tv without a campaign here and with one on line 4, "
            "expected a campaign in every row of the channel or in none"
        ],
    ),
    "regions in some rows only": (
        "channel,geo,kpi,spend,response\n"
        "tv,DE,revenue,0,0\ntv,DE,revenue,9,9\ntv,,revenue,0,0\ntv,,revenue,9,9\n",
        [
            "curves.csv:4: geo: found tv without a region here and with one on line 2, "
            "expected a region in every row or in none"
        ],
    ),
    "two values of a label": (
        "channel,geo,label_audience,kpi,spend,response\n"
        "tv,DE,buyers,revenue,0,0\ntv,DE,new,revenue,9,9\ntv,DE,,revenue,10,10\n",
        [
            "curves.csv:3: label_audience: found 'new' for tv@DE, expected 'buyers', as on "
            "line 2; a line has one value of a label"
        ],
    ),
    "names that would be read as regions": (
        "channel,geo,kpi,spend,response\ntv@DE,FR,revenue,0,0\n",
        [
            "curves.csv:2: channel: found 'tv@DE', expected a name without @, which stands "
            "between a line and its region"
        ],
    ),
    "columns that are no labels": (
        "channel,label_geo,audience,kpi,spend,response\ntv,DE,new,revenue,0,0\n",
        [
            "curves.csv:1: audience: found an unknown column 'audience', expected a known "
            "column; known: campaign, channel, draw, geo, kpi, response, spend, and "
            "label_audience for a label",
            "curves.csv:1: label_geo: found a label called 'geo', expected another name, "
            "without :; it has a meaning already",
        ],
    ),
    "quote that never closes": (
        HEAD + 'tv,"revenue,0,0\n',
        [
            "curves.csv:2: found text that is not CSV (unexpected end of data), expected CSV; "
            "check the quotes"
        ],
    ),
}


def test_regions_and_labels(tmp_path: Path) -> None:
    text = (
        "channel,campaign,geo,label_audience,kpi,spend,response\n"
        "tv,,,,revenue,0,0\ntv,,,,revenue,9,9\n"
        "search,brand,DE,new,revenue,0,0\nsearch,brand,DE,new,revenue,5,7\n"
        "search,brand,FR,old,revenue,0,0\nsearch,brand,FR,old,revenue,5,3\n"
    )
    curves = read(tmp_path, text)
    assert curves.labels == {
        "tv": {"channel": "tv"},
        "search/brand@DE": {
            "channel": "search", "campaign": "brand", "geo": "DE", "audience": "new",
        },
        "search/brand@FR": {
            "channel": "search", "campaign": "brand", "geo": "FR", "audience": "old",
        },
    }  # fmt: skip
    assert load(save(curves, tmp_path / "curves.nc")).labels == curves.labels
    plain = read(tmp_path, HEAD + GOOD)
    assert "geo" not in plain.data.coords  # tables without regions keep their digest
    assert not [name for name in plain.data.coords if str(name).startswith("label_")]


@pytest.mark.parametrize("case", BAD)
def test_bad_tables(tmp_path: Path, case: str) -> None:
    text, expected = BAD[case]
    with pytest.raises(InputError) as raised:
        read(tmp_path, text)
    assert str(raised.value).replace(f"{tmp_path}/", "").split("\n") == expected


def test_faults_of_options_and_rows_come_in_one_list(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        read(tmp_path, HEAD + "tv,revenue,x,0\n", currency="euro", weeks=0)
    assert [fault.path for fault in raised.value.faults] == ["currency", "weeks", "spend"]


def test_a_count_that_is_not_in_the_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'revenue'"):
        read(tmp_path, HEAD + GOOD, counts=["revenues"])


def test_many_faults_are_cut_and_counted(tmp_path: Path) -> None:
    rows = "".join(f'tv,revenue,"{n},5",0\n' for n in range(400))
    with pytest.raises(InputError) as raised:
        read(tmp_path, HEAD + rows)
    assert len(raised.value.faults) == 51
    assert "found 350 faults more" in str(raised.value)


def test_one_fault_for_the_same_fault_in_many_draws(tmp_path: Path) -> None:
    rows = "".join(f"tv,revenue,{n},5,2\ntv,revenue,{n},9,3\n" for n in range(200))
    with pytest.raises(InputError) as raised:
        read(tmp_path, "channel,kpi,draw,spend,response\n" + rows)
    assert [fault.path for fault in raised.value.faults] == ["tv, revenue, draw 0"]


def test_files_that_are_not_there_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_table(tmp_path / "none.csv", currency="EUR", weeks=13)
    latin = tmp_path / "latin.csv"
    latin.write_bytes((HEAD + "tv,año,0,0\n").encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.csv:2: found bytes that are not UTF-8"):
        read_table(latin, currency="EUR", weeks=13)
