"""Money that comes later counts less: net present value of a plan's weekly cash flow.

d_t = (1 + r)^(−t/52), t = 0, 1, … the planned weeks, r the yearly rate; spend and outcome of week t
count d_t. What falls after the last planned week, all of it, counts d_T, the week after it: the
curves tell no more, and nearly all carry-over falls soon. That is at most a little too much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from allocator.constraints import Meter
from allocator.objectives import Terms

YEAR = 52  # weeks


def factors(rate: float, weeks: int) -> np.ndarray:
    """d_0 … d_T: (weeks + 1,), the last for all that falls after the planned weeks."""
    found: np.ndarray = (1 + rate) ** (-np.arange(weeks + 1) / YEAR)
    return found


def discounted(
    terms: Terms, d: np.ndarray, profiles: Mapping[str, np.ndarray]
) -> tuple[Terms, dict[str, Meter]]:
    """The goal at present value, for lines spent along profiles (week,); what its meters mean."""
    meters = {present(kpi): Meter(kpi, count=d) for kpi in terms.response}
    response = {present(kpi): weight for kpi, weight in terms.response.items()}
    saved = {line: terms.spend * float(shares @ d[:-1] - 1) for line, shares in profiles.items()}
    by_line = {line: weight for line, weight in saved.items() if weight}
    return replace(terms, response=response, by_line=by_line), meters


def present(kpi: str) -> str:
    """Name of the meter of a KPI at present value."""
    return f"present value of {kpi}"
