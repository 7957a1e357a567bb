"""Weekly contributions as a table that adds up to the cent."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from mmm.attribution.attribution import Attribution
from mmm.attribution.groups import Group, groups
from mmm.files import refuse_existing, write_whole

HEADS = (
    "kpi", "geo", "week", "part", "kind", "mean", "p05", "p95", "spend", "revenue", "profit",
)  # fmt: skip


def write_ledger(
    every: Sequence[Attribution], path: Path, *, by: str = "channel", force: bool = False
) -> Path:
    """Write one row per KPI, region, week and part. Raises OutputExists without ``force``.

    Means are rounded to two decimals; in every week the parts add up to ``expected`` and, with
    ``unexplained``, to ``observed``, in the figures as they are written.
    """
    refuse_existing([path], force=force)
    path.parent.mkdir(parents=True, exist_ok=True)

    def fill(part: Path) -> None:
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADS)
            for of in every:
                writer.writerows(_rows(of, by))

    return write_whole(path, fill)


def _rows(of: Attribution, by: str) -> Iterator[tuple[str, ...]]:
    rows = groups(of, by)
    for geo in dict.fromkeys(row.geo for row in rows):
        here = [row for row in rows if row.geo == geo]
        places = [of.geos.index(geo)] if geo else list(range(len(of.geos)))
        observed = of.observed[places].sum(axis=0)
        expected = of.expected[:, places].sum(axis=1)
        for week, date in enumerate(of.weeks):
            start = (of.kpi, geo, str(date)[:10])
            cents = [_cents(row.weekly[:, week].mean()) for row in here]
            for row, mean in zip(here, cents, strict=True):
                yield (*start, row.name, row.kind, _plain(mean), *_figures(row, week))
            seen = _cents(observed[week])
            ends = _ends(expected[:, week])
            yield (*start, "expected", "sum", _plain(sum(cents)), *ends, "", "", "")
            gap = _plain(seen - sum(cents))
            yield (*start, "unexplained", "residual", gap, "", "", "", "", "")
            yield (*start, "observed", "data", _plain(seen), "", "", "", "", "")


def _figures(row: Group, week: int) -> tuple[str, ...]:
    spend = "" if row.spend is None else _plain(_cents(row.spend[week]))
    worth = (
        "" if values is None else _plain(_cents(values[:, week].mean()))
        for values in (row.money, row.profit)
    )
    return (*_ends(row.weekly[:, week]), spend, *worth)


def _ends(draws: np.ndarray) -> tuple[str, str]:
    low, high = np.quantile(draws, [0.05, 0.95])
    return _plain(_cents(low)), _plain(_cents(high))


def _cents(value: float) -> int:
    """In hundredths, so that sums are exact."""
    return round(float(value) * 100)


def _plain(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
