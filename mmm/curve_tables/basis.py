"""Where curves are read: the last weeks of history repeated steadily, or the end of a table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import xarray as xr

from mmm.curves import ParametricCurves, ResponseCurves, Window
from mmm.errors import Fault, InputError

USUAL_WEEKS = 13  # a quarter, as most plans


@dataclass(frozen=True, eq=False)
class Basis:
    """Steady spend over a window, with what surrounds it.

    spend:    (line,) total over the window, currency, in the order of the curves' lines
    observed: (line, week) history; None for imported curves
    meaning:  what the figures are about, as a sentence a planner understands
    """

    weeks: int
    spend: np.ndarray
    observed: xr.DataArray | None
    window: Window
    meaning: str


def basis_of(curves: ResponseCurves, weeks: int | None = None) -> Basis:
    """The basis of ``curves``; ``weeks`` is 13 where the curves do not say.

    Fitted curves: the spend of the last ``weeks`` weeks of history, spread evenly over the weeks
    that follow, and going on at that rate after them; a line without history at the spend that
    was stated for it. Imported curves know neither history nor any other window than their own:
    they are read at their last point. Raises InputError when ``weeks`` does not fit.
    """
    if isinstance(curves, ParametricCurves):
        return _steady_history(curves, USUAL_WEEKS if weeks is None else weeks)
    own = int(curves.data.attrs["weeks"])
    if weeks not in (None, own):
        raise _refused(weeks, f"{own}, which is what the imported table is about")
    nothing = _per_line(curves, np.zeros((len(curves.lines), 0)))
    return Basis(
        own,
        np.array([curves.largest_total(line) for line in curves.lines]),
        None,
        Window(dt.date(1970, 1, 5), own, nothing, nothing),  # a table does not depend on the date
        f"at the last point of each imported curve, totals over {own} weeks",
    )


def _steady_history(curves: ParametricCurves, weeks: int) -> Basis:
    history = curves.history
    if not 1 <= weeks <= history.sizes["week"]:
        raise _refused(weeks, f"1 to {history.sizes['week']}, the weeks of history")
    last = history.isel(week=slice(-weeks, None))
    new = (history.max("week") == 0).to_numpy() & curves.data["prior_driven"].to_numpy()
    stated = (curves.data["scale"] * curves.data["cost_per_unit"]).to_numpy()
    spend = np.where(new, stated * weeks, last.sum("week").to_numpy())
    tail = int(curves.data["window"].max()) - 1
    after = np.repeat(spend[:, None] / weeks, tail, axis=1)
    end = last["week"].to_numpy()[-1].astype("datetime64[D]").item() + dt.timedelta(days=7)
    begin = last["week"].to_numpy()[0].astype("datetime64[D]").item()
    nothing = _per_line(curves, np.zeros((len(spend), 0)))
    return Basis(
        weeks,
        spend,
        history,
        Window(end, weeks, nothing, _per_line(curves, after)),
        f"the spend of the {weeks} weeks {begin} to {end - dt.timedelta(days=1)}, "
        f"repeated evenly over the next {weeks}"
        + ("; lines without history at the spend stated for them" if new.any() else ""),
    )


def _per_line(curves: ResponseCurves, values: np.ndarray) -> xr.DataArray:
    return xr.DataArray(values, dims=("line", "week"), coords={"line": list(curves.lines)})


def _refused(weeks: int | None, expected: str) -> InputError:
    return InputError([Fault("--weeks", 0, 0, "", str(weeks), expected)])
