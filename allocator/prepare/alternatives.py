"""The plans that were not chosen: without rules, the next best, and with few changes.

*Unconstrained*: the same budget and the same limit on extrapolation, without any rule: what the
rules cost together. *Next best*: of the three channels that move most, each is in turn left as it
is in the reference (scaled to the budget) and all else planned again under every rule; of those
plans that differ in 5 % of the money or more, the best; where none differs so much, the one that
differs most. *Simplest*: the fewest lines changed that keep 95 % of the gain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from allocator.engine.figures.check import BUDGET, check, holds
from allocator.engine.figures.document import interval
from allocator.engine.figures.worth import outcome_value
from allocator.engine.problem import Limit
from allocator.engine.setting import Setting
from allocator.findings.dossier import Alternative
from allocator.plan import Interval
from allocator.prepare.source import Source
from allocator.reports._base.names import listed, short
from allocator.sensitivity.again import Known, settled_again, solve_again
from allocator.sensitivity.posed import judged_by_draws
from allocator.sensitivity.simplify import fewest_changes

APART = 0.05  # of the money: nearer to the plan is the plan with noise on it
TRIED = 3  # channels; the next best leaves one of those that move most
LOSS = 0.05  # of the gain, that few changes may cost
MANY = 40  # lines: to count the changes needed among more takes minutes
CENT = 0.005
Name = Literal["unconstrained", "next_best", "simplest"]


def alternatives(source: Source, tell: Callable[[str], None]) -> tuple[Alternative, ...]:
    """Those that there are: none without rules where no rule holds the plan, and so on."""
    found = (_unconstrained(source, tell), _next_best(source, tell), _simplest(source, tell))
    return tuple(other for other in found if other is not None)


def _unconstrained(source: Source, tell: Callable[[str], None]) -> Alternative | None:
    scenario = source.setting.scenario
    if not scenario.constraints:
        return None
    tell("the plan without rules")
    run = source.hurried.scenario.run
    free = scenario.model_copy(update={"constraints": (), "run": run})
    known = source.opened.known
    other = solve_again(settled_again(source.opened.loaded, free, source.setting), near=known.spend)
    if other is None:
        return None
    spend = source.setting.labelled(other.spend)
    response = source.setting.curves.response(spend, source.setting.window)
    measures = check(source.setting, spend, response)
    broken = {m.rule for m in measures if not holds(m)} - {BUDGET}
    why = f"breaks {listed(sorted(broken), 3)}" if broken else "keeps the rules all the same"
    return _told(source, "unconstrained", other, f"No rule but the budget; it {why}.")


def _next_best(source: Source, tell: Callable[[str], None]) -> Alternative | None:
    """Channels in the order of the money they move."""
    moves = _moves(source)
    tried = sorted((c for c in moves if moves[c] >= CENT), key=lambda c: (-moves[c], c))[:TRIED]
    found: list[tuple[str, Known]] = []
    for channel in tried:
        tell(f"the best plan that leaves {short(channel)} as it is")
        other = solve_again(_holding(source, channel), near=None)
        if other is not None:
            found.append((channel, other))
    if not found:
        return None
    money = source.chosen.money()
    apart = [one for one in found if _moved(source, one[1].totals) >= APART * money]
    if apart:
        channel, best = max(apart, key=lambda one: one[1].value)
    else:
        channel, best = max(found, key=lambda one: _moved(source, one[1].totals))
    words = f"Every rule kept, {short(channel)} left as in the reference."
    return _told(source, "next_best", best, words)


def _moves(source: Source) -> dict[str, float]:
    """Channel -> what its lines give or get against the scaled reference, currency."""
    moves: dict[str, float] = {}
    for line, own in source.setting.curves.labels.items():
        moved = abs(source.chosen.money([line]) - source.scaled.money([line]))
        moves[own["channel"]] = moves.get(own["channel"], 0.0) + moved
    return moves


def _holding(source: Source, channel: str) -> Setting:
    """The setting with a channel's lines at the scaled reference."""
    labels = source.setting.curves.labels
    held = tuple(
        Limit("as it is", line, side, source.scaled.money([line]))
        for line, own in labels.items()
        if own["channel"] == channel
        for side in ("min", "max")
    )
    return replace(source.hurried, limits=(*source.hurried.limits, *held))


def _simplest(source: Source, tell: Callable[[str], None]) -> Alternative | None:
    """None for weekly plans, and for goals that are judged by draws: no count is proven there."""
    setting, lines = source.setting, len(source.setting.curves.lines)
    weekly = setting.scenario.flighting.form == "weekly"
    changed = sum(
        abs(source.chosen.money([line]) - source.scaled.money([line])) >= CENT
        for line in setting.curves.lines
    )
    if weekly or judged_by_draws(setting) or lines > MANY or changed == 0:
        return None
    tell("the plan with few changes")
    known = replace(source.opened.known, setting=source.hurried)
    fewest = fewest_changes(source.opened.loaded, known, loss=LOSS)
    if len(fewest.moved) >= changed:
        return None
    words = (
        f"Every rule kept, {len(fewest.moved)} of {lines} lines change; it gives up {LOSS:.0%} of "
        "the gain at most."
    )
    return _told(source, "simplest", fewest.known, words)


def _moved(source: Source, totals: Mapping[str, float]) -> float:
    """Σ_i |x_i − y_i| / 2 of the recommended plan and another, currency: half, for what one line
    loses another gets."""
    apart = sum(abs(source.chosen.money([line]) - totals[line]) for line in totals)
    return round(apart / 2, 2)


def _told(source: Source, name: Name, other: Known, words: str) -> Alternative:
    plan = source.evaluated(other.spend)
    draws = source.worth(plan)
    outcome = abs(outcome_value(source.setting, plan))
    spend = {line: plan.money([line]) for line in source.setting.curves.lines}
    return Alternative(
        name=name,
        words=words,
        spend=spend,
        money=plan.money(),
        objective=_interval(draws),
        gain=_interval(draws - source.worth(source.scaled)),
        short=_interval(source.worth(source.chosen) - draws),
        moved=_moved(source, spend),
        gap=other.gap / outcome if outcome > 0 else None,
    )


def _interval(draws: np.ndarray) -> Interval:
    return Interval.model_validate(interval(draws))
