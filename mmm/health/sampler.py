"""Did the sampler do its work? Without it no other figure means anything, so these fail."""

from __future__ import annotations

import math

from mmm.card import Check, Verdict
from mmm.health._base import check, graded, pass_or_fail
from mmm.health_facts import KpiFacts

R_HAT = 1.01  # Vehtari et al. 2021
ESS = 400  # 100 for each of four chains, ibid.
DIVERGENT = 0.01  # share of draws; fewer are looked at, more are not trusted
BFMI = 0.3  # Betancourt 2016; below 0.2 the tails were not explored
BFMI_FAIL = 0.2


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
    limit = f"at most {R_HAT}"
    return check(facts, "R-hat", pass_or_fail(good), say, value=worst.value, limit=limit)


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
    verdict = graded(count == 0, count / draws <= DIVERGENT)
    say = {
        Verdict.PASS: "The estimation never lost its way.",
        Verdict.REVIEW: f"The estimation lost its way in {count} of {draws:,} draws: few enough "
        "to go on, but look at the lines with the widest ranges.",
        Verdict.FAIL: f"The estimation lost its way in {count} of {draws:,} draws: a part of what "
        "is possible was not explored, and ranges may be too narrow.",
    }
    return check(facts, "divergences", verdict, say[verdict], value=float(count), limit="0")


def bfmi(facts: KpiFacts) -> Check:
    """Did the sampler reach the tails?"""
    value = facts.diagnostics.bfmi
    verdict = graded(value >= BFMI, value >= BFMI_FAIL)
    say = {
        Verdict.PASS: "The estimation moved freely through all that is possible.",
        Verdict.REVIEW: "The estimation moved slowly through the extremes: ranges are less sure.",
        Verdict.FAIL: "The estimation hardly moved through the extremes: ranges are not to be "
        "trusted.",
    }
    limit = f"at least {BFMI}"
    return check(facts, "E-BFMI", verdict, say[verdict], value=value, limit=limit)


def _ess(facts: KpiFacts, name: str, value: float, where: str, what: str) -> Check:
    good = value >= ESS
    size = f"{value:,.0f}" if math.isfinite(value) else "no known number of"
    say = (
        f"There are enough independent draws for exact {what}."
        if good
        else f"There are only {size} independent draws of {where}, too few for exact {what}. "
        "Run longer: more --draws."
    )
    return check(facts, name, pass_or_fail(good), say, value=value, limit=f"at least {ESS}")
