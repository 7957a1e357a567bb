"""The health card: may a plan be built on this fit? Each check in one sentence for a planner."""

from __future__ import annotations

import math
from collections.abc import Iterable

from mmm.card import Check, HealthCard, Verdict
from mmm.health_facts import KpiFacts

R_HAT = 1.01  # Vehtari et al. 2021
ESS = 400  # 100 for each of four chains, ibid.
DIVERGENT = 0.01  # share of draws; fewer are looked at, more are not trusted
BFMI = 0.3  # Betancourt 2016; below 0.2 the tails were not explored
BFMI_FAIL = 0.2
EXPLAINED = 0.5  # of the variance; a weekly model that explains less has missed something large
EXPLAINED_FAIL = 0.2
PREDICTED = 0.0  # a forecast must beat the average of the weeks it forecasts
SAME_SHIFT = 0.25  # prior standard deviations
SAME_WIDTH = 0.15  # share by which the range shrank
HIGH_ROAS = 10.0  # times the default prior's 95 % point is 5; more than 10 is rare in any market
HIGH_ROAS_FAIL = 50.0
NEGATIVE_FAIL = 0.1  # share of weeks


def health_card(facts: Iterable[KpiFacts]) -> HealthCard:
    """Every check of every KPI, in the order of the KPIs."""
    return HealthCard(tuple(check for own in facts for check in _checks(own)))


def _checks(facts: KpiFacts) -> list[Check]:
    return [check for rule in RULES if (check := rule(facts)) is not None]


def r_hat(facts: KpiFacts) -> Check:
    """Do independent chains agree?"""
    worst = facts.diagnostics.r_hat
    good = worst.value <= R_HAT
    say = (
        "Independent runs of the estimation agree with each other."
        if good
        else f"Independent runs of the estimation disagree (most on {worst.where}): "
        "the figures would change if it ran again. Run longer: more --tune and --draws."
    )
    return _check(facts, "R-hat", _pass_or_fail(good), worst.value, f"at most {R_HAT}", say)


def ess_bulk(facts: KpiFacts) -> Check:
    """Are averages exact enough?"""
    worst = facts.diagnostics.ess_bulk
    return _ess(facts, "bulk ESS", worst.value, worst.where, "averages")


def ess_tail(facts: KpiFacts) -> Check:
    """Are ranges exact enough?"""
    worst = facts.diagnostics.ess_tail
    return _ess(facts, "tail ESS", worst.value, worst.where, "ranges")


def divergences(facts: KpiFacts) -> Check:
    """Did the sampler lose its way?"""
    count, draws = facts.diagnostics.divergences, facts.diagnostics.draws
    share = count / draws
    verdict = _graded(count == 0, share <= DIVERGENT)
    say = {
        Verdict.PASS: "The estimation never lost its way.",
        Verdict.REVIEW: f"The estimation lost its way in {count} of {draws:,} draws: few enough "
        "to go on, but look at the lines with the widest ranges.",
        Verdict.FAIL: f"The estimation lost its way in {count} of {draws:,} draws: a part of what "
        "is possible was not explored, and ranges may be too narrow.",
    }
    return _check(facts, "divergences", verdict, float(count), "0", say[verdict])


def bfmi(facts: KpiFacts) -> Check:
    """Did the sampler reach the tails?"""
    value = facts.diagnostics.bfmi
    verdict = _graded(value >= BFMI, value >= BFMI_FAIL)
    say = {
        Verdict.PASS: "The estimation moved freely through all that is possible.",
        Verdict.REVIEW: "The estimation moved slowly through the extremes: ranges are less sure.",
        Verdict.FAIL: "The estimation hardly moved through the extremes: ranges are not to be "
        "trusted.",
    }
    return _check(facts, "E-BFMI", verdict, value, f"at least {BFMI}", say[verdict])


def explained(facts: KpiFacts) -> Check:
    """Does the model describe the past?"""
    value = facts.explained
    verdict = _graded(value >= EXPLAINED, value >= EXPLAINED_FAIL)
    rest = {
        Verdict.PASS: "",
        Verdict.REVIEW: " Something large may be missing: prices, promotions, events.",
        Verdict.FAIL: " It describes this KPI too badly to plan on.",
    }
    say = f"The model accounts for {value:.0%} of the ups and downs of {facts.kpi}." + rest[verdict]
    return _check(facts, "variance explained", verdict, value, f"at least {EXPLAINED}", say)


