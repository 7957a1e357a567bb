"""From a fit to the facts of its health card."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mmm.health_facts.alike import alike
from mmm.health_facts.beliefs import beliefs
from mmm.health_facts.demand import followed
from mmm.health_facts.kpi import KpiFacts, Placebo
from mmm.health_facts.lines import bands, leaning
from mmm.health_facts.predictive import RANGE, in_sample, outlier
from mmm.model.derived import Derived, explained
from mmm.model.evidence import Evidence
from mmm.posterior import Diagnostics


def facts_of(
    evidence: Evidence,
    raw: Mapping[str, np.ndarray],
    derived: Derived,
    diagnostics: Diagnostics,
    *,
    money: bool,
) -> KpiFacts:
    """Facts of a fit to all weeks. raw: what was sampled, name -> (draw, …).

    Forecasts, placebo, tests and synergy are the caller's to add.
    """
    average = derived.average.sum(axis=-1)
    logs = np.log(average)
    spend = evidence.spend.sum(axis=1).mean(axis=1)
    median = np.exp(np.median(logs, axis=0))
    width = evidence.prior_width
    shift = (logs.mean(axis=0) - evidence.effect_mu) / width
    narrowing = 1 - logs.std(axis=0) / width
    lines = evidence.lines
    tails, inside = in_sample(evidence, derived)
    return KpiFacts(
        kpi=evidence.kpi,
        diagnostics=diagnostics,
        explained=explained(evidence.kpi_values, derived.expected),
        shift=dict(zip(lines, shift.tolist(), strict=True)),
        narrowing=dict(zip(lines, narrowing.tolist(), strict=True)),
        returns={
            line: float(median[row] / spend[row])
            for row, line in enumerate(lines)
            if spend[row] > 0
        },
        negative=float((derived.baseline < 0).mean()),
        money=money,
        likelihood=evidence.likelihood,
        smallest=float(evidence.kpi_values[:, : evidence.observed].mean(axis=1).min()),
        tails=tails,
        inside=inside,
        outlier=outlier(evidence, derived),
        alike=alike(evidence, average),
        followed=followed(evidence),
        bands=bands(evidence),
        beliefs=beliefs(evidence, raw, logs),
        leaning=leaning(evidence, raw),
    )


def placebo_of(evidence: Evidence, derived: Derived) -> Placebo:
    """What the last line of ``evidence`` earned, which did nothing and spent as the largest did."""
    weekly = derived.average.sum(axis=-1)
    spend = evidence.spend.sum(axis=1).mean(axis=1)
    own, paid = weekly[:, -1], spend[:-1] > 0
    real = np.median(weekly[:, :-1][:, paid] / spend[:-1][paid], axis=0)
    return Placebo(
        of=evidence.lines[int(spend[:-1].argmax())],
        share=float(np.median(own) / np.exp(evidence.effect_mu[-1])),
        low=float(np.quantile(own, RANGE[0]) / spend[-1] / np.median(real)),
    )
