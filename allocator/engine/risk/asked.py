"""What a setting asks of the draws: caution, a target, other models, rows with a probability."""

from __future__ import annotations

from dataclasses import replace

from allocator.constraints import Meter, Row
from allocator.engine.figures.totals import besides
from allocator.engine.figures.worth import evaluate, objective_draws
from allocator.engine.pose import along, declarations
from allocator.engine.risk.judge import Blend, Goal
from allocator.engine.risk.stated import Stated, Target, half_of
from allocator.engine.setting import Setting
from allocator.objectives import Terms
from allocator.scenario import Caution


def stated_of(setting: Setting) -> Stated | None:
    """The goals and rows that look at draws; None where means are all that matters."""
    if not setting.scenario.risky:
        return None
    rows, meters = chance_rows(setting)
    steady = setting.scenario.flighting.form == "steady"
    names = {name for name in setting.terms.response if setting.terms.response[name]}
    meters = {**{name: setting.meters.get(name, Meter(name)) for name in names}, **meters}
    target = setting.scenario.objective.probability_of
    goals, others = _goals(setting) if target is None else ((), {})
    return Stated(
        meters={**meters, **others},
        goals=goals,
        rows=tuple(along(setting, row) for row in rows) if steady else rows,
        target=None if target is None else Target(setting.terms, target, besides(setting)),
        half=half_of(setting.curves.draws, setting.scenario.run.seed),
    )


def chance_rows(setting: Setting) -> tuple[tuple[Row, ...], dict[str, Meter]]:
    """Rows that hold with a probability, weights by week as declared, and what they read."""
    declared = declarations(setting)
    rows = tuple(row for one in declared for row in one.rows if row.probability is not None)
    named: dict[str, Meter] = {}
    for one in declared:
        named.update(one.meters)
    used = {meter for row in rows for meter, _ in row.response}
    return rows, {name: named.get(name, Meter(name)) for name in used}


def caution_of(setting: Setting) -> Caution:
    """As written; with other curves and no caution, the mean of each; bold by default."""
    return setting.scenario.objective.caution or Caution.model_validate(
        {"cvar": "100%", "weight": "0%"}
    )


def on_model(setting: Setting, number: int) -> Setting:
    """The setting as one of its curves sees it."""
    return replace(setting, curves=setting.models[number], alternatives=())


def judge_of(setting: Setting, number: int) -> Blend:
    """How the objective is read on one of the curves: a blend, of the gain or of the total."""
    caution, reference = caution_of(setting), None
    if caution.of == "gain":
        own = on_model(setting, number)
        reference = objective_draws(own, evaluate(own, setting.scaled))
    return Blend(caution.cvar, caution.weight, reference)


def _goals(setting: Setting) -> tuple[tuple[Goal, ...], dict[str, Meter]]:
    """One goal a model, with the meters of the other models; none where means are maximised."""
    caution, count = setting.scenario.objective.caution, len(setting.models)
    if count == 1 and (caution is None or not caution.charged):
        return (), {}
    goals, meters = [Goal(setting.terms, judge_of(setting, 0))], {}
    for number in range(1, count):
        terms, own = _on(setting, number)
        meters.update(own)
        goals.append(Goal(terms, judge_of(setting, number)))
    return tuple(goals), meters


def _on(setting: Setting, number: int) -> tuple[Terms, dict[str, Meter]]:
    """The terms on other curves, and the meters that read those."""
    response, meters = {}, {}
    for name, weight in setting.terms.response.items():
        own = f"{name} on curves {number}"
        response[own] = weight
        meters[own] = replace(setting.meters.get(name, Meter(name)), curves=number)
    return replace(setting.terms, response=response), meters
