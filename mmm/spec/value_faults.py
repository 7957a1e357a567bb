"""Contradictions in what a KPI is worth: ``value_per_unit`` and ``margin``."""

from __future__ import annotations

from mmm.errors import Fault
from mmm.spec.model import ModelSpec


def value_faults(spec: ModelSpec) -> list[Fault]:
    """A value belongs to a count and needs a currency; a margin needs money to be a share of."""
    faults = []
    for kpi, body in spec.kpis.items():
        here = ("kpis", kpi)
        if body.value_per_unit is not None and body.unit == "currency":
            found = f"a value per unit of {kpi}, which is money"
            fix = "leave it out, or write `unit: count`"
            faults.append(
                spec.fault((*here, "value_per_unit"), found, "a KPI with unit count", fix)
            )
        elif body.value_per_unit is not None and spec.currency is None:
            found, fix = "a value in a file without currency", "state `currency: EUR` (or another)"
            faults.append(spec.fault((*here, "value_per_unit"), found, "a currency", fix))
        elif body.margin is not None and body.unit == "count" and body.value_per_unit is None:
            found = f"a margin of {kpi}, a count without a value"
            fix = "state `value_per_unit` too: a margin is a share of money"
            faults.append(spec.fault((*here, "margin"), found, "money to be a share of", fix))
    return faults
