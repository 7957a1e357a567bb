"""Does the model predict the last weeks of this table from the weeks before?"""

from __future__ import annotations

import numpy as np

from mmm.clv import bg_nbd
from mmm.clv.bg_nbd import Histories
from mmm.clv.file import Holdout
from mmm.clv.laplace import Belief, mode_of
from mmm.clv.orders import Orders
from mmm.clv.summary import Customers, summarise

SHARE = 0.25
FEWEST_REPEATS = 50  # customers who came back before: fewer predict nothing worth a check


def held_out(orders: Orders, everybody: Customers) -> Holdout | None:
    """Repeat orders in the last quarter of the time observed, expected and counted.

    Fitted to the orders before it; Σ E[X(T_i + h)] − E[X(T_i)] over customers acquired before.
    None where too few came back by then.
    """
    days = round(SHARE * 7 * float(np.max(everybody.T)))
    if days < 7:
        return None
    before = orders.until(orders.end - days)
    customers = summarise(before)
    if (customers.x > 0).sum() < FEWEST_REPEATS:
        return None
    seen = Histories.of(customers.x, customers.t_x, customers.T)
    wide = Belief(np.array([0.0, np.log(np.median(customers.T) + 1), 0, 0]), np.full(4, 2.0))
    mode = mode_of(lambda logs: bg_nbd.log_likelihood(np.exp(logs), seen) + wide(logs), wide.centre)
    ages, count = np.unique(customers.T, return_counts=True)
    points = np.repeat(np.exp(mode)[None], len(ages), axis=0)
    expected = bg_nbd.expected_orders(points, ages + days / 7)
    expected -= bg_nbd.expected_orders(points, ages)
    known = np.unique(orders.customer[orders.day <= before.end])
    later = (orders.day > before.end) & np.isin(orders.customer, known)
    predicted = float(f"{float(np.sum(count * expected)):.6g}")
    return Holdout(weeks=days / 7, predicted=predicted, actual=int(later.sum()))
