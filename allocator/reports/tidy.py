"""Tidy tables of a plan and its dossier as CSV: one row an observation, one column a variable.

UTF-8, commas, a decimal point, ``\\n`` at line ends, an empty cell where nothing is known. A text
that a spreadsheet would take for a formula has an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from allocator.findings.dossier import Dossier
from allocator.plan import Interval, Plan

QUANTILES = ("mean", "p05", "p10", "p50", "p90", "p95")
STARTS = ("=", "+", "-", "@", "\t", "\r", "|", "%")
"""What begins a formula in one spreadsheet or another."""
Rows = Iterator[Sequence[Any]]


def tidy(plan: Plan, dossier: Dossier) -> dict[str, bytes]:
    """File name -> content; tables without rows are there with their header."""
    tables: dict[str, tuple[Sequence[str], Rows]] = {
        "weeks": (("line", "channel", "campaign", "geo", "week", "spend"), _weeks(plan)),
        "outcomes": (
            ("level", "name", "plan", "metric", "unit", *QUANTILES), _outcomes(plan, dossier)
        ),
        "spend": (("level", "name", "reference", "reference_scaled", "plan"), _spend(plan)),
        "limits": _flat([limit.model_dump(mode="json") for limit in plan.constraints], LIMITS),
        "alternatives": (("name", "line", "spend"), _alternatives(dossier)),
        "bridges": (("metric", "unit", "step", *QUANTILES), _bridges(dossier)),
        "curves": (("line", "kpi", "unit", "total", "p10", "p50", "p90"), _curves(dossier)),
    }  # fmt: skip
    for name, columns in FLAT.items():
        rows = [one.model_dump(mode="json") for one in getattr(dossier, name)]
        tables[name] = _flat(rows, columns)
    return {f"{name}.csv": _written(head, rows) for name, (head, rows) in tables.items()}


LIMITS = (
    "id", "part", "side", "words", "limit", "value", "slack", "unit", "binding", "reason", "owner",
)  # fmt: skip
FLAT: dict[str, tuple[str, ...]] = {
    "prices": ("rule", "words", "cost", "each", "unit", "valid_for", "confirmed"),
    "frontier": ("budget", "mean", "p10", "p90", "next_unit"),
    "ladder": ("name", "mean", "worst", "better", "moved", "current"),
    "statements": ("name", "reference", "plan", "ledger"),
    "phasing": (
        "calendar", "period", "start", "end", "line", "accrual", "gross", "cash", "committed",
    ),
    "accounts": (
        "line", "cost_centre", "gl_code", "supplier", "purchase_order", "fee", "tax",
        "days_to_pay", "source",
    ),
    "assumptions": ("path", "value", "file", "line", "note", "source"),
    "checks": ("name", "left", "right", "tolerance", "holds"),
}  # fmt: skip
"""Lists of the dossier that are tables as they stand."""


def _flat(rows: Sequence[Mapping[str, Any]], head: Sequence[str]) -> tuple[Sequence[str], Rows]:
    return head, ([row.get(column) for column in head] for row in rows)


def _weeks(plan: Plan) -> Rows:
    for line in plan.lines:
        for week, spend in zip(plan.period.weeks, line.spend, strict=True):
            yield line.line, line.channel, line.campaign, line.geo, week, f"{spend:.2f}"


def _spend(plan: Plan) -> Rows:
    for line in plan.lines:
        yield "line", line.line, line.reference, line.reference_scaled, line.total
    for channel in plan.channels:
        yield (
            "channel", channel.channel, channel.reference, channel.reference_scaled, channel.spend
        )  # fmt: skip
    totals = plan.totals
    yield (
        "total", "", totals.reference.spend, totals.reference_scaled.spend, totals.plan.spend
    )  # fmt: skip


def _outcomes(plan: Plan, dossier: Dossier) -> Rows:
    """plan: of which plan, or of the difference from which."""
    goal = "count" if plan.certificate.unit == "count" else "currency"
    for level, name, sides in _levels(plan):
        for side, kpis in sides.items():
            for kpi, value in kpis.items():
                yield level, name, side, kpi, plan.units[kpi], *_figures(value)
    totals = plan.totals
    wholes = {
        "plan": totals.plan.objective, "reference": totals.reference.objective,
        "reference_scaled": totals.reference_scaled.objective,
        "difference": totals.difference.reference_scaled.objective,
    }  # fmt: skip
    wholes |= {other.name: other.objective for other in dossier.alternatives}
    for side, value in wholes.items():
        yield "total", "", side, "objective", goal, *_figures(value)


def _levels(plan: Plan) -> Iterator[tuple[str, str, dict[str, dict[str, Interval]]]]:
    for line in plan.lines:
        yield "line", line.line, {"plan": line.kpis, "difference": line.difference}
    for channel in plan.channels:
        yield "channel", channel.channel, {"plan": channel.kpis, "difference": channel.difference}
    totals = plan.totals
    yield "total", "", {
        "plan": totals.plan.kpis, "reference": totals.reference.kpis,
        "reference_scaled": totals.reference_scaled.kpis,
        "difference": totals.difference.reference_scaled.kpis,
    }  # fmt: skip


def _figures(value: Interval) -> list[float]:
    return [getattr(value, name) for name in QUANTILES]


def _alternatives(dossier: Dossier) -> Rows:
    for other in dossier.alternatives:
        for line, spend in other.spend.items():
            yield other.name, line, spend


def _bridges(dossier: Dossier) -> Rows:
    for one in dossier.bridges:
        yield one.metric, one.unit, "start", *_figures(one.start)
        for step in one.steps:
            yield one.metric, one.unit, step.name, *_figures(step.amount)
        yield one.metric, one.unit, "end", *_figures(one.end)


def _curves(dossier: Dossier) -> Rows:
    for one in dossier.curves:
        for row in zip(one.totals, one.p10, one.p50, one.p90, strict=True):
            yield one.line, one.kpi, one.unit, *row


def _written(head: Sequence[str], rows: Rows) -> bytes:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return made.getvalue().encode("utf-8")


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(STARTS) and not _number(value):
        return f"'{value}"
    return value


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
