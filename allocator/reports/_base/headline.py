"""The finding in one sentence, and a second one where the budget is not that of the reference."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.plan import Difference, Interval, Plan, Recommendation, Status
from allocator.reports._base.names import listed
from allocator.reports._base.numbers import SURE, chance, money, no_less, quantity
from allocator.reports._base.order import objective_unit
from allocator.reports._base.sought import answer, brings, goal, sought

_SAME = 0.005  # currency: less than half a cent apart is the same money
_LEAST = 0.01  # currency or count: nothing smaller is worth a word
_SMALL = 0.005  # part of what moves: less is not named


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
    found = sought(plan)
    if found is not None:
        return Headline(*answer(plan, found))
    keep = plan.recommendation is Recommendation.KEEP
    difference = plan.totals.difference.reference
    interval = f"{SURE}: {span(plan, difference.objective)}"
    if same_spend(plan):
        if keep:
            return Headline("Keep the reference plan as it is", "", _why_keep(plan))
        return Headline(_moving(plan, difference.objective.mean), interval, "")
    more_or_less = "more" if difference.spend > 0 else "less"
    spend = money(abs(difference.spend), plan.currency)
    verb = "adds" if difference.objective.mean >= 0 else "costs"
    gain = amount(plan, abs(difference.objective.mean))
    finding = f"Spending {spend} {more_or_less} than the reference {verb} {gain}"
    split = f"Keep its split. {_why_keep(plan)}" if keep else _split(plan)
    return Headline(finding, interval, split)


def same_spend(plan: Plan) -> bool:
    """The plan spends what the reference does: there is one comparison, not two."""
    return abs(plan.totals.difference.reference.spend) < _SAME


def as_spent(plan: Plan) -> bool:
    """What the plan is compared with is the reference as it was spent: the money is the same, or
    the plan found its amount by itself."""
    return same_spend(plan) or sought(plan) is not None


def amount(plan: Plan, value: float) -> str:
    """A value of the objective in words: ``EUR 410k profit``, ``3,210 new customers``."""
    return f"{quantity(value, objective_unit(plan), plan.currency)} {goal(plan)}"


def more(plan: Plan, value: float, word: str = "more") -> str:
    """``EUR 410k more profit``."""
    return f"{quantity(value, objective_unit(plan), plan.currency)} {word} {goal(plan)}"


def missed(plan: Plan) -> str:
    """The most that another split could bring on top: bound less value, never rounded down.

    Below a cent (or a hundredth of what is counted) it is that: no reader wants its digits.
    """
    word = "less" if plan.objective == "least_spend" else "more"
    return more(plan, no_less(max(plan.certificate.gap, _LEAST)), word)


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
        inside = "lines" if plan.geos else "campaigns"
        moving = f"{money(within, plan.currency)} between {inside}"
    if gain >= 0:
        return f"Moving {moving} adds {brings}"
    return f"Keeping the rules means moving {moving}, which costs {brings}"


def _side(moves: dict[str, float], sign: int) -> str:
    """Who gives (−1) or gets (1), the largest first; all of them where each is a small part."""
    total = sum(max(0.0, sign * moved) for moved in moves.values())
    named = [name for name, moved in moves.items() if sign * moved > _SMALL * total]
    named = named or [name for name, moved in moves.items() if sign * moved > 0]
    return listed(sorted(named, key=lambda name: (-sign * moves[name], name)))


def _why_keep(plan: Plan) -> str:
    if plan.certificate.status is Status.PROVEN:
        more = f"{brings(plan)} even {missed(plan)}"
        return f"By this model, no split that the rules allow would {more}."
    return f"The search found nothing better. Up to {missed(plan)} is not ruled out."


def _split(plan: Plan) -> str:
    """At another budget: what the split is worth, apart from what the money is worth."""
    scaled = plan.totals.difference.reference_scaled
    word = "more" if scaled.objective.mean >= 0 else "less"
    return (
        f"The recommended split brings {more(plan, abs(scaled.objective.mean), word)} than "
        f"{reference_split(plan)} ({SURE}: {span(plan, scaled.objective)})."
    )


def reference_split(plan: Plan) -> str:
    """The reference scaled to the budget; where the plan leaves money the two spend unlike sums."""
    if leaves_money(plan):
        whole = money(plan.totals.reference_scaled.spend, plan.currency)
        return f"all of the budget, {whole}, split as the reference"
    return "the reference split at this budget"


def leaves_money(plan: Plan) -> bool:
    """The budget is a limit and the plan stays below it."""
    return (
        sought(plan) is None and plan.totals.reference_scaled.spend - plan.totals.plan.spend > _SAME
    )


@dataclass(frozen=True)
class Odds:
    """A chance: the figure, how it is meant, and of what it is."""

    figure: str
    notes: tuple[str, ...]
    of: str = "beating the reference"
    verb: str = "beats the reference"


def odds(plan: Plan) -> Odds:
    """Chance of more than the reference split at the budget, and than the reference as spent."""
    against = plan.totals.difference
    if sought(plan) is not None:
        return _met(plan)
    whole = chance(against.reference.probability_better)
    if plan.recommendation is Recommendation.KEEP:
        if same_spend(plan):
            return Odds("–", ("the plan is the reference: nothing to beat",))
        return Odds(whole, ("the reference as spent", "its split is kept"))
    if same_spend(plan):
        return Odds(whole, ("at the same spend",))
    budget = "all of the budget" if leaves_money(plan) else "this budget"
    return Odds(
        chance(against.reference_scaled.probability_better),
        (f"its split at {budget}", f"as it was spent: {whole}"),
    )


def _met(plan: Plan) -> Odds:
    """Of reaching what the amount was sought for; of the last unit's return nobody knows one."""
    met = plan.goal.met if plan.goal is not None else None
    words = ("earning the return", "earns the return")
    if plan.objective == "least_spend":
        words = ("reaching the target", "reaches the target")
    if met is None:
        return Odds("–", ("it is asked of what is expected of the next money",), *words)
    total = plan.goal is not None and plan.goal.total
    notes = ("what is expected does", *(("baseline included",) if total else ()))
    return Odds(chance(met), notes, *words)


def compared(plan: Plan) -> tuple[tuple[str, Difference], ...]:
    """What the plan is compared with: nothing that it is itself, one where money is the same."""
    difference = plan.totals.difference
    keep = plan.recommendation is Recommendation.KEEP
    if same_spend(plan):
        return () if keep else (("the reference", difference.reference),)
    whole = ("the reference as spent", difference.reference)
    split = (reference_split(plan), difference.reference_scaled)
    return (whole,) if keep or as_spent(plan) else (whole, split)
