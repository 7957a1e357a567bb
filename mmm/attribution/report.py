"""Totals of every group over the data and its last weeks, and what each return cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mmm.attribution.attribution import Attribution
from mmm.attribution.groups import Group, groups
from mmm.attribution.marginal import Name, marginal_returns
from mmm.curve_tables.table import Estimate, estimate, inverse
from mmm.curves import ParametricCurves

RECENT = (52, 13)
"""Weeks of the windows beside the whole of the data."""


@dataclass(frozen=True)
class Total:
    """One group over one window, the last ``weeks`` weeks.

    share: of what is expected in all, means; spend: currency, None for what is not paid
    roas:  money per unit of spend, for money and for counts with a value
    cost:  spend per unit of the KPI: the CAC of customers; None where the mean brings nothing
    marginal_roas, marginal_cost: of the next unit of money at the present spend; only in the row
    of the whole data
    revenue, profit: what the contribution is worth, and what of it is left before media are paid
    """

    name: str
    kind: str
    geo: str
    weeks: int
    contribution: Estimate
    share: float
    spend: float | None
    roas: Estimate | None
    cost: Estimate | None
    marginal_roas: Estimate | None
    marginal_cost: Estimate | None
    revenue: Estimate | None
    profit: Estimate | None


@dataclass(frozen=True)
class Report:
    """One KPI: every window's totals, then what media bring together and what is unexplained.

    media: share of the expected KPI that paid and organic media bring, synergy included
    unexplained: the KPI less its expected value, over all weeks
    """

    kpi: str
    unit: str
    currency: str
    by: str
    draws: int
    first: str
    last: str
    observed: float
    expected: Estimate
    unexplained: float
    media: Estimate
    synergy: bool
    totals: tuple[Total, ...]

    def window(self, weeks: int) -> list[Total]:
        """The totals of one window."""
        return [total for total in self.totals if total.weeks == weeks]

    @property
    def windows(self) -> tuple[int, ...]:
        """Weeks of every window, the whole of the data first."""
        return tuple(dict.fromkeys(total.weeks for total in self.totals))


def report(of: Attribution, curves: ParametricCurves, by: str = "channel") -> Report:
    """What ``mmm attribution`` says of one KPI; curves: of the same fit.

    Raises InputError for a ``by`` that does not fit.
    """
    rows = groups(of, by)
    expected = of.expected.sum(axis=(1, 2))
    media = sum(
        (row.weekly.sum(axis=1) for row in rows if row.kind in ("media", "organic", "synergy")),
        np.zeros(len(expected)),
    )
    marginal = marginal_returns(curves, of.kpi, by) if of.currency else {}
    whole = len(of.weeks)
    return Report(
        kpi=of.kpi,
        unit=of.unit,
        currency=of.currency,
        by=by,
        draws=len(expected),
        first=str(of.weeks[0])[:10],
        last=str(of.weeks[-1])[:10],
        observed=float(of.observed.sum()),
        expected=estimate(expected),
        unexplained=float(of.observed.sum() - expected.mean()),
        media=estimate(media / expected),
        synergy=of.synergy,
        totals=tuple(
            total
            for weeks in (whole, *(weeks for weeks in RECENT if weeks < whole))
            for total in _totals(of, rows, weeks, marginal if weeks == whole else {})
        ),
    )


def _totals(
    of: Attribution, rows: Sequence[Group], weeks: int, marginal: Mapping[Name, np.ndarray]
) -> list[Total]:
    all_of_it = sum(float(row.weekly[:, -weeks:].sum(axis=1).mean()) for row in rows)
    return [_total(of, row, weeks, all_of_it, marginal.get((row.name, row.geo))) for row in rows]


def _total(
    of: Attribution, row: Group, weeks: int, all_of_it: float, next_one: np.ndarray | None
) -> Total:
    brought = row.weekly[:, -weeks:].sum(axis=1)
    money = None if row.money is None else row.money[:, -weeks:].sum(axis=1)
    spend = None if row.spend is None else float(row.spend[-weeks:].sum())
    paid = bool(spend) and bool(of.currency)
    next_one = next_one if row.kind == "media" else None
    return Total(
        name=row.name,
        kind=row.kind,
        geo=row.geo,
        weeks=weeks,
        contribution=estimate(brought),
        share=float(brought.mean()) / all_of_it,
        spend=spend,
        roas=estimate(money / spend) if paid and money is not None else None,
        cost=inverse(brought / spend) if paid else None,
        marginal_roas=None
        if next_one is None or of.worth is None
        else estimate(next_one * present_worth(of, row.geo)),
        marginal_cost=None if next_one is None else inverse(next_one),
        revenue=None if money is None else estimate(money),
        profit=None if row.profit is None else estimate(row.profit[:, -weeks:].sum(axis=1)),
    )


def present_worth(of: Attribution, geo: str = "") -> float:
    """Money per unit of the KPI in the last quarter, weighted by what was sold; ``geo`` or all."""
    if of.worth is None:
        raise ValueError(f"{of.kpi} has no value")
    rows = [of.geos.index(geo)] if geo else list(range(len(of.geos)))
    worth, sold = of.worth[rows, -13:], of.observed[rows, -13:]
    return float((worth * sold).sum() / sold.sum()) if sold.sum() > 0 else float(worth.mean())
