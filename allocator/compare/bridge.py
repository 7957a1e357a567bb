"""The bridge from A to B: what more money, prices, the split and the curves each add.

F(x; p, c) is the metric of weekly amounts x in every draw, at prices p (what a unit of media costs,
what an outcome is worth) on curves c (of a model, over a window). With αx_A, A's split at B's money
(α = Σ x_B / Σ x_A):

::

    start        F(x_A; A, A)
    volume       F(αx_A; A, A) − F(x_A; A, A)       more or less money, spread as in A
    price        F(x_A; B, A) − F(x_A; A, A)        B's prices for A's plan
    mix          F(x_B; A, A) − F(αx_A; A, A)       B's split of the same money
    efficiency   F(x_A; A, B) − F(x_A; A, A)        B's curves for A's plan
    interaction  the rest
    end          F(x_B; B, B)

Price, efficiency and the plan are each read alone, from A, so no order of theirs matters; volume
comes before mix, so that mix is the gain over A scaled to B's money, as plans state it. The rest is
[F(x_B; B, B) − F(x_B; A, A)] − price − efficiency and is computed so: every step is exactly nothing
where its cause is absent, and the interaction where there is only one cause. Read the other way
round the total changes its sign; single steps need not, for each is told from where it starts.

The method is the price–volume–mix analysis of management accounting with curves in place of fixed
margins.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, get_args

import numpy as np

from allocator.engine.figures.document import interval
from allocator.findings.bridge import Bridge, BridgeStep, StepName
from allocator.plan import Interval

P = TypeVar("P")
C = TypeVar("C")

STEPS: tuple[StepName, ...] = get_args(StepName)
MOST_DRAWS = 100_000  # of two models with draws of different number, brought to a common one


@dataclass(frozen=True, eq=False)
class Side(Generic[P, C]):
    """One end of a bridge.

    spend: (line, week) currency, the lines and the number of weeks of both ends alike;
    prices, curves: whatever ``value`` understands; the same object where they are the same
    """

    name: str
    spend: np.ndarray
    prices: P
    curves: C


@dataclass(frozen=True, eq=False)
class Steps:
    """Every step in every draw, (draw,) each: start + Σ steps = end."""

    start: np.ndarray
    steps: Mapping[StepName, np.ndarray]
    end: np.ndarray


def steps_between(
    a: Side[P, C],
    b: Side[P, C],
    value: Callable[[np.ndarray, P, C], np.ndarray],
    *,
    scaled: np.ndarray | None = None,
) -> Steps:
    """The steps from A to B, draw by draw.

    value:  (line, week) amounts, prices, curves ↦ (draw,) of the metric
    scaled: A's split at B's money where it is known to the cent; else αx_A, and x_B where A
            spends nothing and so has no split

    Draws of one model are paired by their index. Those of two models are independent, so that any
    pairing is right; where their numbers differ each is repeated until they agree. Raises
    ValueError for ends of different shape and whatever ``value`` raises.
    """
    if a.spend.shape != b.spend.shape:
        raise ValueError(f"amounts of the shapes {a.spend.shape} and {b.spend.shape}")
    middle = scaled_to(a.spend, b.spend) if scaled is None else scaled
    here, there = value(a.spend, a.prices, a.curves), value(b.spend, b.prices, b.curves)
    even = _even(len(here), len(there))
    start = even(here)
    grown = even(value(middle, a.prices, a.curves))
    split = even(value(b.spend, a.prices, a.curves))
    priced = start if a.prices is b.prices else even(value(a.spend, b.prices, a.curves))
    curved = start if a.curves is b.curves else even(value(a.spend, a.prices, b.curves))
    end = even(there)
    price, efficiency = priced - start, curved - start
    return Steps(
        start,
        {
            "volume": grown - start,
            "price": price,
            "mix": split - grown,
            "efficiency": efficiency,
            "interaction": (end - split) - price - efficiency,
        },
        end,
    )


def bridge(
    a: Side[P, C],
    b: Side[P, C],
    value: Callable[[np.ndarray, P, C], np.ndarray],
    *,
    metric: str,
    unit: str,
    currency: str,
    scaled: np.ndarray | None = None,
) -> Bridge:
    """The bridge in a metric (a KPI, or ``objective``) of a unit (``currency`` or ``count``).

    See ``steps_between``, whose errors it raises.
    """
    found = steps_between(a, b, value, scaled=scaled)
    middle = scaled_to(a.spend, b.spend) if scaled is None else scaled
    words = _words(a, b, middle, currency)
    return Bridge(
        metric=metric,
        unit=unit,
        a=a.name,
        b=b.name,
        start=_interval(found.start),
        steps=tuple(
            BridgeStep(name=name, words=words[name], amount=_interval(found.steps[name]))
            for name in STEPS
        ),
        end=_interval(found.end),
    )


def scaled_to(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """A's split at B's money, (line, week); B's own amounts where A has no split."""
    have, want = math.fsum(a.ravel()), math.fsum(b.ravel())
    if have == want:
        return a
    if have <= 0:
        return b
    grown: np.ndarray = a * (want / have)
    return grown


def _interval(draws: np.ndarray) -> Interval:
    return Interval.model_validate(interval(draws))


def _even(a: int, b: int) -> Callable[[np.ndarray], np.ndarray]:
    """Brings draws of either number to one: the means stay as they are."""
    common = math.lcm(a, b)
    if common > MOST_DRAWS:
        raise ValueError(f"{a} and {b} draws, which no {MOST_DRAWS:,} draws are a multiple of")
    return lambda draws: draws if len(draws) == common else np.tile(draws, common // len(draws))


def _words(a: Side[P, C], b: Side[P, C], middle: np.ndarray, currency: str) -> dict[StepName, str]:
    more = math.fsum(b.spend.ravel()) - math.fsum(a.spend.ravel())
    moved = float(np.abs(b.spend.sum(axis=1) - middle.sum(axis=1)).sum()) / 2
    within = float(np.abs(b.spend - middle).sum()) / 2
    volume = f"{abs(more):,.0f} {currency} {'more' if more > 0 else 'less'}, split as before"
    mix = "the same split"
    if moved >= 0.5:
        mix = f"{moved:,.0f} {currency} on other lines"
    elif within >= 0.5:
        mix = f"{within:,.0f} {currency} in other weeks"
    return {
        "volume": volume if abs(more) >= 0.5 else "the same money",
        "price": "the same prices"
        if a.prices is b.prices
        else "other costs per unit, or another worth of an outcome",
        "mix": mix,
        "efficiency": "the same curves" if a.curves is b.curves else "other response curves",
        "interaction": "what these change together",
    }
