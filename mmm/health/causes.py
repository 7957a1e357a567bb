"""Does media move the KPI, or something that moves with media?"""

from __future__ import annotations

from mmm.card import Check
from mmm.health._base import check, listed, pass_or_review
from mmm.health_facts import Alike, KpiFacts, TestFact

FOLLOWS = 0.8  # of the variance of a line's weeks; what is left is too little to learn an effect
BY_CHANCE = 0.001  # how seldom a KPI's part in that may come about by chance
FALLS = 0.5  # times the prior's median, at most: the data speak against an effect
NOTHING = 0.25  # times what a real line earns; a positive effect never reaches 0 itself
CONFLICT = 2.0  # standard deviations, between series and test


def apart(facts: KpiFacts) -> Check:
    """Which lines cannot be told apart?"""
    count = float(sum(len(group.lines) for group in facts.alike))
    say = "No two lines are so alike that one could be taken for the other."
    if facts.alike:
        say = " ".join(_together(group) for group in facts.alike)
    name = "lines that cannot be told apart"
    return check(facts, name, pass_or_review(not facts.alike), say, value=count, limit="0")


def _together(group: Alike) -> str:
    per = "per unit of spend" if group.per_spend else "a week"
    each = listed(
        [
            f"{line} by itself {low:.3g} to {high:.3g}"
            for line, (low, _, high) in zip(group.lines, group.alone, strict=True)
        ]
    )
    low, _, high = group.together
    return (
        f"{listed(group.lines)} cannot be told apart: together they bring {low:.3g} to {high:.3g} "
        f"{per}, but who brings it is not known ({each}). Move them at different times, or test "
        "one."
    )


def follows(facts: KpiFacts) -> Check | None:
    """Does spend follow demand?"""
    if not facts.followed:
        return None
    tied = [
        line
        for line, own in facts.followed.items()
        if own.share > FOLLOWS and own.slope > 0 and own.p < BY_CHANCE
    ]
    top = max(facts.followed, key=lambda line: facts.followed[line].share)
    value = facts.followed[top].share
    say = (
        f"Media did not simply follow {facts.kpi}: at most {value:.0%} of a line's ups and downs "
        f"({top}) can be told from {facts.kpi}, season and trend of the same week."
    )
    if tied:
        each = listed([f"{line} ({facts.followed[line].share:.0%})" for line in tied])
        say = (
            f"The weeks of {each} can nearly be told from {facts.kpi}, season and trend. Whether "
            f"the spend made the {facts.kpi} or the {facts.kpi} made the spend, these series alone "
            "cannot say, so the effect may be far too high: run an experiment and enter it."
        )
    name, limit = "spend that follows the KPI", f"at most {FOLLOWS:g}"
    return check(facts, name, pass_or_review(not tied), say, value=value, limit=limit)


def placebo(facts: KpiFacts) -> Check | None:
    """Does a line that did nothing earn nothing? Only asked with a placebo."""
    one = facts.placebo
    if one is None:
        return None
    nothing = one.share <= FALLS and one.low <= NOTHING
    say = (
        f"A line that did nothing (the weeks of {one.of}, shuffled) was found to do little: "
        f"{one.share:.0%} of what was believed beforehand."
    )
    if one.share > 1:
        say = (
            f"A line that did nothing (the weeks of {one.of}, shuffled) got more credit than was "
            f"believed beforehand ({one.share:.0%} of it): other lines may have got theirs the "
            "same way."
        )
    elif not nothing:
        say = (
            f"The data could not tell that a line did nothing (the weeks of {one.of}, shuffled: "
            f"still {one.share:.0%} of what was believed beforehand): a real line of that size "
            "may be belief as well."
        )
    limit = f"at most {FALLS:g}"
    return check(facts, "placebo", pass_or_review(nothing), say, value=one.share, limit=limit)


def tested(facts: KpiFacts) -> Check | None:
    """Do series and experiments agree? Only asked where there are experiments."""
    if not facts.tests:
        return None
    worst = max(facts.tests, key=lambda test: abs(test.z))
    conflicts = [test for test in facts.tests if abs(test.z) > CONFLICT]
    told = conflicts or list(facts.tests)
    say = " ".join((_conflict if conflicts else _agreement)(test) + _moved(test) for test in told)
    if conflicts:
        say += (
            " Look for demand that media follow, or for a fault in the test, before planning on "
            "either."
        )
    limit = f"at most {CONFLICT:g}"
    verdict = pass_or_review(not conflicts)
    name = "experiments against the series"
    return check(facts, name, verdict, say, value=abs(worst.z), limit=limit)


def _conflict(test: TestFact) -> str:
    return (
        f"Test {test.name} and the series disagree: it measured {test.measured:,.4g} (standard "
        f"error {test.se:,.3g}), the series {_said(test)}, {abs(test.z):.1f} standard deviations "
        "apart."
    )


def _agreement(test: TestFact) -> str:
    return (
        f"Test {test.name} measured {test.measured:,.4g} (standard error {test.se:,.3g}) and the "
        f"series {_said(test)}: they agree."
    )


def _said(test: TestFact) -> str:
    if test.before is None:
        return f"with the test in it says {test.after.mean:,.4g}"
    return f"alone said {test.before.mean:,.4g}, with the test {test.after.mean:,.4g}"


def _moved(test: TestFact) -> str:
    moves = [
        f"{line} from {before[1]:.3g} ({before[0]:.3g} to {before[2]:.3g}) to "
        f"{after[1]:.3g} ({after[0]:.3g} to {after[2]:.3g})"
        for line, after in test.returns_after.items()
        if (before := test.returns_before.get(line))
    ]
    return f" It moved the return of {listed(moves)}." if moves else ""
