"""Rows that unfold: channel ▸ campaign ▸ region, and region ▸ line."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.plan import LinePlan, Plan, Sum
from allocator.reports._base.order import Group, groups
from allocator.reports._base.tags import group_tags, label, line_tags

EVERYWHERE = "all regions together"


@dataclass(frozen=True)
class Row:
    """A line, or the sum of some, in a table; ``deeper`` where it is a part of the row above."""

    name: str
    entry: LinePlan | Sum
    tags: tuple[str, ...] = ()
    deeper: bool = False

    @property
    def spend(self) -> float:
        """Recommended over the window, currency."""
        return self.entry.total if isinstance(self.entry, LinePlan) else self.entry.spend


@dataclass(frozen=True)
class Fold:
    """A row with the rows it is the sum of; none where it is one line."""

    row: Row
    contents: str
    """``4 campaigns``, ``2 campaigns by region``"""
    tags: tuple[str, ...]
    """what to doubt about the rows within"""
    rows: tuple[Row, ...]

    @property
    def campaigns(self) -> tuple[Row, ...]:
        """The rows without those of single regions, for a table that has no room for them."""
        return tuple(
            row
            for row in self.rows
            if isinstance(row.entry, Sum) or (row.entry.campaign is not None and not row.deeper)
        )


def by_channel(plan: Plan) -> tuple[Fold, ...]:
    """Every channel with its campaigns and regions, the largest first."""
    return tuple(_channel(plan, group) for group in groups(plan))


def by_region(plan: Plan) -> tuple[Fold, ...]:
    """Every region with its lines, the largest first; nothing in a plan without regions."""
    found = []
    for geo in sorted(plan.geos, key=lambda geo: (-geo.spend, geo.geo or "")):
        lines = _ordered([line for line in plan.lines if line.geo == geo.geo])
        rows = tuple(Row(_without_region(line), line, line_tags(line)) for line in lines)
        name = EVERYWHERE if geo.geo is None else geo.geo
        found.append(Fold(Row(name, geo), _counted(len(lines), "line"), group_tags(lines), rows))
    return tuple(found)


def _channel(plan: Plan, group: Group) -> Fold:
    name, tags = group.channel.channel, group_tags(group.lines)
    if not group.folded:
        return Fold(Row(name, group.channel, tags), "", (), ())
    campaigns = {line.campaign for line in group.lines if line.campaign is not None}
    regions = {line.geo for line in group.lines if line.geo is not None}
    if not campaigns:
        rows = tuple(_line(line) for line in group.lines)
        return Fold(Row(name, group.channel), _counted(len(regions), "region"), tags, rows)
    said = _counted(len(campaigns), "campaign") + (" by region" if regions else "")
    sums = [one for one in plan.campaigns if one.channel == name]
    if not sums:
        rows = tuple(Row(label(line), line, line_tags(line)) for line in group.lines)
        return Fold(Row(name, group.channel), said, tags, rows)
    rows = ()
    for campaign in sorted(sums, key=lambda one: (-one.spend, one.campaign)):
        lines = [line for line in group.lines if line.campaign == campaign.campaign]
        if len(lines) == 1:
            rows += (Row(label(lines[0]), lines[0], line_tags(lines[0])),)
            continue
        rows += (Row(campaign.campaign, campaign), *(_line(line, deeper=True) for line in lines))
    return Fold(Row(name, group.channel), said, tags, rows)


def _line(line: LinePlan, *, deeper: bool = False) -> Row:
    return Row(EVERYWHERE if line.geo is None else line.geo, line, line_tags(line), deeper)


def _ordered(lines: list[LinePlan]) -> list[LinePlan]:
    return sorted(lines, key=lambda line: (-line.total, line.line))


def _without_region(line: LinePlan) -> str:
    return line.channel if line.campaign is None else f"{line.channel}/{line.campaign}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
