"""From model.yaml and MediaData to the Evidence of one KPI."""

from __future__ import annotations

import numpy as np

from mmm.adstock import lagged
from mmm.baseline import baseline
from mmm.data import MediaData
from mmm.errors import InputError
from mmm.model.centring import information
from mmm.model.columns import SampledColumns
from mmm.model.effect_prior import effect_prior
from mmm.model.evidence import Evidence, Family
from mmm.model.pooling import Parameter, Pooling
from mmm.model.reach_lines import ReachLines, reach_lines
from mmm.model.synergy import Synergy, unknown_pairs
from mmm.spec import ModelSpec

MIN_OBSERVED = 26  # half a year: below it season, trend and media cannot be told apart at all


def gather(
    spec: ModelSpec,
    data: MediaData,
    kpi: str,
    *,
    holdout: int = 0,
    given: np.ndarray | None = None,
) -> Evidence:
    """What the model of ``kpi`` sees; the last ``holdout`` weeks are kept out of the likelihood.

    data: without lines that are paid by result, which ``mmm.unlearnt`` takes out; given: (G, T)
    what those are taken to bring, KPI units.

    A line's scale is the mean of its exposure per head over the weeks in which it has any. Raises
    InputError when too few weeks remain, a line has no exposure in them, or the KPI never moves.
    """
    observed = len(data.dates) - holdout
    values = data.panel("kpis")[list(data.kpi_names).index(kpi)]
    population = data.population
    exposure = exposures(spec, data)
    _usable(spec, data, kpi, values[:, :observed], exposure[..., :observed])
    level = exposure / population[:, None]
    scale = np.array([row[row > 0].mean() for row in level[..., :observed]])
    mu, sigma = effect_prior(spec, data, kpi, observed)
    reach = reach_lines(spec, data)
    per_head = values[:, :observed] / population[:, None]
    spread = (per_head - per_head.mean(axis=1, keepdims=True)).std()
    controls = controls_of(data)
    sampled = SampledColumns.of(spec.controls, controls)
    return Evidence(
        kpi=kpi,
        lines=data.lines,
        geos=data.geos,
        population=population,
        weeks=data.dates,
        observed=observed,
        kpi_values=values,
        spend=data.panel("spend"),
        exposure=exposure,
        scale=scale,
        families=_families(spec, data, level / scale[:, None, None], reach),
        parameters=_parameters(spec, data),
        effect_mu=mu,
        effect_sigma=sigma,
        baseline=baseline(
            spec,
            data.dates,
            level=abs(per_head.mean()) / spread,
            events=events_of(data),
            controls={name: rows[0] for name, rows in controls.items() if (rows == rows[0]).all()},
        ),
        pooling=_pooling(data, level[..., :observed], np.exp(mu), per_head),
        columns=sampled,
        synergy=Synergy.of(spec.synergy, data.lines, channels(data)),
        likelihood=spec.kpis[kpi].likelihood,
        reach=reach,
        given=given,
    )


def exposures(spec: ModelSpec, data: MediaData) -> np.ndarray:
    """What each line runs on, spend, impressions or reach: (line, geo, week).

    Raises ValueError for lines paid by result, which ``mmm.unlearnt`` takes out beforehand.
    """
    if paid := {one for one in channels(data) if spec.channels[one].commission is not None}:
        raise ValueError(f"{', '.join(sorted(paid))}: paid by result, so nothing is learnt of it")
    kinds = ("spend", "impressions", "reach")
    series = {name: data.panel(name) for name in kinds if name in data.dataset}
    rows = []
    for row, channel in enumerate(channels(data)):
        kind = spec.runs_on(channel)
        rows.append(series[kind][row])
        if np.isnan(rows[-1]).any():
            raise ValueError(f"{data.lines[row]} has no measured {kind}")
    return np.stack(rows)


def channels(data: MediaData) -> tuple[str, ...]:
    """The channel of every line."""
    return tuple(map(str, data.dataset["channel"].to_numpy()))


