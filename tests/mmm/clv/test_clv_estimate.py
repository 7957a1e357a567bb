"""What a fit does with few customers, other units and tables that the model does not suit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from orders_case import spec_of

from mmm.clv.estimate import estimate, fit
from mmm.clv.holdout import held_out
from mmm.clv.notes import about_draws, notes_about
from mmm.clv.orders import Orders, merged
from mmm.clv.summary import Customers, summarise
from mmm.errors import InputError


def simulated(size: int = 300, seed: int = 3, *, factor: float = 1.0) -> Orders:
    """BG/NBD with r 0.8, α 8, a 0.7, b 2.5 over a year; orders of 20 to 40, times ``factor``."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(size):
        day, rate, stop = rng.uniform(0, 200), rng.gamma(0.8) / 8, rng.beta(0.7, 2.5)
        level = rng.uniform(20, 40) * factor
        while day < 364:
            rows.append((number, int(day), level * rng.uniform(0.5, 1.5)))
            day += 7 * rng.exponential(1 / rate)
            if len(rows) > 1 and rows[-1][0] == number and rng.random() < stop:
                break
    who, when, much = (np.array(column) for column in zip(*rows, strict=True))
    return merged(who, when, much, np.full(len(who), "", object), end=363)


def test_units_of_money_do_not_matter() -> None:
    """In cents everything is a hundred times as much, intervals included."""
    one = fit(summarise(simulated()), "total", seed=1)
    cents = fit(summarise(simulated(factor=100.0)), "total", seed=1)
    assert cents.spending.mode - one.spending.mode == pytest.approx([0, 0, np.log(100)], abs=2e-3)
    assert cents.spending.draws.std(axis=0) == pytest.approx(
        one.spending.draws.std(axis=0), rel=0.02
    )


def test_a_segment_of_few_leans_on_all_and_is_less_sure() -> None:
    everybody = summarise(simulated())
    total = fit(everybody, "total", seed=1)
    few = fit(everybody.of(np.arange(300) < 12), "few", seed=1, like=total)
    distance = np.abs(few.ordering.mode - total.ordering.mode)
    assert (distance < 0.5).all(), "12 customers move nothing beyond the belief's sd"
    assert (few.ordering.draws.std(axis=0) < 0.65).all()
    alone = fit(everybody.of(np.arange(300) < 12), "few", seed=1)
    assert (alone.ordering.draws.std(axis=0) > few.ordering.draws.std(axis=0)).all()


def test_nobody_came_back(tmp_path: Path) -> None:
    number = np.arange(100)
    once = merged(number, number % 30, np.ones(100), np.full(100, "", object), end=60)
    with pytest.raises(InputError, match="fewer than 10 customers with a second, paid order"):
        estimate(once, spec_of(tmp_path))


def test_a_longer_horizon_a_margin_and_a_discount(tmp_path: Path) -> None:
    orders = simulated()
    plain = estimate(orders, spec_of(tmp_path, discount_rate=0, horizon_weeks=52)).total
    half = estimate(orders, spec_of(tmp_path, discount_rate=0, horizon_weeks=52, margin=0.5)).total
    assert half.value.median == pytest.approx(plain.value.median / 2, rel=1e-4)
    later = estimate(orders, spec_of(tmp_path, discount_rate=0.5, horizon_weeks=156)).total
    assert later.repeat_orders.median > plain.repeat_orders.median
    assert plain.repeat.median == pytest.approx(
        plain.repeat_orders.median * plain.order_revenue.median, rel=0.01
    )
    assert later.repeat.median < later.repeat_orders.median * later.order_revenue.median


def test_only_customers_since_a_day(tmp_path: Path) -> None:
    orders = simulated()
    firsts = orders.day[orders.first]
    made = estimate(orders, spec_of(tmp_path, new_since="1970-03-01"))
    assert made.customers == (firsts >= 59).sum() < len(firsts)
    with pytest.raises(InputError, match="found nobody new, expected customers since 2001-01-01"):
        estimate(orders, spec_of(tmp_path, new_since="2001-01-01"))


def test_free_orders_make_the_average_order_smaller() -> None:
    paid, free = np.array([2.0, 2.0, 4.0]), np.array([30.0, 20.0, 0.0])
    customers = Customers(paid, paid, paid + 1, free, free)
    assert customers.paid_share == 0.5


def noted(orders: Orders, folder: Path, **options: object) -> str:
    customers = summarise(orders)
    held = held_out(orders, customers)
    return "\n".join(notes_about(customers, spec_of(folder, **options), held, merged=0))


def test_notes_tell_assumptions(tmp_path: Path) -> None:
    text = noted(simulated(), tmp_path)
    for word in ("no margin", "No currency", "last order", "new_since", "beyond what was observed"):
        assert word in text
    said = {"margin": 0.4, "currency": "EUR", "end": "1970-12-30", "new_since": "1970-01-01"}
    assert noted(simulated(), tmp_path, horizon_weeks=40, **said) == ""


def test_a_table_that_the_model_does_not_suit_is_told(tmp_path: Path) -> None:
    """Everybody ordered weekly, then the shop closed three quarters into the year."""
    number, week = np.meshgrid(np.arange(100), np.arange(39), indexing="ij")
    day = (7 * week + number % 7).ravel()
    closed = merged(number.ravel(), day, 1 + number.ravel() * 0.1,
                    np.full(day.size, "", object), end=370)  # fmt: skip
    assert "REVIEW: predicted from the weeks before" in noted(closed, tmp_path)


def test_spend_that_goes_with_frequency_is_told(tmp_path: Path) -> None:
    orders = simulated()
    often = np.bincount(orders.customer)[orders.customer]
    text = noted(Orders(orders.customer, orders.day, orders.amount * often**2, orders.segment,
                        end=orders.end), tmp_path)  # fmt: skip
    assert "REVIEW: customers who order more often spend more per order" in text


def test_rough_draws_are_told() -> None:
    assert about_draws(0.5) == ()
    assert about_draws(0.04) == ("REVIEW: intervals are rough: 4% of the draws tried count.",)
