"""A row a customer, as BG/NBD and gamma-gamma read it: x, t_x, T and the average repeat order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmm.clv.orders import Orders


@dataclass(frozen=True)
class Customers:
    """(customer,) all; times in weeks, money in currency units of revenue."""

    x: np.ndarray
    """repeat orders: days with an order after the first"""
    t_x: np.ndarray
    """weeks from the first order to the last; 0 where there is one only"""
    T: np.ndarray
    """weeks from the first order to the end of observation"""
    mean_repeat: np.ndarray
    """average revenue of repeat orders; 0 where there is none"""
    first_amount: np.ndarray
    """revenue of the first order"""

    def of(self, keep: np.ndarray) -> Customers:
        """Those that ``keep`` marks."""
        return Customers(
            self.x[keep], self.t_x[keep], self.T[keep], self.mean_repeat[keep],
            self.first_amount[keep],
        )  # fmt: skip

    @property
    def paid_share(self) -> float:
        """Share of repeat orders by customers who paid for any: gamma-gamma knows no free ones."""
        repeats = self.x.sum()
        return float(self.x[self.mean_repeat > 0].sum() / repeats) if repeats else 1.0


def summarise(orders: Orders) -> Customers:
    """Recency, frequency and money of every customer."""
    starts = np.flatnonzero(orders.first)
    ends = np.r_[starts[1:], len(orders.day)]
    x = ends - starts - 1
    first_day, last_day = orders.day[starts], orders.day[ends - 1]
    first_amount = orders.amount[starts]
    repeat = np.add.reduceat(np.where(orders.first, 0.0, orders.amount), starts)
    return Customers(
        x=x.astype(float),
        t_x=(last_day - first_day) / 7,
        T=(orders.end - first_day) / 7,
        mean_repeat=np.divide(repeat, x, out=np.zeros(len(x)), where=x > 0),
        first_amount=first_amount,
    )
