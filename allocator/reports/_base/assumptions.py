"""What the scenario took for granted, in words, read from its resolved form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from allocator.assumption_words import change_words, where_words
from allocator.plan import Plan
from allocator.reports._base.binding import BUDGET, rules
from allocator.reports._base.cautions import health_word
from allocator.reports._base.names import clean, clean_lines, spoken
from allocator.reports._base.numbers import NBSP, THIN, no_less, percent, whole
from allocator.reports._base.sought import goal, sought

Facts = tuple[tuple[str, str], ...]

_LEAST = 1e-6  # a breach is never written as less than 0.0001 %

_UNTIL = {
    "same_weeks_last_year": "between the data's end and the start: as in the same weeks of last "
    "year",
    "reference": "between the data's end and the start: as the reference, week by week",
    "zero": "between the data's end and the start: nothing",
}
_AFTER = {
    "reference": "the reference goes on, with the plan and without it",
    "zero": "nothing is spent, with the plan and without it",
}


def day(text: str) -> str:
    """``2027-01-04`` as ``4 January 2027``; anything that is no date as it stands."""
    try:
        parsed = date.fromisoformat(text)
    except ValueError:
        return clean(text)
    return f"{parsed.day}{NBSP}{parsed:%B}{NBSP}{parsed.year}"


def period(plan: Plan) -> str:
    """``4 January 2027 to 4 April 2027, 13 weeks``."""
    weeks = len(plan.period.weeks)
    return (
        f"{day(plan.period.start)} to {day(plan.period.end)}, {weeks}{NBSP}"
        f"week{'' if weeks == 1 else 's'}"
    )


def basis(plan: Plan) -> str:
    """``, net media`` where the scenario says what its amounts mean."""
    said = _part(plan.scenario.resolved, "budget").get("basis")
    return f", {spoken(str(said))}" if said else ""


def assumptions(plan: Plan) -> Facts:
    """Name and words of everything the answer hangs on."""
    asked = plan.scenario.resolved
    facts = [
        ("Period", period(plan)),
        ("Budget", _budget(plan)),
        ("Most of", _most_of(plan)),
        ("Reference", _reference(plan)),
        ("Before", _before(asked.get("until_start"))),
        ("After", _AFTER.get(str(asked.get("carry_out")), "")),
        ("Flighting", _flighting(asked.get("flighting", ""))),
        ("Rules", _rules(plan)),
        ("Model", _model(plan)),
        *assumed(plan),
    ]
    return tuple((name, words) for name, words in facts if words)


def _before(asked: object) -> str:
    """What is spent until the start: a word of the language, or a plan with its digest."""
    if not isinstance(asked, Mapping):
        return _UNTIL.get(str(asked), "")
    digest = str(_part(asked, "found").get("digest"))[:12]
    words = f"as in the plan {clean(str(asked.get('plan')))} ({digest})"
    others = _UNTIL.get(str(asked.get("other_weeks")))
    if others is not None:
        words += f", in other weeks {others.partition(': ')[2]}"
    return f"between the data's end and the start: {words}"


def assumed(plan: Plan) -> Facts:
    """What the scenario expects to be otherwise than the model saw it: its name, and
    ``tv: cost per unit +6% (agency rate card 2027-01)``."""
    found = plan.scenario.resolved.get("assumptions")
    return tuple(
        (
            f"Assumed: {clean(str(one['id']))}",
            f"{clean(where_words(one))}: {clean(change_words(one, plan.currency))} "
            f"({clean(str(one['source']))})",
        )
        for one in (found if isinstance(found, list | tuple) else ())
    )


def _flighting(asked: object) -> str:
    """``steady``, ``weekly, dark weeks of tv``."""
    if not isinstance(asked, dict):
        return str(asked)
    words = [str(asked.get("form", ""))]
    words += [f"{asked['profile']} profile"] if "profile" in asked else []
    words += [f"dark weeks of {', '.join(asked['dark'])}"] if asked.get("dark") else []
    words += [f"spent up to {asked['locked']['until']}"] if "locked" in asked else []
    return ", ".join(words)


def provenance(plan: Plan) -> Facts:
    """What is needed to ask the question again and to check the answer."""
    return (
        ("Plan", plan.digest),
        ("Scenario", f"{plan.scenario.id} {plan.scenario.digest}"),
        ("Curves", f"{plan.curves.path} {plan.curves.digest}"),
        ("Solver", ", ".join(f"{key} {value}" for key, value in sorted(plan.solver.items()))),
        ("Versions", ", ".join(f"{key} {value}" for key, value in sorted(plan.versions.items()))),
        ("Seed", str(plan.seed)),
        ("Rounding", _breach(plan)),
    )


def _breach(plan: Plan) -> str:
    most = percent(max(_LEAST, no_less(plan.certificate.worst_violation, 2)), digits=2)
    return f"whole cents miss a rule by {most} of its limit at most"


def resolved(plan: Plan) -> str:
    """The scenario as it was asked, as JSON."""
    return clean_lines(
        json.dumps(plan.scenario.resolved, indent=2, ensure_ascii=False, sort_keys=True)
    )


def _model(plan: Plan) -> str:
    kind = {"parametric": "fitted curves", "tabulated": "curves from a table"}
    return f"{kind.get(plan.curves.kind, plan.curves.kind)}; health: {health_word(plan)}"


def _part(asked: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = asked.get(key)
    return part if isinstance(part, Mapping) else {}


def _amount(value: Any, currency: str) -> str:
    return f"{currency}{NBSP}{whole(value)}" if isinstance(value, int | float) else str(value)


def _budget(plan: Plan) -> str:
    asked = _part(plan.scenario.resolved, "budget")
    for key, words in (("exactly", "exactly"), ("at_most", "at most")):
        if asked.get(key) is not None:
            return f"{words} {_amount(asked[key], plan.currency)}{basis(plan)}"
    for key, words in (("extra", "more"), ("cut", "less")):
        if asked.get(key) is not None:
            return f"{_amount(asked[key], plan.currency)} {words} than the reference{basis(plan)}"
    found = sought(plan)
    if found is None:
        return ""
    most = next(limit.limit for limit in plan.constraints if limit.id == BUDGET)
    how = "as little as the target needs" if found.form == "least_for" else "as much as pays"
    return f"{how}, at most {_amount(most, plan.currency)}{basis(plan)}"


def _most_of(plan: Plan) -> str:
    asked = _part(plan.scenario.resolved, "economics")
    margin = _margin_asked(plan)
    found = sought(plan)
    if found is not None:
        return f"{goal(plan)}, for {found.name}"
    said = goal(plan)
    own = plan.goal
    if plan.objective == "profit" and margin is None and own is not None:
        margin = next(iter(own.worth.values()))
    if plan.objective == "profit" and margin is not None:
        said += _margin(margin)
    elif own is not None and plan.objective in ("value", "weighted"):
        each = [
            f"{worth:,.6g} {'for one' if plan.units[kpi] == 'count' else 'of'} {spoken(kpi)}"
            for kpi, worth in own.worth.items()
        ]
        less = ", less the spend" if own.spend < 0 else ""
        said += f": {' and '.join(each)}{less}"
    if own is not None and own.said_by == "curves":
        said += ", as the model states it"
    if own is not None and own.said_by == "clv":
        said += f", by channel as in {asked.get('clv')}"
    if own is not None and own.total:
        said += "; the target is of the total, baseline included"
    if own is not None and own.discount:
        said += f"; later money counts less, by {own.discount * 100:.6g}{THIN}% a year"
    return said


def _margin_asked(plan: Plan) -> Any:
    """The margin that the scenario assumes, or else states; None where it does not say."""
    stated = [one.get("margin") for one in plan.scenario.resolved.get("assumptions") or ()]
    said = [margin for margin in stated if margin is not None]
    return said[0] if said else _part(plan.scenario.resolved, "economics").get("margin")


def _margin(margin: Any) -> str:
    share = f"{margin * 100:.6g}{THIN}%" if isinstance(margin, int | float) else str(margin)
    return f": {share} of incremental revenue, less the spend"


def _reference(plan: Plan) -> str:
    asked = _part(plan.scenario.resolved, "reference")
    actuals = asked.get("actuals")
    if isinstance(actuals, Mapping):
        words = f"what was spent in {actuals.get('weeks')} weeks from {actuals.get('start')}"
    elif asked.get("table"):
        words = f"the table {asked['table']}"
    elif asked.get("plan"):
        digest = str(_part(asked, "found").get("digest"))[:12]
        words = f"the plan {clean(str(asked['plan']))} ({digest})"
    elif asked.get("flat"):
        words = "the same amount for every line"
    else:
        return ""
    scale = asked.get("scale_to")
    return words + (f", scaled to {_amount(scale, plan.currency)}" if scale is not None else "")


def _rules(plan: Plan) -> str:
    count = len(rules(plan))
    if not count:
        return "none"
    held = len(rules(plan) & {limit.id for limit in plan.constraints if limit.binding})
    return f"{count}, of which {held or 'none'} {'binds' if held == 1 else 'bind'}"
