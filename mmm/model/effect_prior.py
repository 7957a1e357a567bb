"""What a line is believed to bring, in one common unit: KPI units per week, averaged over the data.

    roas:        average = prior_roas · Σ spend / T
    cac:         average = Σ spend / (T · cac)
    media_share: average = share · Σ KPI / T · the line's part of all media
    share:       average = share · Σ KPI / T

Each belief is LogNormal, so the average is LogNormal with the same σ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mmm.data import MediaData
from mmm.errors import InputError
from mmm.spec import EffectPrior, LogNormalPrior, ModelSpec


@dataclass(frozen=True)
class _Line:
    """Weekly averages over the observed weeks of all geos: spend, its part of all, the KPI."""

    spend: float
    spend_part: float
    equal_part: float
    kpi: float


def effect_prior(
    spec: ModelSpec, data: MediaData, kpi: str, weeks: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of ln(average weekly contribution): two arrays (line,).

    Averages run over the first ``weeks`` weeks. Raises InputError where a belief has no base: a
    ROAS of a line that never spent, or a share of a KPI that adds up to nothing.
    """
    spend = data.panel("spend")[..., :weeks].sum(axis=1).mean(axis=1)
    values = data.panel("kpis")[list(data.kpi_names).index(kpi)]
    level = float(values[:, :weeks].sum(axis=0).mean())
    medians, sigmas, faults = [], [], []
    owners = map(str, data.dataset["channel"].to_numpy())
    for line, channel, own in zip(data.lines, owners, spend, strict=True):
        prior = spec.effect_prior(kpi, channel)
        facts = _Line(own, own / spend.sum() if spend.sum() else 0.0, 1 / len(spend), level)
        belief, median = AVERAGES[prior.kind](prior, facts)
        if not median > 0:
            found = (
                f"a {prior.kind} belief about {line}, with spend {own:,.0f} and {kpi} {level:,.0f}"
            )
            expected = "spend and a KPI above zero on average"
            faults.append(spec.fault(("channels", channel), found, expected))
            continue
        medians.append(median)
        sigmas.append(belief.sigma)
    if faults:
        raise InputError(faults)
    return np.log(np.array(medians)), np.array(sigmas)


def _from_roas(prior: EffectPrior, line: _Line) -> tuple[LogNormalPrior, float]:
    assert prior.roas is not None  # chosen by its kind
    return prior.roas, prior.roas.median * line.spend


def _from_cac(prior: EffectPrior, line: _Line) -> tuple[LogNormalPrior, float]:
    assert prior.cac is not None  # chosen by its kind
    return prior.cac, line.spend / prior.cac.median


def _from_share(prior: EffectPrior, line: _Line) -> tuple[LogNormalPrior, float]:
    share = prior.media_share
    assert share is not None  # chosen by its kind
    part = {"spend": line.spend_part, "equal": line.equal_part}[share.spread]
    return share, share.median * line.kpi * part


def _from_own_share(prior: EffectPrior, line: _Line) -> tuple[LogNormalPrior, float]:
    assert prior.share is not None  # chosen by its kind
    return prior.share, prior.share.median * line.kpi


AVERAGES: dict[str, Callable[[EffectPrior, _Line], tuple[LogNormalPrior, float]]] = {
    "roas": _from_roas,
    "cac": _from_cac,
    "media_share": _from_share,
    "share": _from_own_share,
}
