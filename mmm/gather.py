"""From model.yaml and MediaData to the Evidence of one KPI."""

from __future__ import annotations

import numpy as np

from mmm.adstock import lagged
from mmm.baseline import baseline
from mmm.data import MediaData
from mmm.effect_prior import effect_prior
from mmm.errors import InputError
from mmm.evidence import Evidence, Family, Parameter
from mmm.spec import BetaPrior, LogNormalPrior, ModelSpec

MIN_OBSERVED = 26  # half a year: below it season, trend and media cannot be told apart at all


def gather(spec: ModelSpec, data: MediaData, kpi: str, *, holdout: int = 0) -> Evidence:
    """What the model of ``kpi`` sees; the last ``holdout`` weeks are kept out of the likelihood.

    A line's scale is the mean of its exposure over the weeks in which it has any. Raises
    InputError when too few weeks remain, a line has no exposure in them, or the KPI never moves.
    """
    numbers = data.dataset
    observed = len(data.dates) - holdout
    values = numbers["kpis"].sel(kpi=kpi).to_numpy()
    spend = numbers["spend"].sel(line=list(data.lines)).to_numpy()
    exposure = exposures(spec, data)
    _usable(spec, data, kpi, values[:observed], exposure[:, :observed])
    scale = np.array([row[row > 0].mean() for row in exposure[:, :observed]])
    mu, sigma = effect_prior(spec, data, kpi, observed)
    seen = values[:observed]
    return Evidence(
        kpi=kpi,
        lines=data.lines,
        weeks=data.dates,
        observed=observed,
        kpi_values=values,
        spend=spend,
        exposure=exposure,
        scale=scale,
        families=_families(spec, data, exposure / scale[:, None]),
        parameters=_parameters(spec, data),
        effect_mu=mu,
        effect_sigma=sigma,
        baseline=baseline(
            spec,
            data.dates,
            level=abs(seen.mean()) / seen.std(),
            events=_series(data, "event"),
            controls=_series(data, "control"),
        ),
    )


def exposures(spec: ModelSpec, data: MediaData) -> np.ndarray:
    """What each line runs on, spend or impressions: (line, week)."""
    media = {
        line: str(spec.channels[channel].media)
        for line, channel in zip(data.lines, channels(data), strict=True)
    }
    rows: np.ndarray = data.exposure(media).transpose("line", "date").to_numpy()
    return rows


def channels(data: MediaData) -> tuple[str, ...]:
    """The channel of every line."""
    return tuple(map(str, data.dataset["channel"].to_numpy()))


def _series(data: MediaData, kind: str) -> dict[str, np.ndarray]:
    rows = data.dataset[f"{kind}s"].transpose(kind, "date").to_numpy()
    return dict(zip(map(str, data.dataset[kind].to_numpy()), rows, strict=True))


def _families(spec: ModelSpec, data: MediaData, level: np.ndarray) -> tuple[Family, ...]:
    groups: dict[tuple[str, int, str], list[int]] = {}
    for row, channel in enumerate(channels(data)):
        carry = spec.adstock(channel)
        key = (carry.kind, carry.window, spec.saturation(channel).kind)
        groups.setdefault(key, []).append(row)
    return tuple(
        Family(carry, curve, np.array(rows), np.ascontiguousarray(lagged(level[rows], window)))
        for (carry, window, curve), rows in groups.items()
    )


def _parameters(spec: ModelSpec, data: MediaData) -> tuple[Parameter, ...]:
    found: dict[str, dict[int, BetaPrior | LogNormalPrior]] = {}
    for row, channel in enumerate(channels(data)):
        carry = spec.adstock(channel)
        for name, prior in carry.parameters.items():
            found.setdefault(f"adstock_{name}", {})[row] = prior
        for name, prior in spec.saturation(channel).parameters.items():
            found.setdefault(f"saturation_{name}", {})[row] = prior
    return tuple(
        Parameter(name, np.array(list(priors)), tuple(priors.values()))
        for name, priors in found.items()
    )


def _usable(
    spec: ModelSpec, data: MediaData, kpi: str, values: np.ndarray, exposure: np.ndarray
) -> None:
    faults = []
    if len(values) < MIN_OBSERVED:
        found = f"{len(values)} weeks to learn from"
        faults.append(spec.fault(("data",), found, f"at least {MIN_OBSERVED}"))
    elif np.ptp(values) == 0:
        faults.append(spec.fault(("kpis", kpi), "the same value in every week", "a KPI that moves"))
    for line, channel, row in zip(data.lines, channels(data), exposure, strict=True):
        if not (row > 0).any():
            found = f"no exposure of {line} in the {len(values)} weeks to learn from"
            fix = "leave the line out, or hold out fewer weeks"
            faults.append(spec.fault(("channels", channel), found, "some exposure", fix))
    if faults:
        raise InputError(faults)
