"""Where a line may be, by what its next unit of money must still bring.

A marginal rule (return on the next unit at least m, or the line is off) speaks of one line, so it
is a set of totals: {0} ∪ {x : R'(x) ≥ m}. On a cell the mean slope lies between bounds that
``SteadyResponse.slope_bracket`` knows for certain. Cells whose upper bound is below m are outside
(a proof may cut them out); cells whose lower bound is not above m may be outside (a search keeps
clear of them). The cells in between are halved until they are too narrow to matter, and end at the
kinks that are in them: a kink is where a plan often ends, to the cent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

import numpy as np

from allocator.constraints import MarginalFloor, Meter
from allocator.engine.problem import AllocationProblem, Cell, Hole
from mmm.curves import SteadyResponse

CELLS = 64
HALVINGS = 24
MANY = 256  # doubtful cells at once: a curve that runs along the floor stays in doubt
NARROW = 1e-9  # of the range: closer than a cent of any budget

Read = Callable[[Mapping[str, Meter]], Mapping[Cell, SteadyResponse]]


def marginal_holes(
    problem: AllocationProblem, floors: tuple[MarginalFloor, ...], read: Read
) -> tuple[dict[str, tuple[Hole, ...]], dict[str, tuple[Hole, ...]]]:
    """(certain, possible) holes of every line that a marginal rule speaks of."""
    sure: dict[str, list[Hole]] = {}
    inner: dict[str, list[Hole]] = {}
    for floor in floors:
        known = problem.responses.get((floor.kpi, floor.line))
        curve = known or read({floor.kpi: Meter(floor.kpi)})[floor.kpi, floor.line]
        high = problem.bounds[floor.line][1]
        outside, doubtful = holes(curve, floor.floor, high)
        sure.setdefault(floor.line, []).extend(outside)
        inner.setdefault(floor.line, []).extend(doubtful)
    return ({line: merged(found) for line, found in sure.items()},
            {line: merged(found) for line, found in inner.items()})  # fmt: skip


def holes(
    curve: SteadyResponse, floor: float, high: float
) -> tuple[tuple[Hole, ...], tuple[Hole, ...]]:
    """(certain, possible) stretches of (0, high] in which the mean slope is below ``floor``."""
    if high <= 0:
        return (), ()
    open_cells = high * np.linspace(0, 1, CELLS + 1) ** 2
    ends = np.stack([open_cells[:-1], open_cells[1:]], axis=1)
    outside: list[Hole] = []
    narrow: list[Hole] = []
    for _ in range(HALVINGS):
        halves: list[Hole] = []
        for a, b in ends.tolist():
            low, most = _slopes(curve, a, b)
            if most < floor:
                outside.append((a, b))
            elif low < floor and b - a > NARROW * high and len(halves) < MANY:
                halves += [(a, (a + b) / 2), ((a + b) / 2, b)]
            elif low < floor:
                narrow.append((a, b))
        ends = np.array(halves).reshape(-1, 2)
    narrow += [(a, b) for a, b in ends.tolist()]
    doubtful: list[Hole] = []
    for a, b in _at_kinks(curve, narrow):
        low, most = _slopes(curve, a, b)
        if low < floor:
            (outside if most < floor else doubtful).append((a, b))
    return merged(outside), merged([*outside, *doubtful])


def _slopes(curve: SteadyResponse, low: float, high: float) -> tuple[float, float]:
    least, most = (float(side[0]) for side in curve.slope_bracket(np.array([low, high])))
    return least, most


def _at_kinks(curve: SteadyResponse, cells: list[Hole]) -> Iterator[Hole]:
    """The cells, parted where the curve has a kink."""
    knots = np.unique(curve.knots())
    for low, high in cells:
        inside = knots[(knots > low) & (knots < high)]
        yield from pairwise([low, *inside.tolist(), high])


def merged(found: list[Hole] | tuple[Hole, ...]) -> tuple[Hole, ...]:
    """Stretches that touch or overlap as one."""
    out: list[Hole] = []
    for a, b in sorted(found):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return tuple(out)
