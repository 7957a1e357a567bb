"""Contradictions in what model.yaml says of a channel: its columns, and whether it costs money."""

from __future__ import annotations

from mmm.errors import Fault
from mmm.spec.media import CampaignSpec, ChannelSpec
from mmm.spec.model import ModelSpec

Path_ = tuple[str | int, ...]


def column_faults(spec: ModelSpec) -> list[Fault]:
    """Columns on a channel or on its campaigns, and those that its kind needs."""
    faults = []
    forms = {table.form for table in spec.data.tables}
    for channel, body in spec.channels.items():
        here = ("channels", channel)
        in_campaigns = [k for k, c in (body.campaigns or {}).items() if c.spend or c.impressions]
        if body.campaigns is not None and not body.campaigns:
            faults.append(
                spec.fault((*here, "campaigns"), "no campaign", "at least one, or no key")
            )
        if (body.spend or body.impressions) and body.campaigns:
            found = "columns of the channel beside campaigns"
            expected = "columns on the channel or on its campaigns, not both"
            faults.append(spec.fault(here, found, expected))
        elif in_campaigns:
            needed = "impressions" if body.organic else "spend"
            for campaign, columns in (body.campaigns or {}).items():
                if not getattr(columns, needed):
                    path = (*here, "campaigns", campaign)
                    expected = f"`{needed}: COLUMN`"
                    faults.append(spec.fault(path, f"no {needed} column", expected))
        elif body.organic:
            if not body.impressions and "long" not in forms:
                expected = "`impressions: COLUMN`, which organic media run on"
                faults.append(spec.fault(here, "no impressions column", expected))
        elif body.impressions and not body.spend:
            fix = "or `organic: true` where media cost nothing"
            faults.append(spec.fault(here, "impressions without spend", "`spend: COLUMN`", fix))
        elif not body.spend and "long" not in forms:
            expected = "`spend: COLUMN`, as every table is wide"
            faults.append(spec.fault(here, "no spend column", expected))
    return faults


def organic_faults(spec: ModelSpec) -> list[Fault]:
    """What costs nothing has no spend, no ROAS, and runs on impressions."""
    faults = []
    for channel, body in spec.channels.items():
        here: Path_ = ("channels", channel)
        if not body.organic:
            continue
        owners: list[tuple[Path_, ChannelSpec | CampaignSpec]] = [(here, body)]
        for campaign, columns in (body.campaigns or {}).items():
            owners.append(((*here, "campaigns", campaign), columns))
        for path, owner in owners:
            if owner.spend:
                fix = "take `spend` out, or `organic` if the channel costs money"
                found = f"spend, {owner.spend!r}, of an organic channel"
                faults.append(spec.fault((*path, "spend"), found, "impressions alone", fix))
        if body.media != "impressions" and "media" in body.model_fields_set:
            expected = "`media: impressions`, or no such key, as the channel is organic"
            faults.append(spec.fault((*here, "media"), body.media, expected))
        for kpi, prior in body.prior.items():
            if prior.kind in ("roas", "cac"):
                found = f"a {prior.kind} of an organic channel"
                expected = "`share`, as ROAS and CAC need spend"
                faults.append(spec.fault((*here, "prior", kpi), found, expected))
    return faults


TAKEN = ("channel", "campaign", "geo", "line", "all")
"""Words that already say something of a line."""


def label_faults(spec: ModelSpec) -> list[Fault]:
    """Labels whose name or value a selector ``name:value`` could not tell from another."""
    faults = []
    for channel, body in spec.channels.items():
        here: Path_ = ("channels", channel)
        owners: list[tuple[Path_, dict[str, str]]] = [(here, body.labels)]
        for campaign, own in (body.campaigns or {}).items():
            owners.append(((*here, "campaigns", campaign), own.labels))
        for path, labels in owners:
            for name, value in labels.items():
                place = (*path, "labels", name)
                if name in TAKEN or ":" in name or name != name.strip():
                    expected = f"another word than {', '.join(TAKEN)}, without a colon"
                    fix = "rules speak of a label as `name:value`"
                    faults.append(spec.fault(place, f"the label {name!r}", expected, fix))
                elif value != value.strip():
                    found = f"the value {value!r}"
                    faults.append(spec.fault(place, found, "no blanks around it"))
    return faults
