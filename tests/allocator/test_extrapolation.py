"""How far beyond its history a line may go, and what is said of one that does."""

from __future__ import annotations

from pathlib import Path

import curve_case
import numpy as np
import pytest
from run_case import checked, faults_of, planned

from allocator.engine.extrapolation import beyond, caps_of, measures_of, observed, steady_limits
from allocator.scenario import Extrapolation
from mmm.curves import ParametricCurves

LARGE = (
    "period: {start: 2027-W01, weeks: 4}\n"
    "reference: {actuals: {start: 2026-W01, weeks: 4}}\n"
    "until_start: zero\nbudget: {exactly: 500k}\n"
)
LINES = ("tv", "search/brand", "search/generic", "social")


def small() -> ParametricCurves:
    return curve_case.parametric(3, curve_case.Market(draws=6, lags=3))


def test_caps_are_twice_the_history_or_the_reference() -> None:
    curves = small()
    seen = observed(curves)
    nothing = np.zeros((4, 4))
    caps = caps_of(curves, None, nothing)
    assert caps == {line: 2 * most for line, most in seen.items()}
    high = nothing.copy()
    high[1, 2] = 1e6
    assert caps_of(curves, None, high)["search/brand"] == 1e6
    wide = caps_of(curves, Extrapolation(allow=("search",), up_to="3x"), nothing)
    assert {line: wide[line] / seen[line] for line in LINES} == pytest.approx(
        {"tv": 2, "search/brand": 3, "search/generic": 3, "social": 2}
    )


def test_lines_without_history_have_no_cap() -> None:
    curves = small()
    data = curves.data.copy(deep=True)
    data["prior_driven"][1] = True
    data["spend"][3] = 0.0
    assert set(observed(ParametricCurves(data))) == {"tv", "search/generic"}


def test_a_cap_a_week_as_a_cap_on_totals() -> None:
    (limit,) = steady_limits({"tv": 100.0}, {"tv": np.array([0.1, 0.4, 0.5])})
    assert (limit.rule, limit.side, limit.amount) == ("extrapolation", "max", 200.0)


def test_only_what_goes_beyond_is_measured() -> None:
    weekly = {"tv": np.array([10.0, 101.0]), "ooh": np.array([99.0, 10.0])}
    seen = {"tv": 100.0, "ooh": 100.0}
    (measure,) = measures_of({"tv": 200.0, "ooh": 200.0}, seen, weekly)
    assert (measure.part, measure.value, measure.slack) == ("tv", 101.0, 99.0)


def test_the_flag_begins_at_a_fifth_more() -> None:
    curves = small()
    seen = observed(curves)
    weekly = {line: np.array([0.0, times * seen[line]]) for line, times in
              zip(LINES, (1.0, 1.2, 1.21, 2.0), strict=True)}  # fmt: skip
    assert beyond(curves, weekly) == pytest.approx({"search/generic": 1.21, "social": 2.0})


def test_a_plan_stays_within_its_caps_and_says_what_goes_beyond(tmp_path: Path) -> None:
    curves = small()
    plan = checked(tmp_path / "usual", curves, LARGE)
    seen = curves.observed_weekly
    told = 0
    for line in plan.lines:
        assert max(line.spend) <= 2 * seen[line.line] + 0.02
        far = max(line.spend) > 1.2 * seen[line.line]
        assert (line.extrapolation is not None) == far
        if line.extrapolation is not None:
            told += 1
            assert line.extrapolation.times == pytest.approx(max(line.spend) / seen[line.line])
            assert 0 <= (line.extrapolation.share_of_gain or 0) <= 1
            assert any(f"{line.line}: up to" in text and "times the" in text
                       for text in plan.warnings)  # fmt: skip
    assert told
    held = [limit for limit in plan.constraints if limit.id == "extrapolation" and limit.binding]
    assert held
    assert all(held_.part in {line.line for line in plan.lines} for held_ in held)
    bound = next(line for line in plan.lines if line.line == held[0].part)
    assert "extrapolation" in bound.binding
    wider = LARGE + f"extrapolation: {{allow: [{held[0].part}], up_to: 3x}}\n"
    allowed = planned(tmp_path / "wider", curves, wider)
    other = next(line for line in allowed.lines if line.line == held[0].part)
    assert other.total > bound.total
    assert allowed.certificate.value >= plan.certificate.value


def test_a_line_that_is_unknown(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, small(), LARGE + "extrapolation: {allow: [tw], up_to: 3x}\n")
    assert "extrapolation.allow.0: found the line 'tw'" in fault
