"""Sentences of the director's page: how sure, what could go wrong, what was not chosen."""

from __future__ import annotations

from allocator.findings.dossier import Alternative, Dossier
from allocator.plan import Interval, Plan, Recommendation
from allocator.reports._base.assumptions import day
from allocator.reports._base.binding import binding
from allocator.reports._base.cautions import cautions, health_word
from allocator.reports._base.fit import cut, first
from allocator.reports._base.headline import as_spent
from allocator.reports._base.names import spoken
from allocator.reports._base.numbers import SURE, THIN, chance, estimate, percent, quantity
from allocator.reports._base.sought import goal, money_decided

RULES = 4
DOUBTS = 3


def unit_of(plan: Plan) -> str:
    """``currency`` or ``count``: of values of the objective, also where a chance is maximised."""
    first_kpi = next(iter(plan.goal.worth), None) if plan.goal is not None else None
    if plan.certificate.unit != "share":
        return plan.certificate.unit
    return plan.units.get(first_kpi or "", "currency")


def worth(plan: Plan, value: float) -> str:
    """``EUR 410k profit``."""
    return f"{quantity(value, unit_of(plan), plan.currency)} {goal(plan)}"


def ends(plan: Plan, value: Interval) -> str:
    """``80 % sure: EUR 20k to EUR 190k``; nothing where there is one draw."""
    if value.p10 == value.p90:
        return ""
    low, high = (quantity(end, unit_of(plan), plan.currency) for end in (value.p10, value.p90))
    return f" ({SURE}: {low} to {high})"


def sure(plan: Plan, dossier: Dossier) -> tuple[str, ...]:
    """The gain with its interval and chance, and the error on unseen weeks beside it."""
    risk = dossier.risk
    split = "the reference" if as_spent(plan) else "the reference split at this budget"
    if plan.recommendation is Recommendation.KEEP:
        first_line = f"The plan is {split}: there is no gain on it to be sure of."
    elif money_decided(plan):
        change = plan.totals.difference.reference.spend
        spend = quantity(abs(change), "currency", plan.currency)
        word = "more" if change > 0 else "less"
        first_line = f"It spends {spend} {word} than {split}: decided, not estimated."
    else:
        first_line = (
            f"Expected gain on {split}: {worth(plan, risk.gain.mean)}{ends(plan, risk.gain)}; "
            f"a gain with a chance of {chance(risk.better)}."
        )
    found = [first_line]
    if risk.target is not None:
        total = plan.goal is not None and plan.goal.total
        asked = "What was asked for, a total with the baseline," if total else "What was asked for"
        found.append(f"{asked} is reached with a chance of {chance(risk.target)}.")
    found.append(_tested(plan, dossier))
    return tuple(found)


def _tested(plan: Plan, dossier: Dossier) -> str:
    """The back-test's error beside the gain as a part of what media bring."""
    test = dossier.back_test
    if test is None or test.error is None:
        return (
            "Back-test: none was made, so nobody knows how well the model foresees weeks it has "
            "not seen."
        )
    kpi = test.kpi
    whole = plan.totals.reference_scaled.kpis[kpi].mean
    gained = plan.totals.difference.reference_scaled.kpis[kpi].mean
    said = f"Back-test: forecasts of {spoken(kpi)} were off by {percent(test.error)} on average"
    if test.coverage is not None:
        said += f", {percent(test.coverage)} of weeks inside their 90{THIN}% range"
    if whole <= 0 or money_decided(plan):
        return f"{said}."
    beside = percent(gained / whole, signed=True)
    return f"{said}. Beside that: the gain is {beside} of the {spoken(kpi)} that media bring."


def doubts(plan: Plan, dossier: Dossier) -> tuple[str, ...]:
    """Three at most, the gravest first."""
    found = [f"No longer current: {why}." for why in dossier.stale]
    found += [caution.sentence for caution in cautions(plan) if caution.tag != "model to review"]
    last = [point for point in dossier.frontier if point.next_unit is not None]
    here = min(last, key=lambda p: abs(p.budget - plan.totals.plan.spend), default=None)
    if here is not None and here.next_unit is not None and _pays(plan) and here.next_unit < 0:
        found.append(
            f"The last money does not pay: of the last {plan.currency}{THIN}1 spent, "
            f"{estimate(-here.next_unit)} is lost. A smaller budget would bring more {goal(plan)}."
        )
    found.append(
        "What the model has not seen: new competitors, other prices, a crisis. The intervals do "
        "not hold that."
    )
    found.append("Media may not be bought at last year's prices.")
    return tuple(found[:DOUBTS])


def _pays(plan: Plan) -> bool:
    """The objective takes the spend off."""
    return plan.goal is not None and plan.goal.spend < 0 and unit_of(plan) == "currency"


def risked(plan: Plan, dossier: Dossier) -> str:
    """The mean of the worst tenth of the draws of the gain."""
    if plan.recommendation is Recommendation.KEEP:
        return "At risk against the reference: nothing, for the plan is the reference."
    if money_decided(plan):
        what = "what it brings is as uncertain as its range says"
        if dossier.risk.target is not None:
            what = f"what it is for is missed with a chance of {chance(1 - dossier.risk.target)}"
        return f"What is spent is decided; {what}."
    if dossier.risk.at_risk <= 0:
        return "In the worst tenth of cases the plan still gains on the reference, on average."
    lost = worth(plan, dossier.risk.at_risk)
    return f"In the worst tenth of cases the plan loses {lost} against the reference, on average."


