"""Shadow prices: what easing a limit would add to the goal, by solving with the limit eased.

A solver's dual speaks of the first cent and, with whole numbers in the problem, of nothing at all.
Here every price is the difference of two plans, both with a proof, and it is told only where it is
more than both gaps together. The range of validity is the largest move over which the average
price stays near the first step's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from allocator.engine.setting import Setting
from allocator.sensitivity.again import Known, kpis, solve_again
from allocator.sensitivity.levers import Lever

NEAR = 0.1  # of the price: how far its average may stray within the range of validity
DOUBLINGS = 6  # steps out, up to 64 of them
HALVINGS = 3  # back, to an eighth of the last stretch


@dataclass(frozen=True)
class Price:
    """What one step of a limit is worth.

    limit, move: as it stands, and by how much it is eased (``unit``; a share is a fraction)
    gain:      the goal's change, proven but for ``gaps`` (the two plans' together)
    kpis:      KPI -> its change, KPI units
    valid_for: the average price stays within 10 % for moves up to this; ``at_least``: and further,
               as far as was looked
    """

    rule: str
    part: str | None
    key: str
    sign: int
    limit: float
    move: float
    unit: str
    gain: float
    gaps: float
    kpis: dict[str, float]
    valid_for: float
    at_least: bool

    @property
    def told(self) -> bool:
        """Whether the two plans differ by more than is left to prove."""
        return abs(self.gain) > self.gaps

    @property
    def each(self) -> float:
        """The goal's change for one unit of the limit."""
        return self.gain / self.move


def price_of(known: Known, lever: Lever) -> Price | None:
    """The price of one step of a lever; None where the limit cannot be eased, or to no plan."""
    step = lever.step
    first = _eased(known, lever, step) if step > 0 else None
    if first is None:
        return None
    gain, gaps = first.value - known.value, first.gap + known.gap
    before, after = kpis(known), kpis(first)
    changes = {kpi: after[kpi] - before[kpi] for kpi in before}
    valid, more = step, False
    if abs(gain) > gaps:
        valid, more = _validity(known, lever, gain / step)
    return Price(
        lever.rule, lever.part, lever.name, lever.sign, lever.value, step, lever.unit,
        gain, gaps, changes, valid, more,
    )  # fmt: skip


def _eased(known: Known, lever: Lever, by: float) -> Known | None:
    setting: Setting | None = lever.at(by)
    return None if setting is None else solve_again(setting, near=known.spend)


def _validity(known: Known, lever: Lever, each: float) -> tuple[float, bool]:
    """(largest move over which the average price stays near ``each``, whether it may go on)."""

    def near(by: float) -> bool:
        eased = _eased(known, lever, by)
        if eased is None:
            return False
        average = (eased.value - known.value) / by
        return abs(average - each) <= NEAR * abs(each)

    return furthest(near, lever.step, lever.most)


def furthest(near: Callable[[float], bool], step: float, most: float) -> tuple[float, bool]:
    """(the largest move found at which ``near`` holds, whether it is just where the search ended).

    It holds at ``step``. Moves are doubled while it does, then the last stretch is halved; a whole
    number of steps comes back.
    """
    good, bad = step, None
    for _ in range(DOUBLINGS):
        if good >= most:
            return good, False
        further = min(2 * good, most)
        if not near(further):
            bad = further
            break
        good = further
    if bad is None:
        return good, good < most
    for _ in range(HALVINGS):
        steps = round((good + bad) / 2 / step)
        middle = steps * step
        if not good < middle < bad:
            break
        good, bad = (middle, bad) if near(middle) else (good, middle)
    return good, False
