"""The sample shop's orders: ``python -m mmm.simulate.orders`` writes data/sample/transactions.csv.

Customers of six acquisition channels who order as BG/NBD and gamma-gamma say, with parameters
known here. Nobody in it exists.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmm.simulate.chance import stream

FILE = Path(__file__).parents[2] / "data" / "sample" / "transactions.csv"
SEED = 20261122
FIRST, LAST = dt.date(2024, 11, 25), dt.date(2026, 11, 22)


@dataclass(frozen=True)
class Source:
    """Customers of one channel. BG/NBD in weeks (r, alpha, a, b), gamma-gamma in EUR (p, q, v)."""

    channel: str
    customers: int
    r: float
    alpha: float
    a: float
    b: float
    p: float
    q: float
    v: float


SOURCES = (
    Source("search", 1000, r=0.75, alpha=18.0, a=0.60, b=2.6, p=5.0, q=4.5, v=45.0),
    Source("social", 620, r=0.50, alpha=20.0, a=0.80, b=2.2, p=5.0, q=4.5, v=38.0),
    Source("affiliate", 420, r=0.35, alpha=19.0, a=1.00, b=2.0, p=5.0, q=4.5, v=34.0),
    Source("tv", 330, r=0.90, alpha=20.0, a=0.45, b=2.8, p=5.0, q=4.5, v=50.0),
    Source("podcast", 36, r=0.70, alpha=18.0, a=0.60, b=2.5, p=5.0, q=4.5, v=45.0),
    Source("print", 30, r=0.60, alpha=20.0, a=0.70, b=2.4, p=5.0, q=4.5, v=48.0),
)
"""Podcast and print are below the smallest size that is shown: they are merged."""
REFUSED = 0.03
"""Share of customers without consent."""


def transactions(seed: int = SEED) -> str:
    """The CSV text: customer_id, date, channel, amount, consent; sorted by date."""
    rng = stream(seed, "orders")
    weeks = ((LAST - FIRST).days + 1) / 7
    rows = []
    number = 0
    codes = rng.permutation(sum(source.customers for source in SOURCES))
    for source in SOURCES:
        for _ in range(source.customers):
            born = rng.uniform(0, weeks)
            rate = rng.gamma(source.r) / source.alpha
            stops = rng.beta(source.a, source.b)
            scale = rng.gamma(source.q) / source.v
            consent = "no" if rng.random() < REFUSED else "yes"
            days = dict.fromkeys(
                int(7 * time) for time in _times(rng, born, weeks, rate=rate, stops=stops)
            )
            for day in days:
                amount = max(rng.gamma(source.p) / scale, 1.0)
                rows.append((day, int(codes[number]), source.channel, amount, consent))
            number += 1
    lines = [
        f"k{code:04d},{FIRST + dt.timedelta(days=day)},{channel},{amount:.2f},{consent}"
        for day, code, channel, amount, consent in sorted(rows)
    ]
    return "\n".join(["customer_id,date,channel,amount,consent", *lines]) + "\n"


def _times(
    rng: np.random.Generator, born: float, end: float, *, rate: float, stops: float
) -> list[float]:
    """Weeks of a customer's orders: the first at ``born``, then until it stops or time ends."""
    times = [born]
    while True:
        later = times[-1] + rng.exponential(1 / rate)
        if later >= end:
            return times
        times.append(later)
        if rng.random() < stops:
            return times


if __name__ == "__main__":
    FILE.write_text(transactions(), encoding="utf-8", newline="")
    print(FILE)
