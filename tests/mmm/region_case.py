"""The planner's case by region: KPIs and media by region, radio and fuel for the whole country.

Every number from a formula, so that what is read can be compared with what was meant.
"""

from __future__ import annotations

import planner_case

REGIONS = {"north": 3e6, "south": 1e6, "east": 0.5e6}
"""Region -> population, in the order of model.yaml."""

PART = {"north": 0.5, "south": 0.375, "east": 0.125}
"""Region -> its part of the planner's revenue and spend: exact in binary, unlike population."""

MODEL = """\
schema_version: 1
data:
  tables:
    - {file: kpis.csv, geo: region}
    - {file: media.csv, form: long, channel: channel, campaign: campaign, spend: spend,
       impressions: impressions, geo: area}
    - {file: country.csv}
currency: EUR
kpis:
  revenue: {column: revenue, unit: currency}
  customers: {column: customers, unit: count}
channels:
  tv: {}
  search: {}
  radio: {spend: radio}
controls:
  - {column: price}
  - {column: fuel}
events:
  - {name: launch, dates: [2021-02-10]}
geos:
  population: {north: 3000000.0, south: 1000000.0, east: 500000.0}
answers: {geo: keep}
"""


def customers(region: str, number: int) -> int:
    """Customers of a region in a week."""
    return 40 * list(REGIONS).index(region) + 30 + 7 * (number % 5)


def price(region: str, number: int) -> float:
    """Price in a region: moves differently in each."""
    return 9 + (number * (list(REGIONS).index(region) + 1)) % 5 / 4


def radio(number: int) -> float:
    """Spend on radio in the whole country."""
    return float(100 + 13 * (number % 7))


def fuel(number: int) -> float:
    """Price of fuel, the same everywhere."""
    return 1.5 + number % 4 / 8


def files() -> dict[str, str]:
    """The whole case: name -> text."""
    kpis: list[tuple[str, ...]] = [("date", "region", "revenue", "customers", "price")]
    country: list[tuple[str, ...]] = [("date", "radio", "fuel")]
    head, *rows = planner_case.media_rows()
    media = [(*head, "area")]
    for t, (date, revenue, *_) in enumerate(planner_case.kpi_rows()[1:]):
        for region, part in PART.items():
            counts = f"{customers(region, t)}", f"{price(region, t)}"
            kpis.append((date, region, f"{float(revenue) * part!r}", *counts))
        country.append((date, f"{radio(t)}", f"{fuel(t)}"))
    for date, channel, campaign, cost, seen in rows:
        for region, part in PART.items():
            counts = f"{float(seen) * part!r}" if seen else ""
            media.append((date, channel, campaign, f"{float(cost) * part!r}", counts, region))
    return {
        "model.yaml": MODEL,
        "kpis.csv": planner_case.as_csv(kpis),
        "media.csv": planner_case.as_csv(media),
        "country.csv": planner_case.as_csv(country),
    }
