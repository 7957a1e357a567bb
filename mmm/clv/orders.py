"""Orders: who (a number that means nothing), when, how much, acquired where."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Orders:
    """Orders of one customer on one day are one; sorted by customer, then day.

    ``customer`` numbers customers from 0 in the order of the table and nothing else: identifiers
    do not get here.
    """

    customer: np.ndarray
    """(order,) int"""
    day: np.ndarray
    """(order,) days since 1970-01-01"""
    amount: np.ndarray
    """(order,) currency units, 0 or more"""
    segment: np.ndarray
    """(customer,) text, empty where the table has no segments"""
    end: int
    """last day observed, days since 1970-01-01"""
    rows_without_consent: int | None = None

    @property
    def first(self) -> np.ndarray:
        """(order,) whether it is its customer's first."""
        return np.r_[True, self.customer[1:] != self.customer[:-1]]

    @property
    def labelled(self) -> bool:
        """Whether customers have segments."""
        return bool((self.segment != "").any())

    def of(self, keep: np.ndarray) -> Orders:
        """Customers that ``keep`` (customer,) marks, numbered anew."""
        number = np.cumsum(keep) - 1
        rows = keep[self.customer]
        return Orders(
            number[self.customer[rows]], self.day[rows], self.amount[rows], self.segment[keep],
            end=self.end, rows_without_consent=self.rows_without_consent,
        )  # fmt: skip

    def until(self, end: int) -> Orders:
        """What was known at the end of the day ``end``."""
        rows = self.day <= end
        customers, number = np.unique(self.customer[rows], return_inverse=True)
        return Orders(
            number, self.day[rows], self.amount[rows], self.segment[customers], end=end,
            rows_without_consent=self.rows_without_consent,
        )  # fmt: skip

    @property
    def digest(self) -> str:
        """SHA-256 over each customer's segment and orders, sorted; no identifier, no row order."""
        starts = np.flatnonzero(self.first)
        dates = [str(date_of(day)) for day in self.day]
        cells = [f"{day}:{amount:.4f}" for day, amount in zip(dates, self.amount, strict=True)]
        ends = np.r_[starts[1:], len(cells)]
        lines = sorted(
            f"{name}|" + ",".join(cells[start:stop])
            for name, start, stop in zip(self.segment, starts, ends, strict=True)
        )
        text = "\n".join([str(date_of(self.end)), *lines])
        return hashlib.sha256(text.encode()).hexdigest()


def merged(
    customer: np.ndarray, day: np.ndarray, amount: np.ndarray, segment: np.ndarray, *, end: int
) -> Orders:
    """Rows in any order, those of one customer on one day added up.

    ``segment`` is per row; a customer's is that of its first row on its first day.
    """
    order = np.lexsort((day, customer))  # stable: rows of one day stay in the order of the table
    customer, day, amount, segment = customer[order], day[order], amount[order], segment[order]
    new_customer = np.r_[True, customer[1:] != customer[:-1]]
    new = new_customer | np.r_[True, day[1:] != day[:-1]]
    sums = np.add.reduceat(amount, np.flatnonzero(new))
    number = np.cumsum(new_customer) - 1
    return Orders(number[new], day[new], sums, segment[new_customer], end=end)


def date_of(day: int) -> dt.date:
    """The date of a day since 1970-01-01."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(day))


def day_of(date: dt.date) -> int:
    """Days since 1970-01-01."""
    return (date - dt.date(1970, 1, 1)).days