def _pooling(
    data: MediaData, level: np.ndarray, usual: np.ndarray, per_head: np.ndarray
) -> Pooling:
    """level: (line, geo, observed) exposure per head; usual: (line,) contribution believed of each
    line; per_head: (geo, observed) the KPI."""
    own = usual / data.population.sum()
    known = information(level, own, per_head)
    return Pooling.of(channels(data), local=data.local, information=known)


def events_of(data: MediaData) -> dict[str, np.ndarray]:
    """Event -> (T,) its days in each week, over the most it has in any."""
    rows = data.dataset["events"].transpose("event", "date").to_numpy()
    return dict(zip(map(str, data.dataset["event"].to_numpy()), rows, strict=True))


def controls_of(data: MediaData) -> dict[str, np.ndarray]:
    """Control's label -> (G, T), raw."""
    names = map(str, data.dataset["control"].to_numpy())
    return dict(zip(names, data.panel("controls"), strict=True))


def _families(
    spec: ModelSpec, data: MediaData, level: np.ndarray, reach: ReachLines | None
) -> tuple[Family, ...]:
    groups: dict[tuple[str, int, str, bool, bool], list[int]] = {}
    for row, channel in enumerate(channels(data)):
        carry, first = spec.adstock(channel), spec.order(channel) == "saturation_first"
        on_reach = spec.runs_on(channel) == "reach"
        key = (carry.kind, carry.window, spec.saturation(channel).kind, first, on_reach)
        groups.setdefault(key, []).append(row)
    families = []
    for (kind, window, curve, first, on_reach), rows in groups.items():
        often = None
        if on_reach and reach is not None:
            often = _lagged(reach.frequency[np.searchsorted(reach.rows, rows)], window)
        own = _lagged(level[rows], window)
        families.append(Family(kind, curve, np.array(rows), own, first, often))
    return tuple(families)


def _lagged(level: np.ndarray, window: int) -> np.ndarray:
    """(n, G, T) from each week backwards: (n, G·T, window); no geo looks into another's past."""
    seen = lagged(level, window)
    return np.ascontiguousarray(seen).reshape(len(level), -1, window)


def _parameters(spec: ModelSpec, data: MediaData) -> tuple[Parameter, ...]:
    """Every parameter once: its prior by channel, and the channel that each line reads."""
    owners = channels(data)
    found: dict[str, dict[str, object]] = {}
    for channel in dict.fromkeys(owners):
        for name, prior in spec.adstock(channel).parameters.items():
            found.setdefault(f"adstock_{name}", {})[channel] = prior
        for name, prior in spec.saturation(channel).parameters.items():
            found.setdefault(f"saturation_{name}", {})[channel] = prior
        for name, prior in spec.frequency_effect(channel).items():
            found.setdefault(f"frequency_{name}", {})[channel] = prior
    parameters = []
    for name, priors in found.items():
        rows = np.array([row for row, channel in enumerate(owners) if channel in priors])
        index = np.array([list(priors).index(owners[row]) for row in rows])
        parameters.append(Parameter(name, rows, tuple(priors), index, tuple(priors.values())))
    return tuple(parameters)


def _usable(
    spec: ModelSpec, data: MediaData, kpi: str, values: np.ndarray, exposure: np.ndarray
) -> None:
    faults = []
    weeks = values.shape[-1]
    if weeks < MIN_OBSERVED:
        found = f"{weeks} weeks to learn from"
        faults.append(spec.fault(("data",), found, f"at least {MIN_OBSERVED}"))
    elif not np.ptp(values, axis=1).any():
        faults.append(spec.fault(("kpis", kpi), "the same value in every week", "a KPI that moves"))
    for line, channel, row in zip(data.lines, channels(data), exposure, strict=True):
        if not (row > 0).any():
            found = f"no exposure of {line} in the {weeks} weeks to learn from"
            fix = "leave the line out, or hold out fewer weeks"
            faults.append(spec.fault(("channels", channel), found, "some exposure", fix))
    for path, name, fix in unknown_pairs(spec, data.lines, channels(data)):
        faults.append(spec.fault(path, repr(name), "a channel or line of the data", fix))
    if faults:
        raise InputError(faults)
