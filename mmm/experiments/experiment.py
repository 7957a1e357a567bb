"""What an experiment measured: one row of experiments.csv, checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["holdout", "scale_up", "geo_lift"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ALL = "all"
"""Every line, or every geo."""


@dataclass(frozen=True)
class Experiment:
    """A change of spend, and what it caused.

    kpi:                 the KPI that was measured
    lines:               selectors of the lines whose spend was changed: ``all``, a channel,
                         a channel/campaign
    geos:                the geos it was changed in; ``("all",)`` for the whole country
    start, end:          first day of the first and last day of the last week of the change
    spend_change:        actual spend − what would have been spent, over all lines, geos and weeks;
                         currency, below zero for a holdout
    incremental_outcome: what the change caused from ``start`` to ``measured_until``; KPI units
    standard_error:      of incremental_outcome; KPI units, above zero
    kind:                holdout (spend cut), scale_up (raised), geo_lift (raised in some geos)
    measured_until:      last day that the outcome was counted, ``end`` or later
    name:                how the card and the report call it
    """

    kpi: str
    lines: tuple[str, ...]
    geos: tuple[str, ...]
    start: dt.date
    end: dt.date
    spend_change: float
    incremental_outcome: float
    standard_error: float
    kind: Kind
    measured_until: dt.date
    name: str


def chosen(selectors: Sequence[str], lines: Sequence[str]) -> tuple[int, ...]:
    """Positions in ``lines`` that the selectors mean, each once, in their order.

    ``all`` means every line, ``search`` a line of that name or every ``search/…``.
    """
    return tuple(
        place
        for place, line in enumerate(lines)
        if any(one in (ALL, line) or line.startswith(f"{one}/") for one in selectors)
    )
