"""Plans that look at draws against every split of a grid, each judged by sorting its draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from risk_case import BUDGET, METERS, at_most, market, reader, splits

from allocator.constraints import Meter, Row
from allocator.engine.problem import AllocationProblem, Limit
from allocator.engine.risk.chance import Held, Reach, may_fail
from allocator.engine.risk.judge import Blend, Goal, Stake
from allocator.engine.risk.proof import impossible, prove_risky
from allocator.engine.risk.search import RiskyFound, search_risky
from allocator.engine.risk.stated import Stated, Target, half_of, outside
from allocator.engine.solvers._base import Termination
from allocator.objectives import Terms

STEPS = 30


def solved(problem: AllocationProblem, stated: Stated) -> RiskyFound:
    near = even(problem)
    return search_risky(problem, stated, dict, time_limit=60.0, seed=0, near=near)


def even(problem: AllocationProblem) -> dict[str, float]:
    return dict.fromkeys(problem.lines, BUDGET / len(problem.lines))


def by_sorting(gain: np.ndarray, share: float, weight: float) -> float:
    """The blend, with the tail's mean from sorted draws; share · draws is whole."""
    worst = np.sort(gain)[: round(share * len(gain))].mean()
    return float((1 - weight) * gain.mean() + weight * worst)


@pytest.mark.parametrize(
    ("seed", "share", "weight", "bent"),
    [(0, 0.2, 1.0, False), (1, 0.5, 0.4, False), (0, 0.2, 1.0, True), (1, 0.5, 0.4, True)],
)
def test_cvar_of_the_gain_against_every_split(
    seed: int, share: float, weight: float, bent: bool
) -> None:
    problem = market(seed, bent=bent, lines=2 if bent else 3)
    stake = Stake.of_terms(problem.terms, problem.lines)
    read = reader(problem, stake)
    reference = read.of(stake, even(problem))
    goal = Goal(problem.terms, Blend(share, weight, reference))
    found = solved(problem, Stated(METERS, goals=(goal,)))
    assert found.spend is not None
    value = by_sorting(read.of(stake, found.spend) - reference, share, weight)
    grid = max(
        by_sorting(read.of(stake, split) - reference, share, weight)
        for split in splits(problem, STEPS)
    )
    outcome = problem.value(found.spend)
    assert value >= grid - 1e-6 * outcome
    assert value <= found.certificate.bound <= value + 2e-5 * outcome


def test_two_lines_of_which_one_is_sure() -> None:
    """l0 brings 10 √x surely, l1 20 √x or nothing: at the worst half all goes to l0."""
    problem = market(0, lines=2, draws=2)
    known = {("revenue", "l0"): [10.0, 10.0], ("revenue", "l1"): [1e-6, 20.0]}
    curves = {
        cell: replace(
            problem.responses[cell],
            effect=np.array(effect) * np.sqrt(1e6),
            unit=np.full((2, 1), 1e-6),
            parameters={"half_saturation": np.ones((2, 1)), "slope": np.full((2, 1), 0.5)},
        )
        for cell, effect in known.items()
    }  # Hill of slope 1/2 far below its half saturation: √, to 1/(1 + √(x/10⁶))

    def extend(meters: dict[str, Meter]) -> dict[tuple[str, str], object]:
        return {
            (name, line): curves["revenue", line]
            if meter.draws is None
            else curves["revenue", line].weighted(meter.draws)
            for name, meter in meters.items()
            for line in problem.lines
        }

    problem = replace(problem, responses=curves, extend=extend)
    found = solved(problem, Stated(METERS, goals=(Goal(problem.terms, Blend(0.5, 1.0)),)))
    assert found.spend is not None
    assert found.spend["l0"] == pytest.approx(BUDGET, rel=1e-6)
    worst = 10 * np.sqrt(BUDGET) / (1 + np.sqrt(BUDGET / 1e6))
    assert found.certificate.bound == pytest.approx(worst, rel=2e-5)


