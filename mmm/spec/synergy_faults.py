"""Contradictions in ``synergy``: pairs of what is there, each once."""

from __future__ import annotations

from mmm.errors import Fault, nearest
from mmm.spec.model import ModelSpec


def synergy_faults(spec: ModelSpec) -> list[Fault]:
    """Every fault of the pairs; campaigns that only the data know are judged with the data."""
    faults: list[Fault] = []
    seen: set[frozenset[str]] = set()
    for place, pair in enumerate(spec.synergy):
        here = ("synergy", place)
        unknown = [(side, name) for side, name in enumerate(pair) if not _may_be(spec, name)]
        for side, name in unknown:
            fix = nearest(name, _names(spec))
            faults.append(spec.fault((*here, side), repr(name), "a channel or a line", fix))
        if unknown:
            continue
        a, b = pair
        if a == b or a.startswith(f"{b}/") or b.startswith(f"{a}/"):
            found, expected = f"{a} with {b}", "two different channels or lines"
            fix = "" if a == b else "one of them is part of the other"
            faults.append(spec.fault(here, found, expected, fix))
        elif frozenset(pair) in seen:
            faults.append(spec.fault(here, f"{a} with {b} again", "each pair once"))
        seen.add(frozenset(pair))
    return faults


def _may_be(spec: ModelSpec, name: str) -> bool:
    channel, slash, campaign = name.partition("/")
    if channel not in spec.channels:
        return False
    body = spec.channels[channel]
    if not slash:
        return True
    return body.level == "campaign" and (body.campaigns is None or campaign in body.campaigns)


def _names(spec: ModelSpec) -> list[str]:
    return [
        name
        for channel, body in spec.channels.items()
        for name in (channel, *(f"{channel}/{campaign}" for campaign in body.campaigns or {}))
    ]
