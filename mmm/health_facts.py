"""The figures of one KPI's fit that the health card judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mmm.derived import Derived, explained
from mmm.evidence import Evidence
from mmm.posterior import Diagnostics


@dataclass(frozen=True)
class KpiFacts:
    """explained:  share of variance explained over all weeks
    predicted:  share of variance explained of ``holdout`` weeks the model had not seen; or None
    shift:      line -> how far ln(average contribution) moved, in prior standard deviations
    narrowing:  line -> by how much its standard deviation shrank, as a share; 0 is not at all
    returns:    line -> median KPI units per unit of spend over the data; lines that spent only
    negative:   share of weeks whose expected KPI without media is below zero
    money:      whether the KPI is money, so that returns are ROAS
    """

    kpi: str
    diagnostics: Diagnostics
    explained: float
    holdout: int
    predicted: float | None
    shift: Mapping[str, float]
    narrowing: Mapping[str, float]
    returns: Mapping[str, float]
    negative: float
    money: bool


def facts_of(
    evidence: Evidence, derived: Derived, diagnostics: Diagnostics, *, money: bool
) -> KpiFacts:
    """Facts of a fit to all weeks."""
    logs = np.log(derived.average.sum(axis=-1))
    spend = evidence.spend.sum(axis=1).mean(axis=1)
    median = np.exp(np.median(logs, axis=0))
    width = evidence.prior_width
    shift = (logs.mean(axis=0) - evidence.effect_mu) / width
    narrowing = 1 - logs.std(axis=0) / width
    lines = evidence.lines
    return KpiFacts(
        kpi=evidence.kpi,
        diagnostics=diagnostics,
        explained=explained(evidence.kpi_values, derived.expected),
        holdout=0,
        predicted=None,
        shift=dict(zip(lines, shift.tolist(), strict=True)),
        narrowing=dict(zip(lines, narrowing.tolist(), strict=True)),
        returns={
            line: float(median[row] / spend[row])
            for row, line in enumerate(lines)
            if spend[row] > 0
        },
        negative=float((derived.baseline < 0).mean()),
        money=money,
    )
