"""Contradictions about columns of reach: people do not add up as impressions do."""

from __future__ import annotations

from mmm.errors import Fault
from mmm.spec.model import ModelSpec

Path_ = tuple[str | int, ...]


def reach_faults(spec: ModelSpec) -> list[Fault]:
    """Reach without impressions, and reach of campaigns that are summed."""
    faults = []
    for place, table in enumerate(spec.data.tables):
        if table.reach and not table.impressions:
            faults.append(_alone(spec, ("data", "tables", place, "reach")))
    for channel, body in spec.channels.items():
        here: Path_ = ("channels", channel)
        if body.reach and not body.impressions:
            faults.append(_alone(spec, (*here, "reach")))
        for campaign, columns in (body.campaigns or {}).items():
            path = (*here, "campaigns", campaign, "reach")
            if columns.reach and not columns.impressions:
                faults.append(_alone(spec, path))
            elif columns.reach and body.level == "channel":
                found = f"reach of a campaign of {channel}, whose campaigns are summed"
                expected = "no reach: who saw two campaigns would count twice"
                faults.append(spec.fault(path, found, expected, "or write `level: campaign`"))
    return faults


def _alone(spec: ModelSpec, path: Path_) -> Fault:
    fix = "average frequency is impressions over reach"
    return spec.fault(path, "reach without impressions", "`impressions: COLUMN` beside it", fix)
