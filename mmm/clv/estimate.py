"""From orders to the value of a new customer: fit, per segment and for all, with intervals."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mmm.clv import bg_nbd, gamma_gamma
from mmm.clv.bg_nbd import Histories
from mmm.clv.file import SCHEMA_VERSION, ClvFile, Range, Segment
from mmm.clv.gamma_gamma import Spend
from mmm.clv.holdout import held_out
from mmm.clv.laplace import Belief, Posterior, mode_of, posterior
from mmm.clv.notes import about_draws, notes_about
from mmm.clv.orders import Orders, date_of, day_of
from mmm.clv.segments import large_enough
from mmm.clv.spec import ClvSpec
from mmm.clv.summary import Customers, summarise
from mmm.errors import Fault, InputError

DRAWS = 1000
KEPT = 200  # draws in the file: a planner's optimisation reads no more
WIDE = 2.0  # of a logarithm: a factor of 50 up or down in 95 %; it decides nothing where data do
LIKE_ALL = 0.5  # of a logarithm: a segment is within a factor of 2.7 of everybody in 95 %
FEW_ENOUGH = 50_000  # distinct histories: beyond, weighting takes minutes and moves nothing


@dataclass(frozen=True)
class Fitted:
    """Both posteriors of a set of customers, in natural units: weeks and currency."""

    customers: Customers
    ordering: Posterior
    spending: Posterior

    @property
    def efficiency(self) -> float:
        """The smaller effective share of proposals of both."""
        return min(self.ordering.efficiency, self.spending.efficiency)

    @property
    def ordering_draws(self) -> np.ndarray:
        """(draw, 4): r, α, a, b."""
        return np.exp(self.ordering.draws)

    @property
    def spending_draws(self) -> np.ndarray:
        """(draw, 3): p, q, v."""
        return spending_points(self.spending.draws)


def spending_points(logs: np.ndarray) -> np.ndarray:
    """ln p, ln(q − 1), ln v -> p, q, v: q above 1, so that an order has an expected value."""
    return np.exp(logs) + np.array([0.0, 1.0, 0.0])


def estimate(
    orders: Orders, spec: ClvSpec, advance: Callable[[float], object] = lambda _: None
) -> ClvFile:
    """The value of a new customer in total and per segment.

    ``advance`` is called with 1 after each fit. Raises InputError where customers are too few, or
    too few of them came back to say anything.
    """
    if spec.new_since is not None:
        orders = _acquired_since(orders, spec)
    segmented = large_enough(orders, spec)
    orders = segmented.orders
    everybody = summarise(orders)
    _enough_repeats(everybody, spec)
    total = fit(everybody, "total", seed=spec.seed)
    advance(1)
    segments = {}
    roughest = total.efficiency
    for name in sorted(set(orders.segment.tolist()) - {""}):
        part = fit(everybody.of(orders.segment == name), name, seed=spec.seed, like=total)
        segments[str(name)] = _segment(part, spec, str(name))
        roughest = min(roughest, part.efficiency)
        advance(1)
    holdout = held_out(orders, everybody)
    return ClvFile(
        schema_version=SCHEMA_VERSION,
        currency=spec.currency,
        margin=spec.margin,
        horizon_weeks=spec.horizon_weeks,
        discount_rate=spec.discount_rate,
        first_date=date_of(orders.day.min()),
        last_date=date_of(orders.end),
        customers=len(orders.segment),
        orders=len(orders.day),
        rows_without_consent=orders.rows_without_consent,
        min_size=spec.min_size,
        merged_segments=segmented.merged,
        data_digest=orders.digest,
        seed=spec.seed,
        holdout=holdout,
        notes=notes_about(everybody, spec, holdout, merged=segmented.merged)
        + about_draws(roughest),
        total=_segment(total, spec, "total"),
        segments=segments,
    )


def _acquired_since(orders: Orders, spec: ClvSpec) -> Orders:
    assert spec.new_since is not None
    keep = orders.day[orders.first] >= day_of(spec.new_since)
    if not keep.any():
        fault = Fault(str(spec.path), 0, 0, "", "nobody new", f"customers since {spec.new_since}")
        raise InputError([fault])
    return orders.of(keep)


def _enough_repeats(customers: Customers, spec: ClvSpec) -> None:
    came_back = int(((customers.x > 0) & (customers.mean_repeat > 0)).sum())
    if came_back < 10:  # seven parameters cannot be learnt from fewer
        found = "fewer than 10 customers with a second, paid order"
        fix = "a longer table; if identifiers change with each order, name the right column"
        expected = "customers who come back"
        raise InputError([Fault(str(spec.path), 0, 0, "", found, expected, fix)])


def fit(customers: Customers, name: str, *, seed: int, like: Fitted | None = None) -> Fitted:
    """Posterior of BG/NBD and gamma-gamma.

    Everybody's parameters have wide LogNormal priors around the size of the data (median weeks
    observed, average order), so that units do not matter. A segment's are ``like`` everybody's
    within a factor of 2.7 unless its customers say otherwise: what is few leans on all.
    """
    histories = Histories.of(customers.x, customers.t_x, customers.T)
    paid = (customers.x > 0) & (customers.mean_repeat > 0)
    spend = Spend(customers.x[paid], customers.mean_repeat[paid])
    if like is None:
        size = float(np.average(spend.mean, weights=spend.x))
        ordering = Belief(
            np.array([0.0, np.log(np.median(customers.T) + 1), 0, 0]), np.full(4, WIDE)
        )
        spending = Belief(np.array([0.0, 0.0, np.log(size)]), np.full(3, WIDE))
    else:
        ordering = Belief(like.ordering.mode, np.full(4, LIKE_ALL))
        spending = Belief(like.spending.mode, np.full(3, LIKE_ALL))

    def orders_density(logs: np.ndarray) -> np.ndarray:
        return bg_nbd.log_likelihood(np.exp(logs), histories) + ordering(logs)

    def spend_density(logs: np.ndarray) -> np.ndarray:
        return gamma_gamma.log_likelihood(spending_points(logs), spend) + spending(logs)

    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    weighted = len(histories.x) <= FEW_ENOUGH
    made = [
        posterior(density, mode_of(density, belief.centre), rng, draws=DRAWS, weighted=weighted)
        for density, belief in ((orders_density, ordering), (spend_density, spending))
    ]
    return Fitted(customers, made[0], made[1])


def _segment(fitted: Fitted, spec: ClvSpec, name: str) -> Segment:
    customers, ordering, spending = fitted.customers, fitted.ordering_draws, fitted.spending_draws
    rng = np.random.default_rng([spec.seed, zlib.crc32(name.encode()), 1])
    first = _mean_of(customers.first_amount, rng)
    revenue = gamma_gamma.mean_order(spending) * customers.paid_share
    number = bg_nbd.expected_orders(ordering, spec.horizon_weeks)
    discounted = bg_nbd.expected_orders(
        ordering, spec.horizon_weeks, discount_rate=spec.discount_rate
    )
    repeat = spec.margin * discounted * revenue
    value = spec.margin * first + repeat
    logs = np.log(value)
    columns = dict(zip(bg_nbd.NAMES, ordering.T, strict=True))
    columns |= dict(zip(gamma_gamma.NAMES, spending.T, strict=True))
    return Segment(
        customers=len(customers.x),
        value=range_of(value),
        first_order=range_of(spec.margin * first),
        repeat=range_of(repeat),
        repeat_orders=range_of(number),
        order_revenue=range_of(revenue),
        mu=_short(logs.mean()),
        sigma=_short(logs.std()),
        draws=tuple(_short(one) for one in value[:KEPT]),
        parameters={key: range_of(column) for key, column in columns.items()},
    )


def _mean_of(amounts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(draw,) of the average: LogNormal with its standard error, so that it stays positive."""
    mean = float(amounts.mean())
    if mean == 0:
        return np.zeros(DRAWS)
    error = float(amounts.std(ddof=1)) / np.sqrt(len(amounts)) / mean
    sigma = np.sqrt(np.log1p(error**2))
    return np.asarray(mean * np.exp(sigma * rng.standard_normal(DRAWS) - sigma**2 / 2))


def range_of(draws: np.ndarray) -> Range:
    """Median and 90 % interval of draws, to six digits."""
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95])
    return Range(median=_short(middle), p05=_short(low), p95=_short(high))


def _short(value: float) -> float:
    return float(f"{value:.6g}")
