"""From the table to the files: the only conductor of this room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mmm.clv.estimate import estimate
from mmm.clv.file import ClvFile, save
from mmm.clv.read import read_orders
from mmm.clv.segments import large_enough
from mmm.clv.spec import ClvSpec
from mmm.clv.weekly import save_weekly, weekly
from mmm.files import refuse_existing


def conduct(
    spec: ClvSpec,
    out: Path,
    *,
    weekly_out: Path | None = None,
    force: bool = False,
    step: Callable[[str], object] = lambda _: None,
) -> ClvFile:
    """Read, fit, write ``out`` and, where asked, the weekly table; nothing is written if one fails.

    Raises OutputExists before any work, InputError for a table that cannot be used.
    """
    refuse_existing([path for path in (out, weekly_out) if path is not None], force=force)
    step("Reading the orders")
    orders = read_orders(spec)
    table = weekly(large_enough(orders, spec).orders, spec) if weekly_out is not None else None
    step("Fitting how often, how long and how much")
    made = estimate(orders, spec)
    save(made, out)
    if weekly_out is not None and table is not None:
        save_weekly(table, weekly_out)
    return made
