"""Contradictions about audiences."""

from __future__ import annotations

from mmm.errors import Fault, nearest
from mmm.spec.model import ModelSpec


def audience_faults(spec: ModelSpec) -> list[Fault]:
    """Lines of no channel, lines of two audiences, and costs of lines that are not there."""
    faults = []
    taken: list[tuple[str, str]] = []
    for name, audience in spec.audiences.items():
        here = ("audiences", name)
        for place, line in enumerate(audience.lines):
            faults += _unknown(spec, (*here, "lines", place), line)
            for owner, other in taken:
                if within(line, other) or within(other, line):
                    found = f"{line!r} again ({other!r} is already in {owner!r})"
                    fix = "its impressions would count twice"
                    expected = "each line in one audience"
                    faults.append(spec.fault((*here, "lines", place), found, expected, fix))
            taken.append((name, line))
        for line in audience.cost_per_thousand:
            if not any(within(line, owner) for owner in audience.lines):
                found, expected = f"the line {line!r}", "a line of this audience"
                fix = nearest(line, audience.lines)
                faults.append(spec.fault((*here, "cost_per_thousand", line), found, expected, fix))
    return faults


def within(line: str, owner: str) -> bool:
    """Whether ``line`` is ``owner`` or one of its campaigns."""
    return line == owner or line.startswith(f"{owner}/")


def _unknown(spec: ModelSpec, path: tuple[str | int, ...], line: str) -> list[Fault]:
    """Channels must be in the file; campaigns too, where it lists them."""
    channel, _, campaign = line.partition("/")
    body = spec.channels.get(channel)
    if body is None:
        expected = "a channel of this file, or channel/campaign"
        return [spec.fault(path, repr(line), expected, nearest(channel, spec.channels))]
    if not campaign:
        return []
    if body.level == "channel":
        found, fix = f"the campaign {campaign!r}", f"write {channel!r}"
        return [spec.fault(path, found, f"{channel!r}, whose campaigns are summed", fix)]
    if body.campaigns is not None and campaign not in body.campaigns:
        expected = f"a campaign of channels.{channel}.campaigns"
        return [spec.fault(path, repr(line), expected, nearest(campaign, body.campaigns))]
    return []
