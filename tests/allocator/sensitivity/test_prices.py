"""Shadow prices against closed forms and a textbook's printed duals."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
import sensitivity_case
from sensitivity_case import asked, measured

from allocator import each, together
from allocator.scenario import Constraint, LoadedScenario
from allocator.sensitivity.again import Known
from allocator.sensitivity.costs import costs_of
from allocator.sensitivity.levers import Lever, levers_of, round_step
from allocator.sensitivity.prices import Price, furthest, price_of
from mmm.curves.importing import from_points

BUDGET = 100_000.0


def lever(
    source: tuple[LoadedScenario, Known], rule: str, part: str | None = None, **options: float
) -> Lever:
    loaded, known = source
    found = levers_of(loaded, known.setting, measured(known), options.get("step"))
    (one,) = [one for one in found if (one.rule, one.part) == (rule, part)]
    return one


def price(
    source: tuple[LoadedScenario, Known], rule: str, part: str | None = None, **options: float
) -> Price:
    found = price_of(source[1], lever(source, rule, part, **options))
    assert found is not None
    return found


def test_the_budget_of_two_roots() -> None:
    """max a√x + b√y, x + y = B is √((a² + b²)·B): the next s bring c(√(B + s) − √B)."""
    source = asked(sensitivity_case.roots(tv=30.0, search=40.0), {"exactly": BUDGET})
    found = price(source, "budget")
    assert found.move == 1000
    expected = 50 * (math.sqrt(101_000) - math.sqrt(BUDGET))
    assert found.gain == pytest.approx(expected, rel=2e-3)
    assert found.told
    assert found.kpis["revenue"] == pytest.approx(found.gain)


def test_a_price_is_valid_until_its_average_falls_by_a_tenth() -> None:
    """(√(B + v) − √B)/v against the first step's: 0.9 of it at v ≈ 0.494·B − …, found by steps."""
    source = asked(sensitivity_case.roots(tv=30.0, search=40.0), {"exactly": BUDGET})
    found = price(source, "budget")

    def average(by: float) -> float:
        return (math.sqrt(BUDGET + by) - math.sqrt(BUDGET)) / by

    assert average(found.valid_for) >= 0.899 * average(1000)
    assert average(found.valid_for * 1.3) < 0.9 * average(1000)  # a last stretch in eighths


def test_the_multiplier_of_water_filling() -> None:
    """Exact: Σ a(1 − e^(−kx)), budget 200, multiplier 0.3998310035: the mean of a euro around."""
    formulas = {
        f"l{place}": (lambda x, a=a, k=k: a * -np.expm1(-k * x))
        for place, (a, k) in enumerate(
            zip((100, 80, 60, 40), (0.02, 0.01, 0.03, 0.005), strict=True)
        )
    }
    curves = sensitivity_case.drawn(formulas, 400.0, 500)
    reference = {"flat": True, "scale_to": 200}
    source = asked(curves, {"exactly": 199}, reference=reference)
    found = price(source, "budget", step=2.0)
    assert found.each == pytest.approx(0.3998310035, rel=2e-4)


UNIT = 10_000.0


def relax_and_enjoy(*more: Constraint) -> tuple[LoadedScenario, Known]:
    """Anderson, Sweeney & Williams: 2370 at (10, 0, 25, 2, 30); a unit costs UNIT here."""
    gain = {"day": 65.0, "evening": 90.0, "daily": 40.0, "sunday": 60.0, "radio": 20.0}
    most = {"day": 15.0, "evening": 10.0, "daily": 25.0, "sunday": 4.0, "radio": 30.0}
    cost = {"day": 1500, "evening": 3000, "daily": 400, "sunday": 1000, "radio": 100}
    seen = {"day": 1000, "evening": 2000, "daily": 1500, "sunday": 2500, "radio": 300}

    def rule(name: str, weights: Mapping[str, float], **limit: float) -> Constraint:
        per_unit = {line: weight / UNIT for line, weight in weights.items()}
        return together(*weights).linear(id=name, spend=per_unit, **limit)

    points = {
        line: {"revenue": [(0.0, 0.0), (40 * UNIT, 40 * each_)]} for line, each_ in gain.items()
    }
    bounds = [
        each(line).spend(id=f"most-{line}", max=amount * UNIT) for line, amount in most.items()
    ]
    return asked(
        from_points(points, currency="EUR", weeks=1),
        {"at_most": 500 * UNIT},
        [
            rule("media-budget", cost, max=30_000),
            rule("spots", {"day": 1, "evening": 1}, min=10),
            rule("television", {"day": 1500, "evening": 3000}, max=18_000),
            rule("customers", seen, min=50_000),
            *bounds,
            *more,
        ],
    )


