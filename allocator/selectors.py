"""Which lines a selector means: ``all``, names such as ``search/brand@DE``, ``label:value``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from allocator.complaint import Complaint
from mmm.errors import nearest

ALL = "all"

Labels = Mapping[str, Mapping[str, str]]
"""line -> what it is called by: channel, campaign, geo, audience, …; lines in their order"""


def written(value: Any) -> tuple[str, ...]:
    """Selectors as a tuple from ``all`` or a list. Raises ValueError for anything else."""
    if value == "all":
        return ("all",)
    if isinstance(value, str):
        raise ValueError(f"a list of lines, or all; write [{value}]")
    if not isinstance(value, (list, tuple)):
        raise ValueError("a list of lines such as [tv, search/brand], or all")
    if not value:
        raise ValueError("at least one line, or all")
    for name in value:
        if not isinstance(name, str) or not name:
            raise ValueError(f"names of lines as text; {name!r} needs quotes if it is a name")
    return tuple(value)


Selectors = Annotated[
    tuple[str, ...],
    BeforeValidator(written),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "all"},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ],
            "examples": ["all", ["tv", "search/brand", "search@DE"], ["geo:DE"]],
        }
    ),
]
"""Lines by name (channel, channel/campaign, either with @geo), by label:value, or all."""


def chosen(selector: str, labels: Labels) -> tuple[str, ...]:
    """The lines one selector means, in their own order; empty when it means none.

    A name stands for everything within it: ``search`` for all its campaigns in all regions,
    ``search/brand`` for its regions, ``search@DE`` for its campaigns there.
    """
    if selector == ALL:
        return tuple(labels)
    labelled = ":" in selector
    return tuple(
        line
        for line, own in labels.items()
        if selector == line or selector in _names(own) or (labelled and selector in _labelled(own))
    )


def unknown(selectors: Sequence[str], labels: Labels) -> dict[int, Complaint]:
    """Position of every selector that means no line -> what is wrong with it."""
    return {
        place: _label(selector, labels) if ":" in selector else _name(selector, labels)
        for place, selector in enumerate(selectors)
        if not chosen(selector, labels)
    }


def select(selectors: Sequence[str], labels: Labels) -> tuple[str, ...]:
    """All lines the selectors mean, each once, in the order of ``labels``.

    Raises ValueError when one of them means no line; ``unknown`` says which and why.
    """
    meant = [chosen(selector, labels) for selector in selectors]
    if not all(meant):
        first = next(iter(unknown(selectors, labels).values()))
        raise ValueError(f"found {first.found}, expected {first.expected}; {first.fix}")
    picked = set().union(*meant)
    return tuple(line for line in labels if line in picked)


def as_written(selectors: Sequence[str]) -> str:
    """The selectors in words: ``search + social``."""
    return " + ".join(selectors)


def _names(own: Mapping[str, str]) -> tuple[str, ...]:
    """``search``, ``search/brand``, and both in the line's region."""
    channel, campaign, geo = own["channel"], own.get("campaign"), own.get("geo")
    names = [channel] + ([f"{channel}/{campaign}"] if campaign else [])
    return (*names, *(f"{name}@{geo}" for name in names if geo))


def _labelled(own: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{name}:{value}" for name, value in own.items())


def _name(selector: str, labels: Labels) -> Complaint:
    known = {name for own in labels.values() for name in _names(own)}
    geos = {own["geo"] for own in labels.values() if "geo" in own}
    found = f"the line {selector!r}"
    if not geos:
        expected = "a channel, a channel/campaign of the curves, or all"
        if "@" in selector:
            return Complaint(found, expected, "these curves know no regions")
        return Complaint(found, expected, nearest(selector, known))
    name, at, geo = selector.rpartition("@")
    if at and name in known and geo not in geos:
        return Complaint(f"the region {geo!r}", "a region of the curves", nearest(geo, geos))
    if at and name in known:
        inside = sorted(own["geo"] for own in labels.values() if _stands_for(name, own))
        fix = f"it has {', '.join(dict.fromkeys(inside))}" if inside else "it is not by region"
        return Complaint(found, "a region in which it is bought", fix)
    expected = "a channel, channel/campaign or either with @region, or all"
    near = nearest(selector, known)
    if not at and near.startswith("known"):  # all names with their regions would be a long list
        near = nearest(selector, {name for name in known if "@" not in name})
    return Complaint(found, expected, near)


def _stands_for(name: str, own: Mapping[str, str]) -> bool:
    return name in _names(own) and "geo" in own


def _label(selector: str, labels: Labels) -> Complaint:
    name, _, value = selector.partition(":")
    found = f"the label {selector!r}"
    values: dict[str, set[str]] = {}
    for own in labels.values():
        for key, is_called in own.items():
            values.setdefault(key, set()).add(is_called)
    if name in values:
        return Complaint(found, f"a value of {name} in the curves", nearest(value, values[name]))
    if not set(values) - {"channel", "campaign"}:
        return Complaint(found, "channels or campaigns", "these curves carry no labels")
    return Complaint(found, "a label of the curves", nearest(name, values))