@pytest.mark.parametrize("seed", [0, 3])
def test_the_worst_of_two_models_against_every_split(seed: int) -> None:
    problem = market(seed, models=2)
    meters = {**METERS, "revenue on curves 1": Meter("revenue", curves=1)}
    other = Terms({"revenue on curves 1": 1.0}, 0.0, "currency")
    goals = (Goal(problem.terms, Blend(1.0, 0.0)), Goal(other, Blend(1.0, 0.0)))
    found = solved(problem, Stated(meters, goals=goals))
    stakes = [Stake.of_terms(terms, problem.lines) for terms in (problem.terms, other)]
    reads = [reader(problem, stakes[0]), reader(problem, stakes[1], meters["revenue on curves 1"])]

    def least(split: dict[str, float]) -> float:
        return min(
            float(read.of(stake, split).mean()) for read, stake in zip(reads, stakes, strict=True)
        )

    assert found.spend is not None
    value = least(found.spend)
    assert value >= max(map(least, splits(problem, STEPS))) * (1 - 1e-6)
    assert value <= found.certificate.bound <= value * (1 + 2e-5)


def chance(problem: AllocationProblem, share: float, height: float) -> Row:
    """A return of the first two lines, ``height`` times what an even split brings on average."""
    lines = problem.lines[:2]
    brought = sum(problem.responses["revenue", line].mean_at(BUDGET / 3)[0] for line in lines)
    floor = height * brought / (BUDGET / 3 * 2)
    return Row(
        "floor", "two", "min", 0.0,
        dict.fromkeys(lines, -floor),
        {("revenue", line): 1.0 for line in lines},
        probability=share,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("seed", "share", "height", "bent"),
    [(0, 0.8, 0.9, False), (2, 0.6, 1.0, False), (2, 0.8, 0.9, True)],
)
def test_a_floor_with_a_probability_against_every_split(
    seed: int, share: float, height: float, bent: bool
) -> None:
    problem = at_most(market(seed, bent=bent))
    row = chance(problem, share, height)
    found = solved(problem, Stated(METERS, rows=(row,), half=half_of(40, 0)))
    stake = Stake.of_row(row)
    read = reader(problem, stake)
    kept = [
        problem.value(split)
        for split in splits(problem, STEPS)
        if float((read.of(stake, split) >= 0).mean()) >= share
    ]
    assert found.spend is not None
    assert float((read.of(stake, found.spend) >= -stake.blur(found.spend)).mean()) >= share
    value = problem.value(found.spend)
    assert max(kept) <= found.certificate.bound * (1 + 1e-9)
    assert value <= found.certificate.bound
    assert value >= 0.985 * max(kept)  # best found, not proven best: the gap is stated


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("fixed", [False, True])
def test_what_every_allowed_plan_satisfies(share: float, fixed: bool) -> None:
    """Weights from anywhere never cut off a plan that keeps the row in its share of the draws."""
    problem = market(5)
    height = (
        0.4 if fixed else 0.6
    )  # fixed: all money weighs alike, so what is certain is one number
    limits = [Limit("low", line, "min", BUDGET / 12) for line in problem.lines]
    problem = problem.having(limits)
    row = chance(problem, share, height)
    if fixed:
        row = replace(row, spend=dict.fromkeys(problem.lines, next(iter(row.spend.values()))))
    (guard,) = outside(problem, Stated(METERS, rows=(row,))).guards
    stake = Stake.of_row(row)
    read = reader(problem, stake)
    plans = [s for s in splits(problem, 24) if min(s.values()) >= BUDGET / 12]
    cuts = [guard.judge.cut(read.of(stake, s), stake.certain(s)) for s in plans]
    said = [cut for cut in cuts if cut is not None]
    allowed = [s for s in plans if (read.of(stake, s) >= 0).mean() >= share]
    assert allowed or fixed or share > 0.9
    for split in allowed:
        z, certain = read.of(stake, split), stake.certain(split)
        assert all(cut.of(z, certain) >= -1e-9 * cut.size(z, certain) for cut in said)
    broken = [s for s in plans if (read.of(stake, s) >= 0).mean() < 0.3 * share]
    if fixed and share == 0.95:
        assert broken  # and it does cut off plans that are far from it
        assert any(cut.of(read.of(stake, s), stake.certain(s)) < 0 for s in broken for cut in said)


