"""Sixty S-shaped problems at random: what ours loses against the best that anything found."""

from __future__ import annotations

from statistics import median

import numpy as np

from .local_search import best, best_average, equal_split, every_split, many_starts, slsqp, worth
from .market import Size, hill_market, posed
from .ours import ours, untouched, worst
from .part import Table, percent, seconds, times

COUNT = 60
STEPS = 400
STARTS = 16


def random_instances() -> Table:
    """Loss, stated gap and the loss of one and of sixteen starts, over all instances."""
    losses, gaps, one, many, spent = [], [], [], [], []
    for seed in range(COUNT):
        rng = np.random.default_rng([7, seed])
        size = Size(int(rng.integers(3, 13)), int(rng.integers(1, 31)))
        curves, budget = hill_market(100 + seed, size, slopes=(1.2, 4.0))
        problem = posed(curves, float(rng.uniform(0.2, 1.0)) * budget)
        found = ours(untouched(problem))
        unit, start = problem.budget.total, equal_split(problem)
        single = slsqp(problem, start, unit=unit).spend
        several = many_starts(problem, STARTS, seed=seed)
        split = every_split(problem, STEPS)
        climbed = slsqp(problem, split, unit=unit).spend
        others = [single, several, split, climbed, best_average(problem, STEPS)[0]]
        most = max(found.value, worth(problem, best(problem, others)))
        losses.append(1 - found.value / most)
        gaps.append(found.gap)
        one.append(1 - worth(problem, single) / most)
        many.append(1 - worth(problem, several) / most)
        spent.append(found.cpu)
    beyond = sum(loss > gap for loss, gap in zip(losses, gaps, strict=True))
    rows = [
        ("ours, against the best known", percent(median(losses)), percent(worst(losses))),
        ("ours, gap as stated", percent(median(gaps)), percent(worst(gaps))),
        ("SLSQP, one start", percent(median(one)), percent(worst(one))),
        (f"SLSQP, {STARTS} starts", percent(median(many)), percent(worst(many))),
    ]
    return Table(
        ("short by", "median", "maximum"),
        rows,
        f"{COUNT} instances of 3 to 12 lines and 1 to 30 draws, slopes around 1.2 to 4. Best known "
        f"of: ours, one and {STARTS} starts, a grid of {STEPS} steps by dynamic programming and "
        f"what SLSQP makes of it, Meridian's search. Losses beyond the stated gap: {beyond}. "
        f"CPU s of ours: median {seconds(median(spent))}, most {seconds(max(spent))} "
        f"({times(max(spent) / median(spent))} times).",
    )
