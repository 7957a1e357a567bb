"""How near a fit came to the truth of a simulated world."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mmm.contributions import Contributions, contributions
from mmm.errors import Fault, InputError, on_disk
from mmm.fit.conduct import Fit

INSIDE = (5.0, 95.0)  # percentiles: a 90 % interval, as everywhere in this house


@dataclass(frozen=True)
class Quantity:
    """A posterior held against one true number.

    bias: mean − truth; covered: whether the 90 % interval holds the truth
    crps: continuous ranked probability score (Gneiting & Raftery 2007), 0 is perfect
    """

    true: float
    mean: float
    low: float
    high: float
    bias: float
    covered: bool
    crps: float


@dataclass(frozen=True)
class LineScore:
    """One line: return on spend and marginal return, KPI units per currency unit."""

    line: str
    roas: Quantity
    marginal_roas: Quantity


@dataclass(frozen=True)
class Score:
    """One KPI of a fit against the truth.

    accuracy:     1 − Σ_channel |estimated − true| / Σ_channel true, of contributions over the
                  data, posterior mean
    covered, marginal_covered: lines whose 90 % interval holds the truth, of ``lines``
    roas_bias, marginal_bias:  Σ over lines of (mean − truth) over Σ truth
    roas_crps:    mean over lines
    weekly_crps:  of all media together, mean over weeks, as a share of their mean contribution
    """

    kpi: str
    lines: tuple[LineScore, ...]
    accuracy: float
    covered: int
    marginal_covered: int
    roas_bias: float
    marginal_bias: float
    roas_crps: float
    weekly_crps: float


def score(fit: Fit, truth: Mapping[str, Any], *, file: str = "truth.json") -> tuple[Score, ...]:
    """The score of every KPI that fit and truth have in common.

    truth: what ``read_truth`` read. Raises InputError where the lines or weeks are not the same
    or no KPI is.
    """
    known = [str(kpi) for kpi in fit.posterior["kpi"].to_numpy() if str(kpi) in truth["kpis"]]
    _same_world(fit, truth, known, file)
    return tuple(
        score_kpi(contributions(fit.posterior, fit.constants, kpi), truth) for kpi in known
    )


def score_kpi(estimated: Contributions, truth: Mapping[str, Any]) -> Score:
    """The score of one KPI."""
    true = {line: truth["lines"][line]["kpis"][estimated.kpi] for line in estimated.lines}
    totals, money = estimated.totals, estimated.money
    marginal = estimated.marginal.sum(axis=2)
    lines = tuple(
        LineScore(
            line,
            held(totals[:, row] / money[row], true_return(true[line], "roas", "cac")),
            held(
                marginal[:, row] / money[row],
                true_return(true[line], "marginal_roas", "marginal_cac"),
            ),
        )
        for row, line in enumerate(estimated.lines)
    )
    weekly = np.array([own["contribution"] for own in true.values()])
    media = estimated.weekly.sum(axis=(1, 2), dtype=float)
    return Score(
        estimated.kpi,
        lines,
        accuracy=accuracy(estimated.channels, totals.mean(axis=0), weekly.sum(axis=1)),
        covered=sum(line.roas.covered for line in lines),
        marginal_covered=sum(line.marginal_roas.covered for line in lines),
        roas_bias=_relative_bias([line.roas for line in lines]),
        marginal_bias=_relative_bias([line.marginal_roas for line in lines]),
        roas_crps=float(np.mean([line.roas.crps for line in lines])),
        weekly_crps=float(crps(media, weekly.sum(axis=0)).mean() / weekly.sum(axis=0).mean()),
    )


def held(draws: np.ndarray, true: float) -> Quantity:
    """Draws (draw,) against the truth."""
    low, high = (float(end) for end in np.percentile(draws, INSIDE))
    mean = float(draws.mean())
    return Quantity(
        true, mean, low, high, mean - true, low <= true <= high, float(crps(draws, np.array(true)))
    )


def crps(draws: np.ndarray, true: np.ndarray) -> np.ndarray:
    """E|X − y| − ½ E|X − X'| over draws (draw, …), for y (…): (…), in the unit of y.

    The second term from sorted draws: Σ_i (2i − n − 1) x_(i) / n².
    """
    count = len(draws)
    rank = (2 * np.arange(1, count + 1) - count - 1) / count**2
    spread = np.tensordot(rank, np.sort(draws, axis=0), axes=1)
    distance: np.ndarray = np.abs(draws - true).mean(axis=0) - spread
    return distance


def accuracy(channels: tuple[str, ...], estimated: np.ndarray, true: np.ndarray) -> float:
    """1 − Σ |estimated − true| / Σ true over channels; both (line,) contributions over the data."""
    owner = np.array(channels)
    off = [abs((estimated - true)[owner == channel].sum()) for channel in dict.fromkeys(channels)]
    return float(1 - np.sum(off) / true.sum())


def true_return(own: Mapping[str, float], roas: str, cac: str) -> float:
    """KPI units per currency unit, whether the truth states a return or a cost."""
    return own[roas] if roas in own else 1 / own[cac]


def _relative_bias(quantities: list[Quantity]) -> float:
    off = sum(quantity.bias for quantity in quantities)
    return off / sum(quantity.true for quantity in quantities)


def read_truth(path: Path) -> dict[str, Any]:
    """A truth.json of ``mmm simulate``. Raises InputError for anything else."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        if {"kpis", "lines", "weeks"} <= set(body):
            return dict(body)
        found = "another kind of file"
    except OSError as error:
        found = on_disk(error)
    except (ValueError, TypeError):
        found = "a file that cannot be read"
    expected, fix = "a truth.json", "mmm simulate writes one beside the tables"
    raise InputError([Fault(str(path), 0, 0, "", found, expected, fix)])


def _same_world(fit: Fit, truth: Mapping[str, Any], kpis: list[str], file: str) -> None:
    lines = {str(line) for line in fit.constants["line"].to_numpy()}
    weeks = [str(week)[:10] for week in fit.constants["week"].to_numpy()]
    faults = []
    if lines != set(truth["lines"]):
        odd = ", ".join(sorted(lines ^ set(truth["lines"])))
        fault = f"other lines than the fit's ({odd})", "the world that was fitted"
        faults.append(Fault(file, 0, 0, "lines", *fault))
    if weeks != truth["weeks"]:
        found = f"weeks {truth['weeks'][0]} to {truth['weeks'][-1]}"
        fault = found, f"{weeks[0]} to {weeks[-1]}, the weeks of the fit"
        faults.append(Fault(file, 0, 0, "weeks", *fault))
    if not kpis:
        found, expected = ", ".join(truth["kpis"]), "a KPI of the fit"
        faults.append(Fault(file, 0, 0, "kpis", found, expected))
    if faults:
        raise InputError(faults)
