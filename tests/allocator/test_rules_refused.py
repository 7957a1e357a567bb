"""Rules that cannot be applied to these curves are refused with their place, all at once."""

from __future__ import annotations

from pathlib import Path

import curve_case
import pytest
import run_case
from curve_case import Market

CURVES = curve_case.parametric(1, Market(("tv", "search", "social"), draws=2, lags=2, history=60))
TABLE = run_case.alike(3)
SETTINGS = (
    "period: {start: 2025-W09, weeks: 4}\nreference: {flat: true}\nuntil_start: zero\n"
    "budget: {exactly: 120k}\nconstraints:\n"
)

BAD = (
    ("kpi: {new_customer: {max: 9}}", "kpi.new_customer: found the KPI 'new_customer'", "did you"),
    ("ratio: {to: [radio], max: 2}", "ratio.to.0: found the line 'radio'", "a channel"),
    ("ratio: {to: [search, tv], max: 2}", "ratio.to: found tv on both sides", "`share` with `of`"),
    ("share: {of: [search], max: 50%}", "share.of: found tv, which is not in search", "`ratio`"),
    ("reserve: {min: 5k}", "reserve: found a reserve for tv, where every line has", "every line"),
    ("spend: {from: last, between: [-9%, +9%]}", "spend.from: found changes from 'last'", "known"),
    ("linear: {spend: {search: 2}, max: 9}", "linear.spend.search: found a weight", "tv"),
    ("linear: {spend: {tv: 2, all: 1}, max: 9}", "linear.spend.all: found two weights of tv", ""),
    ("linear: {outcome: {sales: 2}, max: 9}", "linear.outcome.sales: found the KPI", "known"),
    ("marginal_roas: {kpi: new_customers, min: 2}", "marginal_roas: found new_customers", "cac"),
    ("marginal_cac: {kpi: revenue, max: 2}", "marginal_cac: found revenue, which is money", ""),
    ("marginal_roas: {kpi: revenue, min: 2}, soft: {price: 1}", "soft: found a price", "together"),
)


def test_every_complaint_has_its_place(tmp_path: Path) -> None:
    rules = "".join(f"  - {{id: r{n}, each: [tv], {body}}}\n" for n, (body, _, _) in enumerate(BAD))
    said = run_case.faults_of(tmp_path, CURVES, SETTINGS + rules.rstrip())
    assert len(said) == len(BAD)
    for number, (fault, (_, found, fix)) in enumerate(zip(said, BAD, strict=True)):
        assert f"constraints.{number}.{found}" in fault
        assert fix in fault


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("kpi: {revenue: {max: 9, per: week}}", "do not tell when an outcome falls"),
        ("spend: {from: previous, between: [-9%, +9%]}", "changes from the 13 weeks before"),
    ],
)
def test_imported_curves_know_no_weeks(body: str, found: str, tmp_path: Path) -> None:
    changes = run_case.FLAT + f"constraints:\n  - {{id: r, each: [l0], {body}}}"
    (fault,) = run_case.faults_of(tmp_path, TABLE, changes)
    assert found in fault
