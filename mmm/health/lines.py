"""What is known of each line, and what is only believed."""

from __future__ import annotations

from mmm.card import Check, Verdict
from mmm.health._base import check, graded, listed, pass_or_review
from mmm.health_facts import KpiFacts

SAME_SHIFT = 0.25  # prior standard deviations
SAME_WIDTH = 0.15  # share by which the range shrank
HIGH_ROAS = 10.0  # times the default prior's 95 % point is 5; more than 10 is rare in any market
HIGH_ROAS_FAIL = 50.0
NARROW = 0.1  # standard deviation over mean; the curve bends over multiples of the mean
LEANING = 0.9  # of the prior variance of what is a campaign's own
MOVES = 0.5  # standard deviations: then the range shifts by a third of its half


def learnt(facts: KpiFacts) -> Check:
    """Did the data say anything about each line?"""
    silent = [
        line
        for line, shift in facts.shift.items()
        if abs(shift) < SAME_SHIFT and facts.narrowing[line] < SAME_WIDTH
    ]
    say = "The data changed what was believed about every line."
    if silent:
        say = (
            f"The data say next to nothing about {listed(silent)}: what the plan says about "
            f"{'it' if len(silent) == 1 else 'them'} is what was assumed beforehand. An "
            "experiment would tell."
        )
    name = "lines that follow the prior"
    verdict = pass_or_review(not silent)
    return check(facts, name, verdict, say, value=float(len(silent)), limit="0")


def believed(facts: KpiFacts) -> Check:
    """Would other beliefs give other answers?"""
    moved = facts.beliefs.moves
    top = max(moved, key=lambda line: moved[line])
    deciding = [line for line, move in moved.items() if move > MOVES]
    say = (
        "Half or twice the effect believed beforehand would change little; most "
        f"{top}, by {moved[top]:.2f} of its standard deviation."
    )
    if deciding:
        say = (
            f"Belief decides about {listed(deciding)}: half or twice the effect believed "
            f"beforehand moves {'it' if len(deciding) == 1 else 'them'} by up to {moved[top]:.2f} "
            "standard deviations. State that belief with care, or test."
        )
    verdict = pass_or_review(not deciding)
    limit = f"at most {MOVES:g}"
    return check(facts, "sensitivity to beliefs", verdict, say, value=moved[top], limit=limit)


def plausible(facts: KpiFacts) -> Check | None:
    """Is any ROAS too good to be true? Only asked of money."""
    if not facts.money or not facts.returns:
        return None
    top = max(facts.returns, key=lambda line: facts.returns[line])
    value = facts.returns[top]
    verdict = graded(value <= HIGH_ROAS, value <= HIGH_ROAS_FAIL)
    high = [line for line, roas in facts.returns.items() if roas > HIGH_ROAS]
    say = {
        Verdict.PASS: f"No line earns an unbelievable amount; the most is {top} with {value:.2f} "
        "per unit of spend.",
        Verdict.REVIEW: f"{listed(high)} would earn more than {HIGH_ROAS:g} times the spend: check "
        "that demand which comes anyway is not credited to media.",
        Verdict.FAIL: f"{top} would earn {value:,.0f} times its spend, which nobody should "
        "believe: check units and currency, and what else moved at the same time.",
    }
    limit = f"at most {HIGH_ROAS:g}"
    return check(facts, "highest ROAS", verdict, say[verdict], value=value, limit=limit)


def seen(facts: KpiFacts) -> Check:
    """Over which range of spend was each line seen?"""
    tops = {line: band.top for line, band in facts.bands.items()}
    flat = [line for line, band in facts.bands.items() if band.variation < NARROW]
    least = min(facts.bands.values(), key=lambda band: band.variation)
    low, high = min(tops, key=lambda line: tops[line]), max(tops, key=lambda line: tops[line])
    more = f", up to {tops[high]:.1f} times of {high}" if high != low else ""
    say = (
        f"Weeks of up to {tops[low]:.1f} times the average were seen of {low}{more}; the curves "
        "go on beyond that by belief."
    )
    if flat:
        say = (
            f"{listed(flat)} ran at nearly the same level every week: the curve away from that "
            "level is belief. Vary the spend, or keep a plan near it."
        )
    name, limit = "range of spend seen", f"at least {NARROW:g}"
    return check(facts, name, pass_or_review(not flat), say, value=least.variation, limit=limit)


def leaning(facts: KpiFacts) -> Check | None:
    """Which campaigns know little of themselves? Only asked where channels have campaigns."""
    if not facts.leaning:
        return None
    own = {line: 1 - left for line, left in facts.leaning.items()}
    least = min(own, key=lambda line: own[line])
    weak = [line for line, left in facts.leaning.items() if left > LEANING]
    say = (
        "Every campaign's own history says something of it; least of "
        f"{least}, where it takes away {own[least]:.0%} of the doubt."
    )
    if weak:
        each = listed([f"{line} ({own[line]:.0%})" for line in weak])
        say = (
            "What sets these campaigns apart from their siblings is hardly known, and they are "
            f"taken to be much alike (in brackets: how much of the doubt their own history takes "
            f"away): {each}."
        )
    verdict = pass_or_review(not weak)
    name, limit = "campaigns that lean on siblings", f"at least {1 - LEANING:.2g}"
    return check(facts, name, verdict, say, value=own[least], limit=limit)


def synergy(facts: KpiFacts) -> Check | None:
    """Were lines allowed to help each other?"""
    if not facts.synergy:
        return None
    say = (
        "Lines may help each other in this model, which weekly series can hardly show: compare "
        "with a fit without synergy before believing it."
    )
    return check(facts, "synergy", Verdict.REVIEW, say, value=float(facts.synergy), limit="0")
