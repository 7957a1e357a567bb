"""Segments that are large enough to be shown: the others are merged, or refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from mmm.clv.orders import Orders
from mmm.clv.spec import ClvSpec
from mmm.errors import Fault, InputError

OTHER = "other"
UNLABELLED = "unlabelled"
"""Customers whose first order has an empty segment."""


@dataclass(frozen=True)
class Segmented:
    """Orders whose segments all have min_size customers, and how many were merged for that."""

    orders: Orders
    merged: int


def large_enough(orders: Orders, spec: ClvSpec) -> Segmented:
    """Merge segments below ``min_size`` into ``other``.

    Where ``other`` would still be too small, the next smallest segment joins it: else the total
    less the segments shown would tell of it. Raises InputError where everybody together is too
    few, or where ``small_segments`` is refuse; names of small segments are not told.
    """
    everybody = len(orders.segment)
    if everybody < spec.min_size:
        _refuse(spec, f"{everybody:,} new customers", "more orders, or a smaller `min_size`")
    if not orders.labelled:
        return Segmented(orders, 0)
    named = np.where(orders.segment == "", UNLABELLED, orders.segment.astype(object))
    counts = Counter(named.tolist())
    small = {name for name, count in counts.items() if count < spec.min_size}
    if not small:
        return Segmented(replace(orders, segment=named), 0)
    if spec.small_segments == "refuse":
        found = f"{len(small)} segments with fewer" if len(small) > 1 else "a segment with fewer"
        _refuse(spec, found, "write `small_segments: merge`, or name coarser segments")
    pool = small | ({OTHER} & set(counts))
    for name, _ in sorted(counts.items(), key=lambda item: (item[1], str(item[0]))):
        if sum(counts[one] for one in pool) >= spec.min_size:
            break
        pool.add(name)
    if pool == set(counts):
        return Segmented(replace(orders, segment=np.full(everybody, "", object)), len(pool))
    shown = np.where(np.isin(named, list(pool)), OTHER, named)
    return Segmented(replace(orders, segment=shown), len(pool - {OTHER}))


def _refuse(spec: ClvSpec, found: str, fix: str) -> None:
    expected = f"at least {spec.min_size} (`min_size`)"
    raise InputError([Fault(str(spec.path), 0, 0, spec.segment or "", found, expected, fix)])