def predicted(facts: KpiFacts) -> Check | None:
    """Does the model foresee weeks it has not seen? Only asked with a hold-out."""
    value = facts.predicted
    if value is None:
        return None
    good = value >= PREDICTED
    say = (
        f"It foresaw {value:.0%} of the ups and downs of the last {facts.holdout} weeks without "
        "having seen them."
        if good
        else f"For the last {facts.holdout} weeks, not shown to it, their plain average would have "
        "been a better forecast: something changed that the model does not know."
    )
    verdict = Verdict.PASS if good else Verdict.REVIEW
    return _check(facts, "variance foreseen", verdict, value, f"at least {PREDICTED:g}", say)


def learnt(facts: KpiFacts) -> Check:
    """Did the data say anything about each line?"""
    silent = [
        line
        for line, shift in facts.shift.items()
        if abs(shift) < SAME_SHIFT and facts.narrowing[line] < SAME_WIDTH
    ]
    say = (
        "The data changed what was believed about every line."
        if not silent
        else "The data say next to nothing about "
        f"{_list(silent)}: what the plan says about "
        f"{'it' if len(silent) == 1 else 'them'} is what was assumed beforehand. An experiment "
        "would tell."
    )
    verdict = Verdict.REVIEW if silent else Verdict.PASS
    return _check(facts, "lines that follow the prior", verdict, float(len(silent)), "0", say)


def plausible(facts: KpiFacts) -> Check | None:
    """Is any ROAS too good to be true? Only asked of money."""
    if not facts.money or not facts.returns:
        return None
    top = max(facts.returns, key=lambda line: facts.returns[line])
    value = facts.returns[top]
    verdict = _graded(value <= HIGH_ROAS, value <= HIGH_ROAS_FAIL)
    high = [line for line, roas in facts.returns.items() if roas > HIGH_ROAS]
    say = {
        Verdict.PASS: f"No line earns an unbelievable amount; the most is {top} with {value:.2f} "
        "per unit of spend.",
        Verdict.REVIEW: f"{_list(high)} would earn more than {HIGH_ROAS:g} times the spend: check "
        "that demand which comes anyway is not credited to media.",
        Verdict.FAIL: f"{top} would earn {value:,.0f} times its spend, which nobody should "
        "believe: check units and currency, and what else moved at the same time.",
    }
    return _check(facts, "highest ROAS", verdict, value, f"at most {HIGH_ROAS:g}", say[verdict])


def negative(facts: KpiFacts) -> Check:
    """Would the KPI fall below zero without media?"""
    value = facts.negative
    verdict = _graded(value == 0, value <= NEGATIVE_FAIL)
    say = {
        Verdict.PASS: f"Without media {facts.kpi} would stay above zero in every week.",
        Verdict.REVIEW: f"Without media {facts.kpi} would fall below zero in {value:.0%} of the "
        "weeks: media get a little too much credit there.",
        Verdict.FAIL: f"Without media {facts.kpi} would fall below zero in {value:.0%} of the "
        "weeks, which cannot be: media get too much credit.",
    }
    return _check(facts, "weeks below zero without media", verdict, value, "0", say[verdict])


RULES = (
    r_hat,
    ess_bulk,
    ess_tail,
    divergences,
    bfmi,
    explained,
    predicted,
    learnt,
    plausible,
    negative,
)
"""Every rule, in the order of the card."""


def _ess(facts: KpiFacts, name: str, value: float, where: str, what: str) -> Check:
    good = value >= ESS
    size = f"{value:,.0f}" if math.isfinite(value) else "no known number of"
    say = (
        f"There are enough independent draws for exact {what}."
        if good
        else f"There are only {size} independent draws of {where}, too few for exact {what}. "
        "Run longer: more --draws."
    )
    return _check(facts, name, _pass_or_fail(good), value, f"at least {ESS}", say)


def _check(
    facts: KpiFacts, name: str, verdict: Verdict, value: float, limit: str, sentence: str
) -> Check:
    known = value if math.isfinite(value) else None  # JSON has no NaN
    return Check(f"{facts.kpi}: {name}", verdict, known, limit, sentence)


def _pass_or_fail(good: bool) -> Verdict:
    return Verdict.PASS if good else Verdict.FAIL


def _graded(good: bool, bearable: bool) -> Verdict:
    if good:
        return Verdict.PASS
    return Verdict.REVIEW if bearable else Verdict.FAIL


def _list(names: list[str]) -> str:
    return " and ".join(", ".join(part) for part in (names[:-1], names[-1:]) if part)
