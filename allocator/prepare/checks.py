"""Figures that must agree, told from both sides."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from allocator.findings.bridge import Bridge
from allocator.findings.dossier import Check, Phased, Statement
from allocator.prepare.source import Source

CENT = 0.005  # currency: sums of whole cents agree to less
CLOSE = 1e-9  # relative: sums of the same estimates in another order


def checks(
    source: Source,
    bridges: Sequence[Bridge],
    statements: Sequence[Statement],
    phasing: Sequence[Phased],
) -> tuple[Check, ...]:
    """Channels and lines sum to totals, bridges close, the statement adds up, phasing ties."""
    totals = source.plan.totals.plan
    found = [
        _money("lines sum to the total", (x.total for x in source.plan.lines), totals.spend),
        _money("channels sum to the total", (x.spend for x in source.plan.channels), totals.spend),
    ]
    for kpi, whole in totals.kpis.items():
        each = [channel.kpis[kpi].mean for channel in source.plan.channels]
        found.append(_near(f"channels sum to the total of {kpi}", math.fsum(each), whole.mean))
    for one in bridges:
        steps = [one.start.mean, *(step.amount.mean for step in one.steps)]
        found.append(_near(f"the bridge of {one.metric} closes", math.fsum(steps), one.end.mean))
    found += _of_statement(source, statements)
    for calendar in ("month", "quarter", "445"):
        rows = [row for row in phasing if row.calendar == calendar]
        spent, gross = (row.accrual for row in rows), math.fsum(row.gross for row in rows)
        found.append(_money(f"phasing by {calendar} sums to the total", spent, totals.spend))
        paid = (row.cash for row in rows)
        found.append(_money(f"payments by {calendar} sum to gross", paid, gross))
    return tuple(found)


def _of_statement(source: Source, statements: Sequence[Statement]) -> list[Check]:
    if not statements:
        return []
    rows = {row.name: row for row in statements}
    found = [_money("media are the plan's spend", [rows["media"].plan or 0.0],
                    source.plan.totals.plan.spend)]  # fmt: skip
    for side in ("reference", "plan"):
        said = {name: getattr(row, side) for name, row in rows.items()}
        if said["total"] is not None:
            left = said["baseline"] + said["incremental"]
            found.append(_near(f"baseline and incremental are the total, {side}", left,
                               said["total"]))  # fmt: skip
        if said["contribution"] is not None:
            left = said["margin"] - said["media"] - said["fees"] - said["taxes"]
            found.append(_near(f"contribution is what is left, {side}", left,
                               said["contribution"]))  # fmt: skip
    ledger = rows["total"].ledger
    if ledger is not None and rows["total"].reference is not None:
        found.append(
            _near("the reference's total is the ledger's", rows["total"].reference, ledger)
        )
    return found


def _money(name: str, parts: Iterable[float], whole: float) -> Check:
    left = round(math.fsum(parts), 2)
    return Check(name=name, left=left, right=whole, tolerance=CENT, holds=abs(left - whole) <= CENT)


def _near(name: str, left: float, right: float) -> Check:
    tolerance = CLOSE * max(abs(left), abs(right), 1.0)
    return Check(
        name=name, left=left, right=right, tolerance=tolerance, holds=abs(left - right) <= tolerance
    )