def late(plan: Plan, dossier: Dossier) -> str:
    """What waiting costs."""
    wait = dossier.waiting
    if wait is None:
        return "What waiting costs cannot be told for this period."
    weeks = f"{wait.weeks} week{'s' if wait.weeks > 1 else ''}"
    if abs(wait.cost.mean) < 0.01:
        return f"Deciding {weeks} later costs nothing."
    if money_decided(plan):
        return f"Deciding {weeks} later {_late_money(plan, wait.cost.mean)}."
    verb = "costs" if wait.cost.mean > 0 else "saves"
    return (
        f"Deciding {weeks} later {verb} {worth(plan, abs(wait.cost.mean))}"
        f"{ends(plan, _absolute(wait.cost))}."
    )


def _late_money(plan: Plan, cost: float) -> str:
    size = quantity(abs(cost), "currency", plan.currency)
    if plan.objective == "least_spend":
        return f"takes {size} {'more' if cost > 0 else 'less'}"
    return f"leaves {size} {'less' if cost > 0 else 'more'} that earns what is asked for"


def _absolute(value: Interval) -> Interval:
    """As it is, or turned round where its mean is below nothing."""
    if value.mean >= 0:
        return value
    return Interval(
        mean=-value.mean, p05=-value.p95, p10=-value.p90, p50=-value.p50, p90=-value.p10,
        p95=-value.p05,
    )  # fmt: skip


def held(plan: Plan, dossier: Dossier) -> tuple[str, ...]:
    """Rules that bind, the dearest first, with who can change them."""
    costs = {price.rule: price.cost for price in dossier.prices}
    rules = sorted(binding(plan), key=lambda rule: -costs.get(rule.id, 0.0))
    if not rules:
        return ("No rule holds the plan back.",)
    said = []
    for rule in rules:
        words = f"{cut(rule.id, 28)}: {cut(rule.words, 60)}"
        if costs.get(rule.id, 0.0) >= 0.01:
            words += f"; costs {worth(plan, costs[rule.id])}"
        owner = cut(rule.owner, 28)
        said.append(f"{words} ({owner})")
    return first(said, RULES, "rules")


def not_chosen(plan: Plan, dossier: Dossier) -> tuple[str, ...]:
    """The next best plan, and what there would be without rules."""
    known = {other.name: other for other in dossier.alternatives if other.moved >= 0.005}
    said = []
    if "next_best" in known:
        said.append(f"Next best: {_other(plan, known['next_best'])}")
    if "unconstrained" in known:
        said.append(f"Without rules: {_other(plan, known['unconstrained'])}")
    if "simplest" in known:
        said.append(f"With few changes: {_other(plan, known['simplest'])}")
    return tuple(said[:2]) or ("There is no other plan to speak of.",)


def _other(plan: Plan, other: Alternative) -> str:
    """What it is, and its mean less the plan's."""
    short = other.short.mean
    span = ends(plan, _absolute(other.short))
    return f"{cut(other.words, 130)} It {against(plan, short)}{span}."


def against(plan: Plan, short: float) -> str:
    """``brings EUR 20k less profit``: another plan, ``short`` of this one by so much."""
    size = quantity(abs(short), unit_of(plan), plan.currency)
    less = "less" if short >= 0 else "more"
    if plan.objective == "least_spend":
        verb, words = "needs", f"{size} {'more' if short >= 0 else 'less'}"
    elif money_decided(plan):
        verb, words = "spends", f"{size} {less}"
    else:
        verb, words = "brings", f"{size} {less} {goal(plan)}"
    return f"{verb} as much" if abs(short) < 0.01 else f"{verb} {words}"


def promised(plan: Plan, dossier: Dossier) -> str:
    """What an earlier plan promised, and what came."""
    earlier = dossier.promise
    if earlier is None:
        return "No earlier plan was named."
    unit = plan.units.get(earlier.kpi, "count")
    low, high = (quantity(e, unit, plan.currency) for e in (earlier.promised.p10,
                                                            earlier.promised.p90))  # fmt: skip
    mean = quantity(earlier.promised.mean, unit, plan.currency)
    came = "its weeks are not in the data yet"
    if earlier.came is not None:
        came = f"{quantity(earlier.came, unit, plan.currency)} came, by the latest model"
    return (
        f"{cut(earlier.title, 48)} ({day(earlier.start)} to {day(earlier.end)}): {mean} "
        f"{spoken(earlier.kpi)} promised ({SURE}: {low} to {high}); {came}."
    )


def health_words(plan: Plan) -> str:
    """The card in words: how many checks say what, and which ask for a look."""
    checks = plan.health.checks
    if not checks:
        return f"The model was {health_word(plan)}."
    bad = [str(check.get("name", "")) for check in checks if check.get("verdict") != "PASS"]
    said = f"The model {health_word(plan)}: {len(checks) - len(bad)} of {len(checks)} checks passed"
    if bad:
        named = sorted({name.partition(": ")[2] or name for name in bad})
        said += f"; to look at: {', '.join(first(named, 3, 'kinds'))}"
    if plan.health.accepted:
        said += f". Used all the same: {cut(plan.health.accepted, 80)}"
    return f"{said}."
