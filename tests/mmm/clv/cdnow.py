"""CDNOW, the 1/10 sample of the papers: 2,357 customers who first bought in early 1997."""

from __future__ import annotations

import csv
import datetime as dt

import numpy as np

import real_sets
from mmm.clv.orders import Orders, day_of
from mmm.clv.read import read_orders
from mmm.clv.spec import csv_spec
from mmm.clv.summary import Customers

CALIBRATED = day_of(dt.date(1997, 9, 30))
"""The papers fit to the first 39 weeks."""


def transactions() -> Orders:
    folder = real_sets.folder()
    assert folder is not None
    options = {"customer": "id", "amount": "spent", "date_format": "YYYYMMDD", "end": "1998-06-30"}
    return read_orders(csv_spec(folder / "clv_cdnow" / "cdnow_transactions.csv", options))


def summary() -> Customers:
    """As published: a row a customer, times rounded to 0.01 weeks."""
    folder = real_sets.folder()
    assert folder is not None
    path = folder / "clv_cdnow" / "cdnow_summary_with_transactions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    x, t_x, T, mean = (np.array([float(row[k]) for row in rows]) for k in ("x", "t_x", "T", "zbar"))
    return Customers(x, t_x, T, mean, np.ones(len(x)))
