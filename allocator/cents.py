"""Whole cents, and the one place where money is rounded."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache


def cents(amount: float) -> int:
    """An amount of currency units in cents, the nearest (half a cent: the even one).

    Raises ValueError when the amount is not finite.
    """
    if not math.isfinite(amount):
        raise ValueError(f"{amount} is no amount of money")
    return int((Decimal(repr(float(amount))) * 100).to_integral_value(ROUND_HALF_EVEN))


def to_cents(
    amounts: Sequence[float], total: int, lower: Sequence[int], upper: Sequence[int]
) -> tuple[int, ...]:
    """Amounts in currency as whole cents that sum to ``total`` and stay inside their limits.

    Largest remainder: every amount is cut to whole cents, all are moved by the same number of
    cents as far as their limits let them, and what is left goes, a cent each, to those that lost
    most by cutting; equals by order. This is the nearest such point, Σ (cents − 100·amount)²
    being least. total, lower and upper are cents. Raises ValueError when no such cents exist.
    """
    return _to_cents(tuple(amounts), total, tuple(lower), tuple(upper))


@lru_cache(maxsize=4096)  # references are spread over their weeks again and again
def _to_cents(
    amounts: tuple[float, ...], total: int, lower: tuple[int, ...], upper: tuple[int, ...]
) -> tuple[int, ...]:
    if not len(amounts) == len(lower) == len(upper):
        raise ValueError("amounts, lower and upper differ in length")
    if not all(map(math.isfinite, amounts)):
        raise ValueError("an amount is not finite")
    if any(low > high for low, high in zip(lower, upper, strict=True)):
        raise ValueError("a lower limit is above its upper limit")
    if not sum(lower) <= total <= sum(upper):
        raise ValueError(
            f"{total} cents cannot be reached between {sum(lower)} and {sum(upper)} cents"
        )
    ratios = [float(amount).as_integer_ratio() for amount in amounts]
    common = max((under for _, under in ratios), default=1)  # powers of two: each divides the most
    split = [divmod(over * 100, under) for over, under in ratios]
    whole = [cut for cut, _ in split]
    lost = [rest * (common // under) for (_, rest), (_, under) in zip(split, ratios, strict=True)]

    def moved(step: int) -> list[int]:
        limits = zip(whole, lower, upper, strict=True)
        return [min(max(cut + step, low), high) for cut, low, high in limits]

    span = max((abs(v) for v in (*whole, *lower, *upper)), default=0) * 2 + 1
    below, above = _around(lambda step: sum(moved(step)) <= total, span)
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (middle, above) if sum(moved(middle)) <= total else (below, middle)
    result = moved(below)
    free = [i for i, (here, next_) in enumerate(zip(result, moved(below + 1), strict=True))
            if next_ > here]  # fmt: skip
    free.sort(key=lambda i: -lost[i])  # the largest remainder first; a stable sort
    for i in free[: total - sum(result)]:
        result[i] += 1
    return tuple(result)


def _around(holds: Callable[[int], bool], span: int) -> tuple[int, int]:
    """Two steps between which ``holds`` ends, looked for from 0 on: most often it is the next.

    It holds at −span, where all are at their lower limits; at ``span`` nothing moves any more.
    """
    size = 1
    if holds(0):
        while size < span and holds(size):
            size *= 2
        return size // 2, min(size, span)
    while size < span and not holds(-size):
        size *= 2
    return max(-size, -span), -(size // 2)
