"""Small tables of orders."""

from __future__ import annotations

from pathlib import Path

from mmm.clv.orders import Orders
from mmm.clv.read import read_orders
from mmm.clv.spec import ClvSpec, csv_spec

SMALL = """customer_id,date,channel,amount,consent
anna@example.com,2026-01-05,search,10.00,yes
ben,2026-01-06,social,20.00,yes
anna@example.com,2026-01-19,social,5.00,yes
anna@example.com,2026-01-19,social,2.50,yes
carla,2026-01-07,search,99.00,no
ben,2026-02-03,social,40.00,yes
dora,2026-02-01,search,7.00,yes
"""


def spec_of(folder: Path, text: str = SMALL, **options: object) -> ClvSpec:
    path = folder / "orders.csv"
    path.write_bytes(text.encode())
    return csv_spec(path, options)


def orders_of(folder: Path, text: str = SMALL, **options: object) -> Orders:
    return read_orders(spec_of(folder, text, **options))