def test_a_floor_out_of_reach_is_proven_so() -> None:
    problem = market(1)
    row = chance(problem, 0.9, 20.0)
    whole = Row("use", "two", "min", BUDGET / 2, dict.fromkeys(problem.lines[:2], 1.0))
    problem = problem.having(rows=[whole])
    found = solved(problem, Stated(METERS, rows=(row,), half=half_of(40, 0)))
    assert found.termination is Termination.INFEASIBLE
    assert found.certificate.infeasible
    assert impossible(
        problem, outside(problem, Stated(METERS, rows=(row,))), time_limit=60
    ).infeasible


@pytest.mark.parametrize(("seed", "bent"), [(0, False), (1, True)])
def test_a_target_against_every_split(seed: int, bent: bool) -> None:
    problem = market(seed, bent=bent, lines=2 if bent else 3)
    stake = Stake.of_terms(problem.terms, problem.lines)
    read = reader(problem, stake)
    target = float(np.median(read.of(stake, even(problem)))) * 1.05
    found = solved(problem, Stated(METERS, target=Target(problem.terms, target)))
    assert found.spend is not None
    reached = float((read.of(stake, found.spend) >= target).mean())
    grid = max(float((read.of(stake, s) >= target).mean()) for s in splits(problem, STEPS))
    assert grid <= found.certificate.bound + 1e-9
    assert reached >= grid - 1 / 40  # a draw: best found, not proven best
    assert reached <= found.certificate.bound


def test_reach_is_never_below_the_share() -> None:
    rng = np.random.default_rng(0)
    least = rng.uniform(0, 1.2, 50)
    judge = Reach(1.0, least)
    quantities = [least + rng.exponential(0.3, 50) for _ in range(20)]
    cuts = [judge.cut(z) for z in quantities]
    for z in quantities:
        own = judge.cut(z).at(z)
        assert own >= (z >= 1.0).mean() - 1e-12
        assert all(cut.at(z) >= own - 1e-12 for cut in cuts)


def test_how_many_draws_may_fail() -> None:
    assert may_fail(1000, 0.8) == 200
    assert may_fail(7, 0.8) == 1
    assert may_fail(10, 1.0) == 0
    held = Held(1.0, np.zeros(4), (-2.0, -2.0))
    assert held.cut(np.full(4, 5.0) - 2, -2.0) is not None


def test_the_plan_is_free_of_units() -> None:
    """Money in cents, outcome in thousands: the same shares of the budget."""
    problem = market(4)
    stake = Stake.of_terms(problem.terms, problem.lines)
    plans = []
    for weight in (1.0, 1e-3):
        terms = Terms({"revenue": weight}, 0.0, "currency")
        stated = Stated(METERS, goals=(Goal(terms, Blend(0.2, 0.8)),))
        found = solved(replace(problem, terms=terms), stated)
        assert found.spend is not None
        plans.append([found.spend[line] for line in problem.lines])
    assert plans[0] == pytest.approx(plans[1], abs=1e-3 * BUDGET)
    assert stake.earned


def test_more_cuts_only_lower_the_bound() -> None:
    problem = market(6)
    goal = Goal(problem.terms, Blend(0.2, 1.0))
    risk = outside(problem, Stated(METERS, goals=(goal,)))
    away = {"l0": BUDGET, "l1": 0.0, "l2": 0.0}
    loose, _ = prove_risky(problem, risk, away, time_limit=60)
    found = solved(problem, Stated(METERS, goals=(goal,)))
    assert found.spend is not None
    tight = found.certificate.bound
    assert loose.bound >= tight * (1 - 2e-5)
