"""The finding in one sentence, and a second one where the budget is not that of the reference."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.plan import Difference, Interval, Plan, Recommendation, Status
from allocator.reports._base.names import listed, spoken
from allocator.reports._base.numbers import THIN, chance, money, quantity
from allocator.reports._base.order import objective_unit

_SAME = 0.005  # currency: less than half a cent apart is the same money
_SMALL = 0.005  # part of what moves: less is not named
_SURE = f"80{THIN}% sure"


@dataclass(frozen=True)
class Headline:
    """``finding`` stands alone; ``interval`` says how sure it is; ``more`` what else matters."""

    finding: str
    interval: str
    more: str

    @property
    def sentence(self) -> str:
        """The finding with its interval, as one sentence."""
        return f"{self.finding} ({self.interval})." if self.interval else f"{self.finding}."


def headline(plan: Plan) -> Headline:
    """What the plan says to do and what that brings, compared with the reference as spent."""
    if plan.recommendation is Recommendation.KEEP:
        return Headline(_keep(plan), "", _why_keep(plan))
    difference = plan.totals.difference.reference
    if same_spend(plan):
        finding = _moving(plan, difference.objective.mean)
    else:
        more_or_less = "more" if difference.spend > 0 else "less"
        spend = money(abs(difference.spend), plan.currency)
        verb = "adds" if difference.objective.mean >= 0 else "costs"
        gain = amount(plan, abs(difference.objective.mean))
        finding = f"Spending {spend} {more_or_less} than the reference {verb} {gain}"
    return Headline(finding, f"{_SURE}: {span(plan, difference.objective)}", _split(plan))


def same_spend(plan: Plan) -> bool:
    """The plan spends what the reference does: there is one comparison, not two."""
    return abs(plan.totals.difference.reference.spend) < _SAME


def amount(plan: Plan, value: float) -> str:
    """A value of the objective in words: ``EUR 410k profit``, ``3,210 new customers``."""
    return f"{quantity(value, objective_unit(plan), plan.currency)} {spoken(plan.objective)}"


def span(plan: Plan, gain: Interval) -> str:
    """80 % of the draws, in the direction of the mean: ``EUR 20k less to EUR 190k more``."""
    unit = objective_unit(plan)
    low, high = (gain.p10, gain.p90) if gain.mean >= 0 else (-gain.p90, -gain.p10)
    ends = [quantity(abs(end), unit, plan.currency) for end in (low, high)]
    if low >= 0:
        return f"{ends[0]} to {ends[1]}"
    more, less = ("more", "less") if gain.mean >= 0 else ("less", "more")
    return f"{ends[0]} {less} to {ends[1]} {more if high >= 0 else less}"


def _moving(plan: Plan, gain: float) -> str:
    channels = {c.channel: c.spend - c.reference for c in plan.channels}
    lines = {line.line: line.total - line.reference for line in plan.lines}
    between = sum(max(0.0, moved) for moved in channels.values())
    within = sum(max(0.0, moved) for moved in lines.values())
    brings = amount(plan, abs(gain))
    if between >= 0.5 * within:
        moving = f"{money(between, plan.currency)} from {_side(channels, -1)}"
        moving += f" to {_side(channels, 1)}"
    else:
        moving = f"{money(within, plan.currency)} between campaigns"
    if gain >= 0:
        return f"Moving {moving} adds {brings}"
    return f"Keeping the rules means moving {moving}, which costs {brings}"


def _side(moves: dict[str, float], sign: int) -> str:
    """Who gives (−1) or gets (1), the largest first."""
    total = sum(max(0.0, sign * moved) for moved in moves.values())
    named = [name for name, moved in moves.items() if sign * moved > _SMALL * total]
    return listed(sorted(named, key=lambda name: (-sign * moves[name], name)))


def _keep(plan: Plan) -> str:
    if same_spend(plan):
        return "Keep the reference plan as it is"
    spend = money(plan.totals.plan.spend, plan.currency)
    return f"Keep the split of the reference, scaled to {spend}"


def _why_keep(plan: Plan) -> str:
    """How much could be missed: the bound less the plan's value."""
    best = amount(plan, max(0.0, plan.certificate.gap))
    if plan.certificate.status is Status.PROVEN:
        return f"No split that the rules allow would bring even {best} more, by this model."
    return f"The search found nothing better. Up to {best} more is not ruled out."


def _split(plan: Plan) -> str:
    """At another budget: what the split is worth, apart from what the money is worth."""
    scaled = plan.totals.difference.reference_scaled
    if same_spend(plan):
        return ""
    value = amount(plan, abs(scaled.objective.mean))
    word = "more" if scaled.objective.mean >= 0 else "less"
    return (
        f"The recommended split brings {value} {word} than the split of the reference at the same "
        f"budget ({_SURE}: {span(plan, scaled.objective)})."
    )


@dataclass(frozen=True)
class Odds:
    """The chance of beating the reference: the figure, and against what."""

    figure: str
    against: str
    also: str


def odds(plan: Plan) -> Odds:
    """Chance of more than the reference at the same spend, and beside it the one as spent."""
    same = plan.totals.difference
    if plan.recommendation is Recommendation.KEEP:
        return Odds("no change", "the plan is the reference, so there is nothing to beat", "")
    if same_spend(plan):
        return Odds(chance(same.reference.probability_better), "of beating the reference", "")
    return Odds(
        chance(same.reference_scaled.probability_better),
        "of beating the split of the reference at the same budget",
        f"{chance(same.reference.probability_better)} against the reference as spent",
    )


def compared(plan: Plan) -> tuple[tuple[str, Difference], ...]:
    """The comparisons a reader needs: one where the money is the same, else two."""
    difference = plan.totals.difference
    if same_spend(plan):
        return (("the reference", difference.reference),)
    return (
        ("the reference as spent", difference.reference),
        ("its split at the same budget", difference.reference_scaled),
    )
