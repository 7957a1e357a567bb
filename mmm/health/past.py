"""Does the model describe the weeks it has seen?"""

from __future__ import annotations

from scipy.stats import binom, norm

from mmm.card import Check, Verdict
from mmm.health._base import check, graded, listed, pass_or_review
from mmm.health_facts import Coverage, KpiFacts

EXPLAINED = 0.5  # of the variance; a weekly model that explains less has missed something large
EXPLAINED_FAIL = 0.2
NEGATIVE_FAIL = 0.1  # share of weeks
EXTREME = 0.01  # a model that is right is beyond it, either way, in 2 of 100 statistics
BY_CHANCE = 0.01  # how seldom a model whose ranges are right may be called too narrow
OUTLYING = 4.0  # standard deviations: once in 16,000 weeks of normal noise
OUTLYING_BY_CHANCE = 0.01
SMALL = 30.0  # a week; below it counts are noticeably skewed (Poisson skewness over 0.18)


def explained(facts: KpiFacts) -> Check:
    """Does the model describe the past?"""
    value = facts.explained
    verdict = graded(value >= EXPLAINED, value >= EXPLAINED_FAIL)
    rest = {
        Verdict.PASS: "",
        Verdict.REVIEW: " Something large may be missing: prices, promotions, events.",
        Verdict.FAIL: " It describes this KPI too badly to plan on.",
    }
    say = f"The model accounts for {value:.0%} of the ups and downs of {facts.kpi}." + rest[verdict]
    limit = f"at least {EXPLAINED}"
    return check(facts, "variance explained", verdict, say, value=value, limit=limit)


def replicated(facts: KpiFacts) -> Check:
    """Could the model have produced this series (posterior predictive check)?"""
    off = [name for name, p in facts.tails.items() if not EXTREME <= p <= 1 - EXTREME]
    worst = min(facts.tails.values(), key=lambda p: min(p, 1 - p))
    say = "Series made up by the model look like the real one."
    if off:
        ways = [f"{name} too {'high' if facts.tails[name] > 0.5 else 'low'}" for name in off]
        say = (
            f"Series made up by the model differ from the real one ({listed(ways)}): something "
            f"that moves {facts.kpi} is missing, or the form of its trend or noise is wrong."
        )
    limit = f"{EXTREME:g} to {1 - EXTREME:g}"
    verdict = pass_or_review(not off)
    return check(facts, "posterior predictive check", verdict, say, value=worst, limit=limit)


def inside(facts: KpiFacts) -> Check:
    """Are as many of the weeks seen inside the 90 % range as should be?"""
    lowest = least_share(facts.inside)
    share = facts.inside.share
    good = share >= lowest
    say = f"{share:.0%} of the weeks lie in the range that should hold 90 % of them."
    if not good:
        say += " Ranges are too narrow: the noise of this KPI is wilder than the model's."
    limit = f"at least {lowest:.2f}"
    name = "weeks inside the 90 % range"
    return check(facts, name, pass_or_review(good), say, value=share, limit=limit)


def outlying(facts: KpiFacts) -> Check | None:
    """Do single weeks pull at the model? Only asked of normal noise."""
    if facts.likelihood != "normal":
        return None
    out = facts.outlier
    limit = max(OUTLYING, float(norm.isf(OUTLYING_BY_CHANCE / 2 / out.cells)))
    good = out.size <= limit
    where = f"the week of {out.week}" + (f" in {out.geo}" if out.geo else "")
    say = "No single week is so far off that it pulls at the model."
    if not good:
        say = (
            f"{where[0].upper()}{where[1:]} is {out.size:.1f} standard deviations from what was "
            "expected and pulls at the model: name it as an event if you know why, or state "
            "`likelihood: student_t` for this KPI."
        )
    limited = f"at most {limit:.2g}"
    return check(facts, "outliers", pass_or_review(good), say, value=out.size, limit=limited)


def small_counts(facts: KpiFacts) -> Check | None:
    """Are there too few events a week for normal noise?"""
    if facts.money or facts.likelihood != "normal":
        return None
    good = facts.smallest >= SMALL
    say = f"There are enough {facts.kpi} a week for normal noise."
    if not good:
        say = (
            f"With {facts.smallest:.3g} {facts.kpi} a week their noise is not normal: state "
            "`likelihood: negative_binomial` for this KPI."
        )
    limit = f"at least {SMALL:g}"
    verdict = pass_or_review(good)
    return check(facts, "size of counts", verdict, say, value=facts.smallest, limit=limit)


def negative(facts: KpiFacts) -> Check:
    """Would the KPI fall below zero without media?"""
    value = facts.negative
    verdict = graded(value == 0, value <= NEGATIVE_FAIL)
    say = {
        Verdict.PASS: f"Without media {facts.kpi} would stay above zero in every week.",
        Verdict.REVIEW: f"Without media {facts.kpi} would fall below zero in {value:.0%} of the "
        "weeks: media get a little too much credit there.",
        Verdict.FAIL: f"Without media {facts.kpi} would fall below zero in {value:.0%} of the "
        "weeks, which cannot be: media get too much credit.",
    }
    name = "weeks below zero without media"
    return check(facts, name, verdict, say[verdict], value=value, limit="0")


def least_share(covered: Coverage) -> float:
    """The share that right ranges fall below once in a hundred times, by the binomial law.

    Its trials are weeks, not weeks times geos: what one geo's forecast misses in a week, the
    others are likely to miss too.
    """
    return float(binom.ppf(BY_CHANCE, covered.weeks, 0.9)) / covered.weeks
