"""Every line's response curve, as pages draw it."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.answer import curve_series
from allocator.findings.dossier import Alternative, Drawn
from allocator.prepare.source import Source


def drawn(source: Source, alternatives: Sequence[Alternative]) -> tuple[Drawn, ...]:
    """The KPI of the objective; with the amount of the plan without rules, where there is one."""
    free = next((other.spend for other in alternatives if other.name == "unconstrained"), None)
    return tuple(
        Drawn(
            line=one.line, channel=one.channel, kpi=one.kpi, unit=one.unit, totals=one.totals,
            p10=one.p10, p50=one.p50, p90=one.p90, reference=one.reference, planned=one.planned,
            unconstrained=one.unconstrained, observed=one.observed, mean=one.mean,
            next_unit=one.next_unit,
        )
        for one in curve_series(source.setting, source.plan, free)
    )  # fmt: skip
