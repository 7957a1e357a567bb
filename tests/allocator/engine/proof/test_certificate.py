"""The bound is a bound: against enumeration and random feasible plans."""

from __future__ import annotations

import itertools
from dataclasses import replace
from types import SimpleNamespace

import curve_case
import numpy as np
import pytest

from allocator.constraints import MinimumIfActive, Row
from allocator.engine.feasible import satisfies
from allocator.engine.problem import AllocationProblem, Budget, Limit
from allocator.engine.proof import certificate as certificates
from allocator.engine.proof.certificate import certify
from allocator.engine.proof.prove import prove
from allocator.objectives import Terms
from mmm.curves import StraightLines

KPI = "revenue"


def ruled(seed: int, budget: float = 12.0) -> AllocationProblem:
    """Two or three lines on mixed curves with two KPIs, and rules of every kind at random."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 4))
    lines = tuple(f"l{place}" for place in range(count))
    responses = {(KPI, line): curve_case.mixed(rng, budget) for line in lines}
    responses |= {("people", line): curve_case.mixed(rng, budget) for line in lines}
    rows = []
    if rng.random() < 0.5:
        floor = rng.uniform(0.05, 0.15)
        rows.append(
            Row("roas", "all", "min", 0.0, dict.fromkeys(lines, -floor),
                {(KPI, line): 1.0 for line in lines})
        )  # fmt: skip
    if rng.random() < 0.5:
        cap = rng.uniform(6, 20)
        rows.append(
            Row("cac", "l0", "max", 0.0, {"l0": -1.0}, {("people", "l0"): cap})
        )  # fmt: skip
    if rng.random() < 0.5:
        cap = rng.uniform(0.4, 0.9)
        share = {line: cap - (line == "l1") for line in lines}
        rows.append(Row("share", "l1", "max", 0.0, share))
    minima = tuple(
        MinimumIfActive("active", line, budget * rng.uniform(0.1, 0.5))
        for line in lines
        if rng.random() < 0.5
    )
    limits = (Limit("most", "l0", "max", budget * rng.uniform(0.3, 1)),)
    terms = Terms({KPI: 1.0}, 0.0 if rng.random() < 0.5 else -0.02, "currency")
    return AllocationProblem(
        lines, Budget(budget, bool(rng.random() < 0.6)), terms, responses,
        dict.fromkeys(lines, budget), limits, tuple(rows), minima,
    )  # fmt: skip


def plans(problem: AllocationProblem, cells: int) -> list[dict[str, float]]:
    """Every plan on a grid of the budget that satisfies the rules."""
    unit = problem.budget.total / cells
    grid = itertools.product(range(cells + 1), repeat=len(problem.lines) - 1)
    out = []
    for amounts in grid:
        rest = cells - sum(amounts)
        lasts = [rest] if problem.budget.exact else range(rest + 1)
        for last in lasts:
            if last < 0:
                continue
            whole = zip(problem.lines, (*amounts, last), strict=True)
            plan = {line: unit * amount for line, amount in whole}
            if satisfies(problem, plan):
                out.append(plan)
    return out


@pytest.mark.parametrize("seed", range(10))
def test_no_plan_on_a_grid_is_worth_more_than_the_bound(seed: int) -> None:
    problem = ruled(seed)
    cells = 48 if len(problem.lines) == 2 else 16
    values = {problem.value(plan): plan for plan in plans(problem, cells)}
    found = curve_case.found(problem)
    if not values:
        assert found.spend is None or satisfies(problem, found.spend)
        return
    best = max(values)
    assert found.spend is not None
    assert satisfies(problem, found.spend)
    assert found.certificate.bound >= best - 1e-9 * abs(best)
    assert problem.value(found.spend) >= best - 1e-7 * abs(best)
    # the bound does not depend on which plan it was drawn around
    around, _ = prove(problem, values[min(values)], time_limit=20)
    assert around.bound >= best - 1e-9 * abs(best)
    assert around.bound >= problem.value(found.spend) - 1e-9 * abs(best)


@pytest.mark.parametrize("seed", range(10, 16))
def test_no_random_plan_is_worth_more_than_the_bound_and_the_gap_closes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    curves = [curve_case.mixed(rng, 100.0) for _ in range(int(rng.integers(3, 9)))]
    problem = curve_case.separable(curves, 100.0)
    found = curve_case.found(problem)
    assert found.spend is not None
    value = problem.value(found.spend)
    for shares in rng.dirichlet(np.full(len(curves), 0.5), 200):
        plan = dict(zip(problem.lines, 100 * shares, strict=True))
        assert problem.value(plan) <= found.certificate.bound
        assert problem.value(plan) <= value * (1 + 1e-6)
    assert -1e-9 * value <= found.certificate.bound - value <= 1e-3 * value


def test_what_no_plan_can_satisfy_is_seen() -> None:
    curves = [curve_case.root(1.0), curve_case.hill(1.0, 30.0, 2.0)]
    problem = curve_case.separable(curves, 100.0)
    share = Row("share", "l0", "max", 0.0, {"l0": -0.7, "l1": 0.3})
    impossible = {
        "minima above the budget": replace(
            problem, limits=tuple(Limit("m", line, "min", 60.0) for line in problem.lines)
        ),
        "limits that cross": replace(
            problem, limits=(Limit("a", "l0", "min", 60.0), Limit("b", "l0", "max", 50.0))
        ),
        "maxima below the budget": replace(
            problem, limits=tuple(Limit("m", line, "max", 40.0) for line in problem.lines)
        ),
        "a share and a maximum": replace(
            problem, rows=(share,), limits=(Limit("m", "l1", "max", 60.0),)
        ),
        "a return beyond reach": replace(
            problem,
            rows=(
                Row("roas", "all", "min", 0.0, {"l0": -0.2, "l1": -0.2},
                    {(KPI, "l0"): 1.0, (KPI, "l1"): 1.0}),
            ),
        ),
        "a smallest buy above the maximum": replace(
            problem,
            limits=(Limit("m", "l1", "max", 10.0), Limit("n", "l0", "max", 95.0)),
            minima=(MinimumIfActive("a", "l1", 20.0),),
        ),
    }  # fmt: skip
    for name, case in impossible.items():
        found = curve_case.found(case)
        assert found.spend is None, name
        assert found.certificate.infeasible, name


def test_a_bound_is_finite_and_valid_when_there_is_no_time() -> None:
    problem = curve_case.separable([curve_case.hill(1, 1, 2)] * 2, 1.3)
    plan = {"l0": 1.3, "l1": 0.0}
    certificate = certify(problem, plan, gap=0.0, time_limit=0.0)
    assert certificate.timed_out
    assert 1.69 / 2.69 <= certificate.bound < 3.0


def test_rounding_of_a_solver_stays_within_the_table() -> None:
    """A budget that fills every line to its last point: nothing is known beyond it."""
    rng = np.random.default_rng(3)
    curves = [curve_case.rough(rng, 7) for _ in range(3)]
    found = curve_case.found(curve_case.separable(curves, 21.0))
    assert found.spend is not None
    assert list(found.spend.values()) == pytest.approx([7.0, 7.0, 7.0])


def test_a_table_of_thousands_of_points_is_bounded_by_a_few_of_them() -> None:
    """Two square roots through 4,001 points; the best plan of the tables is near 30.77 : 69.23."""
    curves = [curve_case.straight(lambda x, a=a: a * np.sqrt(x), 100.0, 4000) for a in (10, 15)]
    problem = curve_case.separable(curves, 100.0)
    plan = {"l0": 400 / 13, "l1": 900 / 13}
    around, aim = prove(problem, plan, time_limit=20)
    assert around.bound == pytest.approx(np.sqrt(32500), rel=1e-6)
    assert around.bound - problem.value(plan) <= aim + 1e-6
    assert around.bound >= problem.value({"l0": 30.775, "l1": 69.225})


HEIGHTS = (
    (0.0, -0.0718, 0.1061, 0.078, 0.045, 0.1704, 0.075, 0.673),
    (0.0, 0.2413, 0.235, 1.4011, 1.5305, 1.7288, 1.7353, 1.8032),
    (0.0, -0.0368, -0.1309, 1.2615, 1.4922, 1.4197, 1.3466, 2.1387),
    (0.0, 0.0148, -0.01, 0.1222, 0.2461, 0.5484, 0.5478, 0.531),
    (0.0, -0.0365, 0.4714, 0.5817, 0.6472, 0.6685, 0.7241, 0.8612),
    (0.0, 0.2283, 0.3975, 0.8035, 0.7671, 1.048, 0.8995, 1.0088),
    (0.0, 1.5496, 2.3741, 2.6456, 2.7053, 4.0426, 3.9929, 3.9454),
    (0.0, -0.2176, -0.4331, -0.6488, -0.8653, -1.0687, -0.9364, -1.1114),
)  # eight lines at totals 0 to 7, with dents where the certificate has to cut
BEST = 1.4011 + 0.2283 + 2.6456  # of 3 : 1 : 3 on l1, l5 and l6, by dynamic programming


@pytest.mark.parametrize("rounds", [*range(7), 40])
def test_a_bound_the_clock_ends_says_so_and_the_others_close(
    rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every round comes nearer to the best whole plan; what ends early was ended by the clock."""
    curves = [StraightLines(np.arange(8.0), np.array([heights])) for heights in HEIGHTS]
    most = {"l0": 4, "l1": 5, "l3": 3, "l5": 3, "l6": 4}
    problem = replace(
        curve_case.separable(curves, 7.0),
        limits=tuple(Limit("most", line, "max", amount) for line, amount in most.items()),
        minima=tuple(MinimumIfActive("active", line, 2) for line in ("l2", "l3", "l7")),
    )
    plan = dict.fromkeys(problem.lines, 0.0) | {"l1": 3.0, "l5": 1.0, "l6": 3.0}
    assert problem.value(plan) == pytest.approx(BEST, rel=1e-12)
    ticks = itertools.count()  # a second passes at every look at the clock: once a round
    monkeypatch.setattr(certificates, "time", SimpleNamespace(monotonic=lambda: float(next(ticks))))
    found = certify(problem, plan, gap=1e-5 * BEST, time_limit=rounds + 1)
    assert found.bound >= BEST * (1 - 1e-9)
    assert found.timed_out == (found.bound > BEST * (1 + 1e-5))
    assert found.timed_out == (rounds < 6)


def test_cuts_do_not_creep_along_a_convex_start() -> None:
    """The least money with x² / 10 from one line that pays for a cent of another, which brings 0.

    The hull of the first promises ten for one from the start on: a cut where the relaxation stands
    moves it on by a ninth of the way it has come. On the lines between 10 and 10.25, of slope
    2.025, x = 10 + 0.01 / 1.025 is enough.
    """
    curves = [curve_case.straight(lambda x, a=a: a * x**2, 100.0) for a in (0.1, 0.0)]
    problem = curve_case.separable(curves, 120.0, exact=False)
    lines = problem.lines
    pays = Row("roas", "all", "min", 0.0, dict.fromkeys(lines, -1.0),
               {(KPI, line): 1.0 for line in lines})  # fmt: skip
    problem = replace(
        problem,
        terms=Terms({}, -1.0, "currency"),
        rows=(pays,),
        limits=(Limit("least", "l1", "min", 0.01),),
    )
    plan = {"l0": 10 + 0.01 / 1.025, "l1": 0.01}
    assert satisfies(problem, plan)
    found = certify(problem, plan, gap=1e-3, time_limit=20)
    assert 0 <= found.bound + sum(plan.values()) <= 1e-3
    assert found.rounds <= 20
