"""What an earlier plan promised, and what the latest curves say came of what was spent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import xarray as xr

from allocator.engine.setting.assumptions import as_given
from allocator.findings.dossier import Promise
from allocator.plan import Plan
from allocator.prepare.source import Source
from allocator.reports._base.numbers import percent, quantity
from mmm.curves import ResponseCurves, Window

WEEK = dt.timedelta(weeks=1)


def promise(source: Source) -> Promise | None:
    """None where no earlier plan was named, or it promises nothing that this plan's goal counts.

    ``came`` is the mean over the draws of the incremental outcome of the amounts in the latest
    curves' history, in the weeks that the earlier plan was for; null where any of them is missing.
    """
    earlier = source.told.promised
    if earlier is None:
        return None
    kpi = source.kpi if source.kpi in earlier.units else next(iter(earlier.units))
    promised = earlier.totals.plan.kpis[kpi]
    found = _came(as_given(source.setting.curves), earlier, kpi)
    words = "Its weeks are not in the data yet."
    if found is not None:
        came, spent = found
        apart = percent(came / promised.mean - 1, signed=True) if promised.mean > 0 else "–"
        money = quantity(spent, "currency", earlier.currency)
        planned = quantity(earlier.totals.plan.spend, "currency", earlier.currency)
        words = (
            f"{apart} against the promise, by the latest model; {money} spent, {planned} planned."
        )
    return Promise(
        plan=earlier.digest, title=earlier.scenario.title, start=earlier.period.start,
        end=earlier.period.end, promised=promised, kpi=kpi,
        came=found[0] if found is not None else None, words=words,
    )  # fmt: skip


def _came(curves: ResponseCurves, earlier: Plan, kpi: str) -> tuple[float, float] | None:
    """(mean incremental outcome, money) of what was spent in the weeks of an earlier plan."""
    history = curves.history
    if history is None or kpi not in curves.kpis:
        return None
    days = history["week"].to_numpy().astype("datetime64[D]").astype(dt.date).tolist()
    start, weeks = dt.date.fromisoformat(earlier.period.start), len(earlier.period.weeks)
    if start not in days or days.index(start) + weeks > len(days):
        return None
    first = days.index(start)
    if first == 0:
        return None  # nothing before it: its carry-in is not known
    spent = history.sel(line=list(curves.lines)).transpose("line", "week")
    own = spent.isel(week=slice(first, first + weeks))
    return _outcome(curves, own, spent.isel(week=slice(first + weeks, None)), first, kpi)


def _outcome(
    curves: ResponseCurves, own: xr.DataArray, later: xr.DataArray, first: int, kpi: str
) -> tuple[float, float]:
    """The same model with its history ended before those weeks; after them comes what came."""
    known = replace(curves, data=curves.data.isel(week=slice(0, first)))
    lags = int(curves.data["window"].max()) if "window" in curves.data else 1
    after = np.zeros((own.sizes["line"], lags - 1))
    seen = later.to_numpy()[:, : lags - 1]
    after[:, : seen.shape[1]] = seen
    lines = {"line": list(curves.lines)}
    start = own["week"].to_numpy()[0].astype("datetime64[D]").astype(dt.date)
    window = Window(
        start,
        own.sizes["week"],
        before=xr.DataArray(np.zeros((len(curves.lines), 0)), dims=("line", "week"), coords=lines),
        after=xr.DataArray(after, dims=("line", "week"), coords=lines),
    )
    response = known.response(own, window).sel(kpi=kpi)
    return float(response.sum("line").mean("draw")), float(own.sum())
