"""Values and margins that vary by week: read from tables, averaged, kept with curves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import planner_case
import pytest
import region_case
import xarray as xr
from attributed_case import case, curves, nation

from mmm.data import load
from mmm.spec import load_spec
from mmm.worth import by_week, margin_of, money_of, worth
from mmm.worth_text import worth_lines


def basket(week: int) -> float:
    """Worth of a customer in a week of the planner's case."""
    return 30 + week % 4


def planner(folder: Path, customers: str) -> Path:
    """The planner's case with a column of values and what is said of customers."""
    files = planner_case.files()
    head, *rows = files["kpis.csv"].splitlines()
    kpis = [f"{head},basket,left", *(f"{row},{basket(i)},0.25" for i, row in enumerate(rows))]
    good = "customers: {column: customers, unit: count"
    model = files["model.yaml"].replace(good, f"{good}, {customers}")
    return planner_case.write(
        folder, files | {"kpis.csv": "\n".join(kpis) + "\n", "model.yaml": model}
    )


def test_a_column_is_read_and_a_number_holds_in_every_week(tmp_path: Path) -> None:
    spec = load_spec(planner(tmp_path, "value_per_unit: basket, margin: 0.3"))
    data = load(spec)
    values = data.panel("values")
    assert np.isnan(values[0]).all()  # revenue states none
    np.testing.assert_array_equal(values[1, 0], [basket(i) for i in range(planner_case.WEEKS)])
    assert "margins" not in data.dataset
    made = worth(spec, data)
    np.testing.assert_array_equal(made["margin"].isel(kpi=1), 0.3 * np.ones_like(values[0]))
    plain = load(load_spec(planner(tmp_path, "margin: left, value_per_unit: 31.5")))
    np.testing.assert_array_equal(plain.panel("margins")[1, 0], 0.25)
    assert plain.digest != data.digest


def test_days_are_averaged_and_a_country_s_value_is_that_of_its_regions(tmp_path: Path) -> None:
    files = region_case.files()
    head, *rows = files["country.csv"].splitlines()
    country = [f"{head},basket", *(f"{row},{basket(i)}" for i, row in enumerate(rows))]
    good = "customers: {column: customers, unit: count"
    model = files["model.yaml"].replace(good, f"{good}, value_per_unit: basket")
    spec = load_spec(
        planner_case.write(
            tmp_path, files | {"country.csv": "\n".join(country) + "\n", "model.yaml": model}
        )
    )
    data = load(spec)
    expected = [basket(i) for i in range(planner_case.WEEKS)]
    for region in data.panel("values")[1]:
        np.testing.assert_array_equal(region, expected)
    np.testing.assert_allclose(data.national["values"].sel(kpi="customers"), expected)


def test_regions_weigh_by_what_they_sell() -> None:
    series = xr.DataArray([[10.0, 10.0, 4.0], [20.0, 40.0, 8.0]], dims=("geo", "week"))
    sold = xr.DataArray([[1.0, 3.0, 0.0], [1.0, 1.0, 0.0]], dims=("geo", "week"))
    np.testing.assert_allclose(by_week(series, sold), [15.0, 17.5, 6.0])


def test_curves_keep_values_and_margins() -> None:
    fit, _ = case("nation")
    own = curves(fit)
    np.testing.assert_allclose(
        own.data["value_per_unit"].sel(kpi="orders"), nation().panel("values")[1, 0]
    )
    assert own.data["value_per_unit"].sel(kpi="revenue").isnull().all()
    np.testing.assert_allclose(own.data["margin"].sel(kpi="revenue"), 0.4)
    first, second = worth_lines(own)
    assert first == "revenue: margin 40%."
    assert second.startswith("orders: worth ")
    assert second.count("weekly") == 2
    without, _ = case("regions")
    assert worth_lines(curves(without)) == []
    assert "margin" not in curves(without).data


def test_money_is_worth_itself_and_a_count_what_was_said() -> None:
    fit, _ = case("nation")
    revenue = money_of(fit.constants, "revenue")
    assert revenue is not None
    assert (revenue == 1).all()
    orders = money_of(fit.constants, "orders")
    assert orders is not None
    np.testing.assert_allclose(orders[0], nation().panel("values")[1, 0])
    without, _ = case("regions")
    assert margin_of(without.constants, "revenue") is None
    count = without.constants.assign(unit=("kpi", ["count"]))
    assert money_of(count, "revenue") is None


@pytest.mark.parametrize("said", ["value_per_unit: basket", "margin: left, value_per_unit: 3.5"])
def test_the_column_of_a_value_is_used(said: str, tmp_path: Path) -> None:
    unused = load(load_spec(planner(tmp_path, said))).unused
    assert not any(said.split()[1].rstrip(",") in name for name in unused)
