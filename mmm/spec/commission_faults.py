"""Contradictions about channels that are paid by result."""

from __future__ import annotations

from mmm.errors import Fault
from mmm.spec.model import ModelSpec

REPLACED = ("adstock", "saturation", "order", "media", "organic", "prior")
"""Keys of a channel that a commission stands in place of."""

PRICES = {"currency": "rate", "count": "fee"}
"""Unit of a KPI -> the key that says what a unit of it costs."""


def commission_faults(spec: ModelSpec) -> list[Fault]:
    """A commission beside what it replaces, without the price of a KPI, or with one of none."""
    faults = []
    for channel, body in spec.channels.items():
        if body.commission is None:
            continue
        here = ("channels", channel)
        for key in REPLACED:
            if key in body.model_fields_set:
                found = f"{key} beside commission"
                expected = "one of them: what a commission earns neither carries over nor flattens"
                if key == "prior":
                    expected = "one of them: commission.incremental is the belief"
                faults.append(spec.fault((*here, key), found, expected))
        if spec.currency is None:
            found = "a commission in a file without currency"
            faults.append(spec.fault((*here, "commission"), found, "a `currency`"))
        faults += _prices(spec, channel)
    if all(body.commission is not None for body in spec.channels.values()):
        found = "only channels that are paid by result"
        expected = "one more at least, whose response the data can teach"
        faults.append(spec.fault(("channels",), found, expected))
    return faults


def _prices(spec: ModelSpec, channel: str) -> list[Fault]:
    """Each KPI needs the price of its unit, and a price needs a KPI."""
    faults = []
    here = ("channels", channel, "commission")
    for unit, key in PRICES.items():
        kpis = [kpi for kpi, body in spec.kpis.items() if body.unit == unit]
        stated = getattr(spec.channels[channel].commission, key) is not None
        if kpis and not stated:
            meaning = {"rate": "the part of revenue that is paid", "fee": "what one order costs"}
            found, expected = f"no {key}, and the KPI {kpis[0]}", f"`{key}`, {meaning[key]}"
            faults.append(spec.fault(here, found, expected))
        if stated and not kpis:
            found = f"a {key} and no KPI with unit {unit}"
            faults.append(spec.fault((*here, key), found, "a KPI it is about", "delete it"))
    return faults
