"""The wide table is the sample, campaigns added up to channels."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from mmm.data import load
from mmm.simulate.wide import FILE, SAMPLE, wide_table
from mmm.spec import load_spec


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_in_the_repository_is_fresh() -> None:
    assert FILE.read_text(encoding="utf-8") == wide_table(), (
        "data/wide/weekly.csv is stale: run `python -m mmm.simulate.wide`"
    )


def test_every_cent_of_the_campaigns_is_there() -> None:
    """Added up again with decimals, without pandas."""
    spent: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows(SAMPLE / "media.csv"):
        spent[row["date"], row["channel"]] += Decimal(row["spend"])
    table = rows(FILE)
    channels = list(dict.fromkeys(channel for _, channel in spent))
    assert list(table[0])[1 : 1 + len(channels)] == [f"{channel}_spend" for channel in channels]
    for row in table:
        for channel in channels:
            assert Decimal(row[f"{channel}_spend"]) == spent[row["date"], channel]


def test_kpis_and_price_are_the_sample_s() -> None:
    table = {row["date"]: row for row in rows(FILE)}
    kpis, controls = rows(SAMPLE / "kpis.csv"), rows(SAMPLE / "controls.csv")
    assert list(table) == [row["date"] for row in kpis]
    for row in kpis + controls:
        for column in {"revenue", "new_customers", "price_index"} & set(row):
            assert Decimal(table[row["date"]][column]) == Decimal(row[column])


def test_its_model_file_reads_it() -> None:
    spec = load_spec(FILE.parent / "model.yaml")
    data = load(spec)
    assert data.lines == ("tv", "video", "search", "social", "ooh", "affiliate")
