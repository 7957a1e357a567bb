"""Where a search for weekly plans sets out where one climb does not find the top: pulses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from allocator.engine.weekly.problem import WeeklyProblem

PULSES = (1, 2, 3, 4, 6)  # weeks that share a line's money, evenly spaced
OFFSETS = 4  # places where the first of them may be


def pulsed(problem: WeeklyProblem, plan: np.ndarray) -> Iterator[np.ndarray]:
    """The plan with each line's total in the weeks in which it is worth most.

    All lines that are not concave so, then each of them alone.
    """
    bent = [
        line
        for line in problem.lines
        if not all(problem.sources[key].concave for key in problem.metered if key[1] == line)
    ]
    best = {line: _best(problem, line, plan[problem.place[line]]) for line in bent}
    every = plan.copy()
    for line, own in best.items():
        every[problem.place[line]] = own
    yield every
    for line, own in best.items():
        single = plan.copy()
        single[problem.place[line]] = own
        if not np.array_equal(single, every):
            yield single


def _best(problem: WeeklyProblem, line: str, own: np.ndarray) -> np.ndarray:
    """The line's weeks rearranged: the pattern that adds most to the goal, within its bounds."""
    low, high = (side[problem.place[line]] for side in problem.box)
    patterns = [own, *_patterns(own, low, high)]
    return max(patterns, key=lambda weeks: _worth(problem, line, weeks))


def _patterns(own: np.ndarray, low: np.ndarray, high: np.ndarray) -> Iterator[np.ndarray]:
    """Evenly spaced pulses of the same total, and the even one, as far as bounds let them."""
    total, weeks = float(own.sum()), len(own)
    spare = total - float(low.sum())
    for count in (*(n for n in PULSES if n < weeks), weeks):
        step = weeks / count
        for offset in range(min(OFFSETS, max(1, int(step)))):
            first = offset * step / OFFSETS
            at = np.unique((first + np.arange(count) * step).astype(int))
            found = low.copy()
            found[at] += spare / len(at)
            if (found <= high).all():
                yield found


def _worth(problem: WeeklyProblem, line: str, own: np.ndarray) -> float:
    """What the line adds to the goal, spend left aside: all patterns spend the same."""
    worth = 0.0
    for (source, name), meters in problem.metered.items():
        if name != line:
            continue
        draws = problem.sources[source, line].value(own)
        for meter in meters:
            weight = problem.terms.weight(meter, line)
            for terms in problem.floors[:1]:
                weight += terms.weight(meter, line)
            worth += weight * float(problem.readings[meter].weights @ draws)
    return worth
