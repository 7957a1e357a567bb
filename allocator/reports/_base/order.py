"""One order for every table and picture: by recommended spend, then by name."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.plan import ChannelPlan, LinePlan, Plan


@dataclass(frozen=True)
class Group:
    """A channel with its lines, the largest first."""

    channel: ChannelPlan
    lines: tuple[LinePlan, ...]

    @property
    def folded(self) -> bool:
        """It has campaigns or regions to unfold."""
        first = self.lines[0]
        return len(self.lines) > 1 or first.campaign is not None or first.geo is not None


def groups(plan: Plan) -> tuple[Group, ...]:
    """Channels by recommended spend, each with its lines by recommended spend."""
    channels = sorted(plan.channels, key=lambda channel: (-channel.spend, channel.channel))
    return tuple(
        Group(
            channel,
            tuple(
                sorted(
                    (line for line in plan.lines if line.channel == channel.channel),
                    key=lambda line: (-line.total, line.line),
                )
            ),
        )
        for channel in channels
    )


def kpis(plan: Plan) -> tuple[str, ...]:
    """KPIs, the one that the objective speaks of first: for profit, the one that is money."""
    names = tuple(plan.units)
    money = tuple(kpi for kpi in names if plan.units[kpi] == "currency")
    worth = tuple(plan.goal.worth) if plan.goal is not None else ()
    stated = (plan.objective, *_sought_kpi(plan), *worth[:1])
    first = next((kpi for kpi in stated if kpi in names), (*money, *names)[0])
    return (first, *(kpi for kpi in names if kpi != first))


def objective_unit(plan: Plan) -> str:
    """``currency`` or ``count``."""
    return plan.certificate.unit


def _sought_kpi(plan: Plan) -> tuple[str, ...]:
    """The KPI that a budget without a stated amount is for."""
    budget = plan.scenario.resolved.get("budget")
    forms = (budget.get(form) for form in ("least_for", "most_with")) if budget else ()
    return tuple(str(form["kpi"]) for form in forms if form)