def test_the_printed_duals_of_relax_and_enjoy() -> None:
    """Printed: 0.06 a unit of budget, 25 for a spot of the minimum, 16 for a daily paper more."""
    source = relax_and_enjoy()
    assert source[1].value == pytest.approx(2370, rel=1e-9)
    assert price(source, "media-budget").each == pytest.approx(0.06, rel=1e-6)
    assert price(source, "spots").each == pytest.approx(25, rel=1e-6)
    daily = price(source, "most-daily")
    assert daily.each * UNIT == pytest.approx(16, rel=1e-6)


def test_what_costs_nothing_has_no_price() -> None:
    """To allow evening spots, at a reduced cost of 65, is worth nothing, and is not told."""
    found = price(relax_and_enjoy(each("evening").spend(id="no-evening", max=0)), "no-evening")
    assert found.gain == pytest.approx(0, abs=1e-6)
    assert not found.told


def test_the_printed_reduced_cost_of_an_evening_spot() -> None:
    """Printed: 65. One spot that must be bought costs that, for as long as the basis holds."""
    source = relax_and_enjoy(each("evening").spend(id="evening", min=0.5 * UNIT))
    (cost,) = costs_of(source[1], measured(source[1]), ("evening",))
    assert 2 * cost.cost == pytest.approx(65, rel=1e-6)


def test_each_of_several_lines_has_a_price_of_its_own() -> None:
    """Three alike at most 20,000 each, one free: to ease one alone moves that one alone."""
    curves = sensitivity_case.roots(a=30.0, b=30.0, c=10.0)
    source = asked(curves, {"exactly": 60_000.0}, [each("a", "b").spend(id="cap", max=20_000)])
    both, one = price(source, "cap"), price(source, "cap", "a")

    def worth(a: float, b: float) -> float:
        return 30 * math.sqrt(a) + 30 * math.sqrt(b) + 10 * math.sqrt(60_000 - a - b)

    assert (both.move, both.sign, both.unit, both.key) == (500, 1, "EUR", "max")
    base = worth(20_000, 20_000)
    assert both.gain == pytest.approx(worth(20_500, 20_500) - base, rel=1e-2)
    assert one.gain == pytest.approx(worth(20_500, 20_000) - base, rel=1e-2)
    assert lever(source, "cap", "a").part == "a"


def test_a_change_is_priced_in_points() -> None:
    curves = sensitivity_case.roots(a=40.0, b=30.0)
    rule = each("a").spend(id="leash", **{"from": "reference"}, between=[-0.1, 0.1])
    reference = {"flat": True, "scale_to": 100_000}
    found = price(asked(curves, {"exactly": BUDGET}, [rule], reference=reference), "leash")
    assert (found.move, found.unit, found.limit) == (0.01, "share", 0.1)
    before, after = (40 * math.sqrt(a) + 30 * math.sqrt(BUDGET - a) for a in (55_000.0, 55_500.0))
    assert found.gain == pytest.approx(after - before, rel=1e-2)


def test_a_target_is_eased_downwards() -> None:
    """Least spend for R of 50√B: B = (R/50)², so a target of s less saves (2Rs − s²)/50²."""
    curves = sensitivity_case.roots(tv=30.0, search=40.0)
    target = {"least_for": {"kpi": "revenue", "at_least": 10_000}}
    reference = {"flat": True, "scale_to": 20_000}
    found = price(asked(curves, target, reference=reference), "budget")
    assert (found.move, found.unit, found.sign) == (100, "revenue", -1)
    assert found.gain == pytest.approx((2 * 10_000 * 100 - 100**2) / 2500, rel=5e-3)


@pytest.mark.parametrize(
    ("most", "step"), [(1, 1), (20_000, 20_000), (19_999, 10_000), (57.3, 50), (0.034, 0.02)]
)
def test_steps_are_round(most: float, step: float) -> None:
    assert round_step(most) == step


@pytest.mark.parametrize("end", [1.0, 3.0, 7.0, 8.5, 40.0])
def test_a_range_is_found_by_doubling_and_halving(end: float) -> None:
    asked_at = []

    def near(by: float) -> bool:
        asked_at.append(by)
        return by <= end

    found, more = furthest(near, 1.0, math.inf)
    assert found <= end < found * 1.25
    assert not more
    assert len(asked_at) <= 9


def test_a_range_may_have_no_end_or_a_natural_one() -> None:
    assert furthest(lambda _: True, 1.0, math.inf) == (64.0, True)
    assert furthest(lambda _: True, 1.0, 10.0) == (10.0, False)
