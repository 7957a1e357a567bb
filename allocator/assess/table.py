"""An assessment as one tidy table: a row a line and figure."""

from __future__ import annotations

import csv
import io

from allocator.findings.assessment import Assessment
from allocator.plan import Interval

COLUMNS = ("line", "channel", "metric", "unit", "value", "p10", "p90")


def tidy(found: Assessment) -> str:
    """CSV with the header ``COLUMNS``; a value that there is not is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    money = found.currency

    def row(of: tuple[str, str], metric: str, unit: str, value: Interval | float | None) -> None:
        cells: tuple[float | None, ...] = ()
        if isinstance(value, Interval):
            cells = (value.mean, value.p10, value.p90)
        else:
            cells = (value, None, None)
        texts = (*map(_inert, of), metric, unit)
        writer.writerow([*texts, *("" if cell is None else repr(cell) for cell in cells)])

    for line in found.lines:
        of = (line.line, line.channel)
        row(of, "spend", money, line.spend)
        for kpi, unit in found.units.items():
            said = money if unit == "currency" else unit
            row(of, kpi, said, line.kpis[kpi])
            ratio = line.roas.get(kpi) if unit == "currency" else line.cac.get(kpi)
            name = f"roas {kpi}" if unit == "currency" else f"cac {kpi}"
            row(of, name, "ratio" if unit == "currency" else money, ratio)
            row(of, f"marginal {kpi}", "ratio", line.marginal[kpi])
        row(of, "beyond", money, line.beyond)
        row(of, "headroom", money, line.headroom)
        if found.frontier is not None:
            row(of, "nearby", money, found.frontier.spend[line.line])
    for one in found.reported:
        of = (one.line, "")
        row(of, f"reported {one.kpi}", found.units[one.kpi], one.reported)
        row(of, f"factor {one.kpi}", "ratio", one.factor)
    return out.getvalue()


def _inert(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
