"""Contradictions about lines without history."""

from __future__ import annotations

from mmm.errors import Fault, nearest
from mmm.spec.model import ModelSpec
from mmm.spec.new_lines import NewLineSpec

Path_ = tuple[str | int, ...]

BELIEFS = {"currency": "roas", "count": "cac"}
"""Unit of a KPI -> the belief that a stated spend turns into an outcome."""


def new_line_faults(spec: ModelSpec) -> list[Fault]:
    """Names that are taken, beliefs that are missing, and what does not fit the channel."""
    faults = []
    if spec.new_lines and spec.currency is None:
        found, expected = "new lines in a file without currency", "a `currency`"
        faults.append(spec.fault(("new_lines",), found, expected))
    named: list[str] = []
    for place, entry in enumerate(spec.new_lines):
        here = ("new_lines", place)
        faults += _name(spec, here, entry, named)
        faults += _channel(spec, here, entry)
        faults += _beliefs(spec, here, entry)
        named.append(entry.line)
    return faults


def _name(spec: ModelSpec, here: Path_, entry: NewLineSpec, named: list[str]) -> list[Fault]:
    channel, slash, campaign = entry.line.partition("/")
    path, found = (*here, "line"), repr(entry.line)
    whole = all(part and part == part.strip() for part in ([channel, campaign][: 1 + len(slash)]))
    if not whole or ":" in channel or channel == "all":
        expected = "`channel` or `channel/campaign`, without blanks around them, : and `all`"
        return [spec.fault(path, found, expected)]
    if entry.line in named:
        return [spec.fault(path, f"the new line {found} again", "each once")]
    if any(channel in (one, entry.line) and one.partition("/")[0] == channel
           and ("/" in one) != bool(slash) for one in named):  # fmt: skip
        expected = "a channel that is one line, or campaigns, not both"
        return [spec.fault(path, f"{found} beside another line of {channel}", expected)]
    body = spec.channels.get(channel)
    if body is None:
        return []
    if not slash or campaign in (body.campaigns or {}):
        expected = "a line that is not in the data"
        fix = "take it out: its data speak for it"
        where = f"{found}, which stands under channels"
        return [spec.fault(path, where, expected, fix)]
    if body.level == "channel" or (body.spend and not body.campaigns):
        said = f"{found}, a campaign of {channel}, which is one line"
        fix = "name it as a channel of its own"
        return [spec.fault(path, said, "a channel with campaigns", fix)]
    return []


def _channel(spec: ModelSpec, here: Path_, entry: NewLineSpec) -> list[Fault]:
    """What the channel it belongs to asks for."""
    body = spec.channels.get(entry.channel)
    for kind in ("organic", "commission"):
        if body is not None and getattr(body, kind):
            found = f"a new campaign of {entry.channel}, which has `{kind}`"
            expected = "a channel that is bought and whose response is learnt"
            return [spec.fault((*here, "line"), found, expected)]
    if body is not None and body.media == "reach":
        found = f"a new campaign of {entry.channel}, whose response runs on reach"
        expected = "a channel of its own, as none of its reach was observed"
        return [spec.fault((*here, "line"), found, expected)]
    faults = []
    if body is not None and body.media == "reach":
        found = f"a new campaign of {entry.channel}, whose response runs on reach"
        expected = "a channel that runs on spend or impressions"
        fix = "how many people it would reach is not known; name it as a channel of its own"
        return [spec.fault((*here, "line"), found, expected, fix)]
    counted = body is not None and body.media == "impressions"
    if counted and entry.cost_per_unit is None:
        found = f"no cost_per_unit, and {entry.channel} runs on impressions"
        faults.append(spec.fault(here, found, "`cost_per_unit`, currency per impression"))
    if entry.cost_per_unit is not None and not counted:
        found = f"a cost_per_unit of {entry.line}, which runs on spend"
        faults.append(spec.fault((*here, "cost_per_unit"), found, "no such key"))
    if entry.like is not None and (body is None or not entry.campaign):
        found = f"{entry.line}, which has no siblings in the data"
        expected, fix = "a campaign of a channel in the data", "write `prior` for every KPI"
        faults.append(spec.fault((*here, "like"), found, expected, fix))
    return faults


def _beliefs(spec: ModelSpec, here: Path_, entry: NewLineSpec) -> list[Fault]:
    faults = []
    for kpi, prior in entry.prior.items():
        path = (*here, "prior", kpi)
        if kpi not in spec.kpis:
            fix = nearest(kpi, spec.kpis)
            faults.append(spec.fault(path, f"the KPI {kpi!r}", "a KPI of this file", fix))
            continue
        unit = spec.kpis[kpi].unit
        if prior.kind != BELIEFS[unit]:
            found = f"a {prior.kind} of {kpi}, whose unit is {unit}"
            expected = f"`{BELIEFS[unit]}`, which the stated spend turns into {kpi}"
            faults.append(spec.fault((*path, prior.kind), found, expected))
    for kpi, body in spec.kpis.items():
        if kpi not in entry.prior and entry.like is None:
            found = f"no belief about {kpi} from {entry.line}"
            word = "roas: {median: 1.5, low90: 0.5, high90: 4.5}"
            if body.unit == "count":
                word = "cac: {median: 60, low90: 20, high90: 180}"
            fix = f"write `prior: {{{kpi}: {{{word}}}}}` with your own figures"
            if entry.campaign and entry.channel in spec.channels:
                fix += ", or `like: siblings`"
            expected = "a belief for every KPI, as there are no data"
            faults.append(spec.fault(here, found, expected, fix))
    return faults
