"""Contradictions about columns of reach: people do not add up as impressions do."""

from __future__ import annotations

from mmm.errors import Fault
from mmm.spec.media import CampaignSpec, ChannelSpec
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


def response_faults(spec: ModelSpec) -> list[Fault]:
    """What a response on reach needs, and what it has no place for."""
    faults = []
    for channel, body in spec.channels.items():
        here: Path_ = ("channels", channel)
        if body.frequency is not None and body.media != "reach":
            found = f"frequency, and {channel} runs on {body.media}"
            expected = "`media: reach` beside it, or no such key"
            faults.append(spec.fault((*here, "frequency"), found, expected))
        if body.organic or body.media != "reach":
            continue
        if not _observed(spec, body):
            found = f"reach, and no column of it for {channel}"
            expected = "`impressions: COLUMN` and `reach: COLUMN`"
            faults.append(spec.fault((*here, "media"), found, expected, "or `media: spend`"))
        if body.saturation is not None and body.saturation.kind != "none":
            found = f"a {body.saturation.kind} saturation of {channel}, which runs on reach"
            expected = "no such key: reach and frequency flatten each week already"
            fix = "what flattens twice has no curve that a plan could be proven on"
            faults.append(spec.fault((*here, "saturation"), found, expected, fix))
        faults += _audience(spec, channel)
    return faults


def _observed(spec: ModelSpec, body: ChannelSpec) -> bool:
    """Whether a column of reach is named; whether a long table holds all lines shows in it."""
    named = [one for one in (body.campaigns or {}).values() if one.spend or one.reach]
    owners: list[ChannelSpec | CampaignSpec] = [*named] or [body]
    if all(owner.reach for owner in owners):
        return True
    return not any(owner.spend for owner in owners) and any(
        table.reach for table in spec.data.tables
    )


def _audience(spec: ModelSpec, channel: str) -> list[Fault]:
    """Whom a channel on reach reaches, with a curve that observed reach is fitted with."""
    own = {
        name: body
        for name, body in spec.audiences.items()
        if any(owner.partition("/")[0] == channel for owner in body.lines)
    }
    if not own:
        found = f"reach, and no audience with {channel} among its lines"
        expected = "who there is to reach"
        fix = f"write `audiences: {{NAME: {{size: PEOPLE, lines: [{channel}]}}}}`"
        return [spec.fault(("channels", channel, "media"), found, expected, fix)]
    expected = f"`nbd`, the curve of observed weekly reach, as {channel} has `media: reach`"
    return [
        spec.fault(("audiences", name, "curve", "kind"), body.curve.kind, expected)
        for name, body in own.items()
        if body.curve.kind != "nbd"
    ]


def _alone(spec: ModelSpec, path: Path_) -> Fault:
    fix = "average frequency is impressions over reach"
    return spec.fault(path, "reach without impressions", "`impressions: COLUMN` beside it", fix)
