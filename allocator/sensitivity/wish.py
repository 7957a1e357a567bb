"""“What if I set this one by hand?”: the rest re-optimised, and what the wish costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from allocator import run
from allocator.engine.figures.wished import wish_figures
from allocator.plan import Plan, sealed
from allocator.quantities import money
from allocator.scenario import Constraint, LoadedScenario
from allocator.selectors import select, unknown
from mmm.curves import ResponseCurves
from mmm.errors import Fault, InputError

OPTION = "--fix"
ID = "fix"
MOST = 64  # characters of an id


def wishes_of(written: Sequence[str]) -> dict[str, float]:
    """``search/brand=120k`` as selector -> amount, currency. Raises InputError with every fault."""
    wishes: dict[str, float] = {}
    faults = []
    for text in written:
        selector, sign, amount = text.rpartition("=")
        try:
            if not sign or not selector.strip():
                raise ValueError("LINE=AMOUNT, such as search/brand=120k")
            value = money(amount.strip())
        except ValueError as error:
            faults.append(Fault(OPTION, 0, 0, "", repr(text), str(error)))
            continue
        if selector.strip() in wishes:
            faults.append(Fault(OPTION, 0, 0, selector, "the line again", "each line once"))
        wishes[selector.strip()] = value
    if faults:
        raise InputError(faults)
    return wishes


def wishing(
    loaded: LoadedScenario, curves: ResponseCurves, wishes: Mapping[str, float]
) -> LoadedScenario:
    """The scenario with a rule for every wish: a line by itself, several lines as their sum.

    Raises InputError for a selector that means no line.
    """
    rules: list[Constraint] = []
    faults: list[Fault] = []
    taken = {rule.id for rule in loaded.scenario.constraints}
    for selector, amount in wishes.items():
        wrong = unknown((selector,), curves.labels)
        faults += [
            Fault(OPTION, 0, 0, "", one.found, one.expected, one.fix) for one in wrong.values()
        ]
        if wrong:
            continue
        lines = select((selector,), curves.labels)
        name = _id(selector, taken)
        taken.add(name)
        said: dict[str, object] = {
            "id": name,
            "each" if len(lines) == 1 else "together": [selector],
            "spend": {"min": amount, "max": amount},
            "reason": f"set by hand: {OPTION} {selector}={amount:,.2f}".replace(",", ""),
        }
        rules.append(Constraint.model_validate(said))
    if faults:
        raise InputError(faults)
    stated = loaded.scenario.constraints
    own = tuple(rule for rule in stated if rule.source is None)  # those of a policy stand behind
    constraints = (*own, *rules, *stated[len(own) :])
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"constraints": constraints}))


def with_cost(answer: run.Answer, free: run.Answer, wishes: Mapping[str, float]) -> Plan:
    """The plan of a wish with what it costs against the plan without it."""
    made, best = answer.plan, free.plan
    assert made is not None
    assert best is not None  # whoever keeps more rules keeps fewer of them
    spend, other = (np.array([line.spend for line in plan.lines]) for plan in (made, best))
    document = made.model_dump(mode="json")
    document.pop("digest")
    document["wish"] = {
        "rules": [rule.id for rule in answer.setting.scenario.constraints if _ours(rule, wishes)],
        **wish_figures(answer.setting, spend, other),
        "best_spend": {line.line: list(line.spend) for line in best.lines},
        "best_bound": best.certificate.bound,
        **({"best_cut_short": True} if best.certificate.ended_by_clock else {}),
    }
    return sealed(document)


def plan_wish(
    loaded: LoadedScenario,
    curves: ResponseCurves,
    wishes: Mapping[str, float],
    *,
    folder: Path,
    alternatives: tuple[ResponseCurves, ...] = (),
    accepted: str | None = None,
    step: run.Step = lambda _: None,
) -> run.Answer:
    """The answer to a scenario with amounts fixed, its plan with what they cost.

    Infeasible as any answer may be: the conflict names the wish. Raises what ``run.plan`` raises.
    """
    asked = wishing(loaded, curves, wishes)
    answer = run.plan(
        asked, curves, folder=folder, alternatives=alternatives, accepted=accepted, step=step
    )
    if answer.plan is None:
        return answer
    step("asking what the wish costs")
    free = run.plan(loaded, curves, folder=folder, alternatives=alternatives, accepted=accepted)
    return replace(answer, plan=with_cost(answer, free, wishes))


def _id(selector: str, taken: set[str]) -> str:
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in selector.lower())
    name = f"{ID}-{plain}"[:MOST].strip("-")
    number = 2
    while name in taken:
        name = f"{ID}-{plain}"[: MOST - 4].strip("-") + f"-{number}"
        number += 1
    return name


def _ours(rule: Constraint, wishes: Mapping[str, float]) -> bool:
    said = rule.reason or ""
    return rule.id.startswith(ID) and any(f"{OPTION} {name}=" in said for name in wishes)
