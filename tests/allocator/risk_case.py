"""Small markets with draws, for goals that look at them, and every split of a grid to compare."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from allocator.constraints import Meter
from allocator.engine.problem import AllocationProblem, Budget, Cell
from allocator.engine.risk.judge import Draws, Stake
from allocator.objectives import Terms
from mmm.curves import Adstocked, SteadyResponse
from mmm.saturation import Hill

METERS = {"revenue": Meter("revenue")}
BUDGET = 900.0


def market(
    seed: int, *, lines: int = 3, draws: int = 40, models: int = 1, bent: bool = False
) -> AllocationProblem:
    """Hill curves with effects that differ by draw, the same lines on every model.

    bent: S-shaped instead of concave
    """
    rng = np.random.default_rng(seed)
    names = tuple(f"l{place}" for place in range(lines))
    slopes = (1.8, 3.0) if bent else (0.7, 1.0)
    known = [{name: _hill(rng, draws, slopes) for name in names} for _ in range(models)]

    def extend(meters: Mapping[str, Meter]) -> dict[Cell, SteadyResponse]:
        return {
            (name, line): _read(known[meter.curves][line], meter)
            for name, meter in meters.items()
            for line in names
        }

    responses = extend(METERS)
    terms = Terms({"revenue": 1.0}, 0.0, "currency")
    domain = dict.fromkeys(names, np.inf)
    return AllocationProblem(names, Budget(BUDGET, True), terms, responses, domain, extend=extend)


def _hill(rng: np.random.Generator, draws: int, slopes: tuple[float, float]) -> Adstocked:
    return Adstocked(
        effect=rng.uniform(300, 900) * rng.lognormal(0, rng.uniform(0.1, 0.8), draws),
        carried=np.zeros((draws, 1)),
        unit=np.full((draws, 1), 1 / BUDGET),
        saturation=Hill(),
        parameters={
            "half_saturation": rng.uniform(0.2, 0.8) * rng.lognormal(0, 0.1, (draws, 1)),
            "slope": np.full((draws, 1), rng.uniform(*slopes)),
        },
    )


def _read(curve: Adstocked, meter: Meter) -> SteadyResponse:
    return curve if meter.draws is None else curve.weighted(meter.draws)


def splits(problem: AllocationProblem, steps: int) -> Iterator[dict[str, float]]:
    """Every split of the budget into whole steps."""
    for cut in itertools.product(range(steps + 1), repeat=len(problem.lines) - 1):
        if sum(cut) <= steps:
            shares = [*cut, steps - sum(cut)]
            total = problem.budget.total
            yield {
                line: share / steps * total
                for line, share in zip(problem.lines, shares, strict=True)
            }


def reader(problem: AllocationProblem, stake: Stake, meter: Meter = METERS["revenue"]) -> Draws:
    """The draws of one quantity."""
    names = {name for name, _ in stake.earned}
    return Draws(problem, (stake,), dict.fromkeys(names, meter))


def at_most(problem: AllocationProblem) -> AllocationProblem:
    """The same with money that need not be spent."""
    return replace(problem, budget=Budget(problem.budget.total, False))
