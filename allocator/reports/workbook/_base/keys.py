"""Short keys for what people named: formulas look rows up by key, never by a name.

A name could be ``*`` or ``>0``, which a spreadsheet takes for a pattern.
"""

from __future__ import annotations

from dataclasses import dataclass

from allocator.plan import CampaignPlan, ChannelPlan, LinePlan, Plan
from allocator.reports._base.order import groups


@dataclass(frozen=True)
class Branch:
    """A row of the outline: a channel, a campaign or a line, with what is below it."""

    table: str
    key: str
    name: str
    of: ChannelPlan | CampaignPlan | LinePlan
    below: tuple[Branch, ...] = ()


def outline(plan: Plan) -> tuple[Branch, ...]:
    """Channels by recommended spend; below them their campaigns and lines, the largest first."""
    found = []
    for place, group in enumerate(groups(plan), 1):
        key = f"C{place:03d}"
        channel = group.channel
        below = _campaigns(plan, key, group.lines) if group.folded else ()
        if not group.folded:
            below = (_leaf(f"{key}-L001", group.lines[0]),)
        found.append(Branch("channel", key, channel.channel, channel, below))
    return tuple(found)


def _campaigns(plan: Plan, key: str, lines: tuple[LinePlan, ...]) -> tuple[Branch, ...]:
    """Campaigns with their regions; lines where there are no regions."""
    if not plan.campaigns:
        return tuple(_leaf(f"{key}-L{n:03d}", line) for n, line in enumerate(lines, 1))
    wanted = {line.campaign for line in lines if line.campaign is not None}
    campaigns = [
        c for c in plan.campaigns if c.channel == lines[0].channel and c.campaign in wanted
    ]
    made = [
        Branch(
            "campaign", f"{key}-K{n:03d}", campaign.campaign, campaign,
            tuple(
                _leaf(f"{key}-K{n:03d}-L{m:03d}", line)
                for m, line in enumerate(
                    (line for line in lines if line.campaign == campaign.campaign), 1
                )
            ),
        )
        for n, campaign in enumerate(sorted(campaigns, key=lambda c: (-c.spend, c.campaign)), 1)
    ]  # fmt: skip
    rest = [line for line in lines if line.campaign is None]
    return (*made, *(_leaf(f"{key}-L{n:03d}", line) for n, line in enumerate(rest, 1)))


def _leaf(key: str, line: LinePlan) -> Branch:
    return Branch("line", key, line.line, line)


def leaves(branches: tuple[Branch, ...]) -> tuple[Branch, ...]:
    """The lines of an outline, in its order."""
    return tuple(
        leaf
        for branch in branches
        for leaf in (leaves(branch.below) if branch.below else (branch,))
    )
