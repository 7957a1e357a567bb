"""A small good case as a planner would write it: three files, every number from a formula."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

WEEKS = 60
FIRST = dt.date(2021, 1, 4)

MODEL = """\
schema_version: 1
data:
  tables:
    - {file: kpis.csv}
    - {file: media.csv, form: long, channel: channel, campaign: campaign, spend: spend,
       impressions: impressions}
currency: EUR
kpis:
  revenue: {column: revenue, unit: currency}
  customers: {column: customers, unit: count}
channels:
  tv: {}
  search: {}
controls:
  - {column: price}
"""


def week(number: int) -> dt.date:
    """First day of a week of the case."""
    return FIRST + dt.timedelta(weeks=number)


def spend(line: str, number: int) -> float:
    """Spend of a line in a week: irregular, never zero, two decimals."""
    base, pace = {"tv": (900, 1.3), "brand": (150, 2.1), "generic": (300, 0.7)}[line]
    return round(base * (1.5 + math.sin(pace * number)) + number / 7, 2)


def kpi_rows() -> list[tuple[str, ...]]:
    """Cells of kpis.csv, header first."""
    rows: list[tuple[str, ...]] = [("date", "revenue", "customers", "price")]
    for t in range(WEEKS):
        revenue = 20_000 + 150 * t + 3 * spend("tv", t)
        customers = 210 + 7 * (t % 5)
        rows.append((f"{week(t)}", f"{revenue:.1f}", f"{customers}", f"{9.5 + t % 3 / 4:.2f}"))
    return rows


def media_rows() -> list[tuple[str, ...]]:
    """Cells of media.csv, header first; impressions of tv are not measured."""
    rows: list[tuple[str, ...]] = [("date", "channel", "campaign", "spend", "impressions")]
    for t in range(WEEKS):
        rows.append((f"{week(t)}", "tv", "", f"{spend('tv', t):.2f}", ""))
        for campaign in ("brand", "generic"):
            cost = spend(campaign, t)
            rows.append((f"{week(t)}", "search", campaign, f"{cost:.2f}", f"{round(cost * 80)}"))
    return rows


def as_csv(rows: list[tuple[str, ...]], delimiter: str = ",") -> str:
    """Cells as the text of a CSV file."""
    return "".join(delimiter.join(row) + "\n" for row in rows)


def files() -> dict[str, str]:
    """The whole case: name -> text."""
    return {"model.yaml": MODEL, "kpis.csv": as_csv(kpi_rows()), "media.csv": as_csv(media_rows())}


def write(folder: Path, case: dict[str, str]) -> Path:
    """Put a case into a folder; returns the path of its model.yaml."""
    for name, text in case.items():
        (folder / name).write_bytes(text.encode("utf-8"))
    return folder / "model.yaml"
