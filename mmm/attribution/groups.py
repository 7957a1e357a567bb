"""Parts put together for a reader: by line, by channel, or by channel in each region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmm.attribution.attribution import Attribution
from mmm.attribution.parts import Part
from mmm.errors import Fault, InputError, nearest

BY = ("line", "channel", "geo")
"""How media may be put together; ``geo`` is by channel in each region."""


@dataclass(frozen=True, eq=False)
class Group:
    """A row of every table: some parts together.

    geo: empty where regions are added up; weekly: (draw, week) KPI units; spend: (week,), None for
    what is no paid media; money, profit: (draw, week) what weekly is worth, currency, and what of
    it is left before media are paid for, each None where it is not known
    """

    name: str
    kind: str
    geo: str
    weekly: np.ndarray
    spend: np.ndarray | None
    money: np.ndarray | None
    profit: np.ndarray | None


def groups(of: Attribution, by: str = "channel") -> list[Group]:
    """The groups of one KPI, in the order of its parts. Raises InputError for an unknown ``by``,
    and for ``geo`` where there is one region only."""
    if by not in BY:
        found, fix = repr(by), nearest(by, BY)
        raise InputError([Fault("--by", 0, 0, "", found, " or ".join(BY), fix)])
    if by == "geo" and len(of.geos) == 1:
        found = "geo, of a model without regions"
        raise InputError([Fault("--by", 0, 0, "", found, "line or channel")])
    together: dict[tuple[str, str], list[Part]] = {}
    for part in of.parts:
        paid = part.kind in ("media", "organic")
        name = part.channel if paid and by != "line" else part.name
        together.setdefault((part.kind, name), []).append(part)
    places: list[tuple[str, list[int]]] = (
        [(geo, [row]) for row, geo in enumerate(of.geos)]
        if by == "geo"
        else [("", list(range(len(of.geos))))]
    )
    return [
        _group(of, name, parts, geo, rows)
        for geo, rows in places
        for (_, name), parts in together.items()
    ]


def _group(of: Attribution, name: str, parts: Sequence[Part], geo: str, rows: list[int]) -> Group:
    cells = np.sum([part.weekly[:, rows] for part in parts], axis=0)
    kind = parts[0].kind
    money = None if of.worth is None else cells * of.worth[rows]
    profit = None if money is None or of.margin is None else money * of.margin[rows]
    return Group(
        name=name,
        kind=kind,
        geo=geo,
        weekly=cells.sum(axis=1),
        spend=np.sum([of.spend[part.name][rows].sum(axis=0) for part in parts], axis=0)
        if kind == "media"
        else None,
        money=None if money is None else money.sum(axis=1),
        profit=None if profit is None else profit.sum(axis=1),
    )
