"""A line without history, planned: it is marked in plan.json, on the terminal and on the page."""

from __future__ import annotations

import re

import curve_case
import numpy as np
import pytest
from rich.console import Console
from run_case import QUARTER

from allocator import run
from allocator.answer import curve_series
from allocator.plan import Plan
from allocator.reports.planner import planner_page
from allocator.reports.terminal import plan_tables
from mmm.curves import ParametricCurves

NEW = "podcast"
RULE = (
    "constraints:\n"
    "  - {id: try-it, together: [podcast], spend: {min: 20k, max: 40k}, reason: a test,\n"
    "     owner: me}\n"
)


def curves() -> ParametricCurves:
    """A fitted market whose last line never spent; its scale is what was stated for it."""
    made = curve_case.parametric(3, curve_case.Market(lines=("tv", "search", NEW))).data.copy(
        deep=True
    )
    for name in ("spend", "exposure"):
        made[name].loc[{"line": NEW}] = 0.0
    made["prior_driven"].loc[{"line": NEW}] = True
    return ParametricCurves(made)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, str]:
    own = curves()
    loaded = curve_case.project(tmp_path_factory.mktemp("plan"), own, QUARTER + RULE)
    answer = run.plan(loaded, own, folder=loaded.curves_file.parent)
    assert answer.plan is not None
    page = planner_page(answer.plan, curve_series(answer.setting, answer.plan))
    return answer.plan, page.decode()


def test_the_plan_says_which_lines_follow_a_belief(planned: tuple[Plan, str]) -> None:
    plan, _ = planned
    lines = {line.line: line for line in plan.lines}
    assert [name for name, line in lines.items() if line.prior_driven] == [NEW]
    assert lines[NEW].reference == 0
    assert 20_000 <= lines[NEW].total <= 40_000
    assert not lines[NEW].beyond_observed  # there is nothing to be beyond
    assert any(note.startswith(f"{NEW}: no data stand behind") for note in plan.warnings)


def test_the_response_is_that_of_the_curve_from_nothing(planned: tuple[Plan, str]) -> None:
    """Independently: geometric weights over the plan's weeks, no history, Hill of what is left."""
    plan, _ = planned
    line = next(one for one in plan.lines if one.line == NEW)
    at = curves().data.sel(line=NEW, kpi="revenue")
    lags = int(at["window"])
    weights = at["adstock_retention"].to_numpy()[:, None] ** np.arange(lags)
    weights = weights / weights.sum(axis=1, keepdims=True)
    spend = np.array(line.spend) / float(at["scale"])
    carried = np.array([np.convolve(spend, own) for own in weights])
    half = at["saturation_half_saturation"].to_numpy()[:, None]
    slope = at["saturation_slope"].to_numpy()[:, None]
    level = carried**slope / (carried**slope + half**slope)
    brought = at["effect"].to_numpy() * level.sum(axis=1)
    assert line.kpis["revenue"].mean == pytest.approx(brought.mean(), rel=1e-9)


def test_terminal_and_page_mark_it(planned: tuple[Plan, str]) -> None:
    plan, page = planned
    console = Console(width=100, record=True, file=None, color_system=None)
    with console.capture() as shown:
        console.print(plan_tables(plan))
    text = shown.get()
    assert re.search(rf"^{NEW} \* ", text, re.MULTILINE)
    assert re.search(r"^tv  ", text, re.MULTILINE)
    said = " ".join(text.split())
    assert f"* prior-driven No data stand behind the curve of {NEW}" in said
    assert re.search(rf'{NEW} <span class="tag">prior-driven</span>', page)
    assert f"No data stand behind the curve of {NEW}" in page
