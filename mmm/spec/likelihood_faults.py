"""A likelihood that cannot be that of its KPI."""

from __future__ import annotations

from mmm.errors import Fault
from mmm.spec.model import ModelSpec


def likelihood_faults(spec: ModelSpec) -> list[Fault]:
    """Money is no count, so no negative binomial either."""
    fix = "write `unit: count`, or `likelihood: student_t` where a few weeks are far off"
    return [
        spec.fault(
            ("kpis", kpi, "likelihood"),
            "negative_binomial for a KPI with unit currency",
            "a KPI that is counted",
            fix,
        )
        for kpi, body in spec.kpis.items()
        if body.likelihood == "negative_binomial" and body.unit == "currency"
    ]
