"""Rules end to end: the plan keeps them, they bind, and no split of a grid is worth more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import curve_case
import numpy as np
import pytest
import run_case
from curve_case import Market

from allocator.engine.setting import Setting, settle
from allocator.plan import Plan, Status
from mmm.curves import Adstocked

LINES = ("tv", "search", "social")
CURVES = curve_case.parametric(1, Market(LINES, draws=2, lags=2, history=60, slopes=(0.8, 1.8)))
BUDGET = 120_000.0
WEEKS = 3
SETTINGS = (
    "period: {start: 2025-W09, weeks: 3}\n"
    "reference: {flat: true}\n"
    "until_start: zero\n"
    "budget: {BUDGET: 120k}\n"
    "constraints:\n  - {id: r, "
)
STEPS = 60


@dataclass(frozen=True, eq=False)
class Grid:
    """Splits of the budget in STEPS: spend, mean R and dR/dx by KPI: (line, split)."""

    spend: np.ndarray
    response: dict[str, np.ndarray]
    slope: dict[str, np.ndarray]
    customers: np.ndarray
    """new customers by the week in which they come: (week, split)"""

    @property
    def total(self) -> np.ndarray:
        return self.spend.sum(axis=0)

    def sum(self, kpi: str) -> np.ndarray:
        return self.response[kpi].sum(axis=0)


def grid(setting: Setting, *, exact: bool) -> Grid:
    """All of them; every curve is asked at the steps, for the window and for each week of it."""
    shares = np.stack(np.meshgrid(*[np.arange(STEPS + 1)] * 3, indexing="ij")).reshape(3, -1)
    spent = shares.sum(axis=0)
    shares = shares[:, spent == STEPS if exact else spent <= STEPS]
    totals = BUDGET / STEPS * np.arange(STEPS + 1)

    def curve(kpi: str, line: str, count: np.ndarray | None = None) -> Adstocked:
        profile = setting.profile.sel(line=line).to_numpy()
        found = CURVES.steady(kpi, line, profile, setting.window, count)
        assert isinstance(found, Adstocked)
        return found

    def split(table: list[np.ndarray]) -> np.ndarray:
        means = [own.mean(axis=0)[n] for own, n in zip(table, shares, strict=True)]
        return np.stack(means)

    weeks = [
        split([curve("new_customers", i, one).value(totals) for i in LINES]).sum(axis=0)
        for one in np.eye(WEEKS + 1)[:WEEKS]
    ]
    return Grid(
        BUDGET / STEPS * shares,
        {kpi: split([curve(kpi, i).value(totals) for i in LINES]) for kpi in CURVES.kpis},
        {kpi: split([curve(kpi, i).slope(totals) for i in LINES]) for kpi in CURVES.kpis},
        np.stack(weeks),
    )


def planned(tmp_path: Path, rule: str, budget: str = "exactly") -> tuple[Plan, Setting]:
    loaded = curve_case.project(tmp_path, CURVES, SETTINGS.replace("BUDGET", budget) + rule)
    return run_case.go(loaded, CURVES), settle(loaded, CURVES)


def next_unit(g: Grid, kpi: str, lines: slice) -> np.ndarray:
    """Σ x·dR/dx / Σ x of the splits; nothing where nothing is spent."""
    spent = g.spend[lines]
    earned = np.where(spent > 0, g.slope[kpi][lines], 0.0) * spent
    whole = np.where(spent.sum(axis=0) > 0, spent.sum(axis=0), 1.0)
    found: np.ndarray = np.where(spent.sum(axis=0) > 0, earned.sum(axis=0) / whole, np.inf)
    return found


Kept = Callable[[Grid], np.ndarray]
CASES: dict[str, tuple[str, str, Kept]] = {
    "a cap on customers": (
        "exactly",
        "together: all, kpi: {new_customers: {max: 1500}}}",
        lambda g: g.sum("new_customers") <= 1500,
    ),
    "a floor under customers": (
        "exactly",
        "together: all, kpi: {new_customers: {min: 1780}}}",
        lambda g: g.sum("new_customers") >= 1780,
    ),
    "a cap in every week": (
        "exactly",
        "together: all, kpi: {new_customers: {max: 500, per: week}}}",
        lambda g: np.all(g.customers <= 500, axis=0),
    ),
    "a ratio": (
        "exactly",
        "together: [tv], ratio: {to: [search, social], min: 0.4, max: 0.5}}",
        lambda g: (
            (g.spend[0] >= 0.4 * (g.total - g.spend[0]))
            & (g.spend[0] <= 0.5 * (g.total - g.spend[0]))
        ),
    ),
    "the next unit of each": (
        "at_most",
        "each: all, marginal_roas: {kpi: revenue, min: 1.2}}",
        lambda g: np.all((g.slope["revenue"] >= 1.2) | (g.spend == 0), axis=0),
    ),
    "the next unit of a group": (
        "exactly",
        "together: [tv, search], marginal_roas: {kpi: revenue, min: 1.2}}",
        lambda g: next_unit(g, "revenue", slice(0, 2)) >= 1.2,
    ),
    "the next customer of each": (
        "exactly",
        "each: [tv], marginal_cac: {kpi: new_customers, max: 100}}",
        lambda g: (g.slope["new_customers"][0] >= 1 / 100) | (g.spend[0] == 0),
    ),
    "a weighted sum": (
        "exactly",
        "together: all, linear: {spend: {tv: 2, social: -1}, outcome: {new_customers: 10}, "
        "max: 40k}}",
        lambda g: 2 * g.spend[0] - g.spend[2] + 10 * g.sum("new_customers") <= 40_000,
    ),
    "a share of a group": (
        "exactly",
        "each: [search], share: {of: [search, social], min: 40%}}",
        lambda g: g.spend[1] >= 0.4 * (g.spend[1] + g.spend[2]),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_no_split_of_a_grid_is_worth_more(name: str, tmp_path: Path) -> None:
    budget, rule, kept = CASES[name]
    plan, setting = planned(tmp_path, rule, budget)
    splits = grid(setting, exact=budget == "exactly")
    allowed = kept(splits)
    best = float(splits.sum("revenue")[allowed].max())
    proof, value = plan.certificate, plan.totals.plan.kpis["revenue"].mean
    assert allowed.any()
    assert splits.sum("revenue").max() > best * 1.002  # the rule costs something
    assert proof.status is Status.PROVEN
    assert proof.bound >= best * (1 - 1e-9)
    assert value >= best * (1 - 2 * proof.asked)
    stated = [entry for entry in plan.constraints if entry.id == "r"]
    assert any(entry.binding for entry in stated)
    assert all(entry.slack is None or entry.slack >= -1e-4 * entry.limit for entry in stated)
