"""Does the model foresee weeks it has not seen? Asked with a hold-out, or from several origins."""

from __future__ import annotations

from mmm.card import Check
from mmm.health._base import check, pass_or_review
from mmm.health.past import least_share
from mmm.health_facts import Forecast, KpiFacts

PREDICTED = 0.0  # a forecast must beat the average of the weeks it forecasts
ERROR = 0.2  # of the KPI; a quarter's weeks are commonly foreseen to 5 to 15 %
NO_BETTER = 1.0  # times the error of last year's same week, which costs nothing to know


def predicted(facts: KpiFacts) -> Check | None:
    """Are the last weeks foreseen better than by their own average?"""
    if facts.forecast is None:
        return None
    value, weeks = facts.forecast.explained, facts.forecast.weeks
    good = value >= PREDICTED
    say = (
        f"It foresaw {value:.0%} of the ups and downs of the last {weeks} weeks without "
        "having seen them."
        if good
        else f"For the last {weeks} weeks, not shown to it, their plain average would have "
        "been a better forecast: something changed that the model does not know."
    )
    limit = f"at least {PREDICTED:g}"
    name = "variance foreseen"
    return check(facts, name, pass_or_review(good), say, value=value, limit=limit)


def held_error(facts: KpiFacts) -> Check | None:
    """How far off is the forecast of the last weeks?"""
    return _error(facts, facts.forecast, "forecast error (MAPE)")


def held_score(facts: KpiFacts) -> Check | None:
    """Does the forecast of the last weeks beat last year's?"""
    return _score(facts, facts.forecast, "forecast against last year (CRPS ratio)")


def held_inside(facts: KpiFacts) -> Check | None:
    """Do the last weeks lie where the forecast said?"""
    return _inside(facts, facts.forecast, "forecast weeks inside the 90 % range")


def rolling_error(facts: KpiFacts) -> Check | None:
    """How far off are forecasts from several points in time?"""
    return _error(facts, facts.backtest, "rolling forecast error (MAPE)")


def rolling_score(facts: KpiFacts) -> Check | None:
    """Do forecasts from several points in time beat last year's?"""
    return _score(facts, facts.backtest, "rolling forecast against last year (CRPS ratio)")


def rolling_inside(facts: KpiFacts) -> Check | None:
    """Do the weeks lie where forecasts from several points in time said?"""
    return _inside(facts, facts.backtest, "rolling forecast weeks inside the 90 % range")


def _error(facts: KpiFacts, one: Forecast | None, name: str) -> Check | None:
    if one is None or one.mape is None:
        return None
    good = one.mape <= ERROR
    say = f"Forecasts of {_which(one)} were off by {one.mape:.1%} on average."
    if not good:
        say += " What the plan says of the future is at least as uncertain."
    limit = f"at most {ERROR:g}"
    return check(facts, name, pass_or_review(good), say, value=one.mape, limit=limit)


def _score(facts: KpiFacts, one: Forecast | None, name: str) -> Check | None:
    if one is None or not one.naive:
        return None
    value = one.crps / one.naive
    good = value <= NO_BETTER
    say = (
        f"For {_which(one)} the forecast, its range included, scored {one.crps:,.4g} off where "
        f"repeating last year's weeks is {one.naive:,.4g} off."
    )
    if not good:
        say += " Knowing only last year would have been better: something is missing or wrong."
    limit = f"at most {NO_BETTER:g}"
    return check(facts, name, pass_or_review(good), say, value=value, limit=limit)


def _inside(facts: KpiFacts, one: Forecast | None, name: str) -> Check | None:
    if one is None:
        return None
    lowest, share = least_share(one.inside), one.inside.share
    good = share >= lowest
    say = f"Of {_which(one)}, {share:.0%} came as the forecast's 90 % range said."
    if not good:
        say += " Ranges of what is to come are too narrow: keep a reserve."
    limit = f"at least {lowest:.2f}"
    return check(facts, name, pass_or_review(good), say, value=share, limit=limit)


def _which(one: Forecast) -> str:
    if one.origins == 1:
        return f"the {one.weeks} weeks not shown to it"
    return f"{one.weeks} weeks not shown to it, foreseen from {one.origins} points in time"
