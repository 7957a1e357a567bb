"""Plans → Comparison: the only conductor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from allocator.compare.bridges import bridges_of
from allocator.compare.causes import causes_of
from allocator.compare.contender import Contender, matched
from allocator.compare.exchange import Rate
from allocator.compare.judges import broken_rules, judged, judges_of
from allocator.compare.readings import calendar_of, cells_of, groups_of, same_goal, units_of
from allocator.compare.summary import figure
from allocator.compare.worlds import Read, own, read_in
from allocator.findings.comparison import SCHEMA_VERSION, Comparison, sealed_comparison

Step = Callable[[str], None]


def compare(
    plans: Sequence[Contender],
    *,
    rates: Mapping[str, Rate] | None = None,
    align: bool = False,
    step: Step = lambda _: None,
) -> Comparison:
    """The plans side by side, the first being what the others are compared with.

    rates: currency -> rate to the first plan's; align: lay other weeks side by side.
    Raises InputError for plans that cannot be compared; see ``matched``.
    """
    known = matched(plans, rates=rates or {}, align=align)
    step("reading every plan on every model")
    reads = [own(one) for one in known]
    models = _models(known)
    notes = _notes(known, models)
    figures: list[dict[str, Any]] = []
    for model in models:
        seen, wrong = _in_model(known, reads, model)
        notes += wrong
        figures += _figures(known, seen, model)
    step("judging every plan by every other")
    judges = judges_of(known)
    verdicts = [entry for judge in judges for entry in judged(known, judge)]
    step("bridging")
    bridges = []
    for other in known[1:]:
        made, missing = bridges_of(known[0], other)
        bridges += [one.model_dump(mode="json") for one in made]
        notes += missing
    causes = [cause for other in known[1:] for cause in causes_of(known[0], other)]
    return sealed_comparison(
        {
            "schema_version": SCHEMA_VERSION,
            "currency": known[0].plan.currency,
            "aligned": len({one.setting.weeks.start for one in known}) > 1,
            "units": units_of(known),
            "plans": [_compared(one, read, models) for one, read in zip(known, reads, strict=True)],
            "figures": figures,
            "judges": [_judge(one) for one in judges],
            "judged": verdicts,
            "bridges": bridges,
            "causes": [cause.model_dump(mode="json") for cause in causes],
            "notes": list(dict.fromkeys(notes)),
        }
    )


def _models(plans: Sequence[Contender]) -> tuple[Contender, ...]:
    """The first plan with each curves."""
    first: dict[str, Contender] = {}
    for one in plans:
        first.setdefault(one.plan.curves.digest, one)
    return tuple(first.values())


def _in_model(
    plans: Sequence[Contender], reads: Sequence[Read], model: Contender
) -> tuple[list[Read | None], list[str]]:
    """Every plan on the model's curves, and why some cannot be read there."""
    seen: list[Read | None] = []
    notes = []
    for plan, mine in zip(plans, reads, strict=True):
        if plan.plan.curves.digest == model.plan.curves.digest:
            seen.append(mine)
            continue
        try:
            seen.append(read_in(plan, model))
        except ValueError as error:
            seen.append(None)
            notes.append(f"{plan.name} has no outcome by the model of {model.name}: {error}")
    return seen, notes


def _figures(
    plans: Sequence[Contender], seen: Sequence[Read | None], model: Contender
) -> list[dict[str, Any]]:
    calendar = calendar_of(plans)
    rows = (
        figure(model.name, group, cell)
        for group in groups_of(plans)
        for cell in cells_of(group, plans, seen, calendar)
    )
    return [row for row in rows if row is not None]


def _notes(plans: Sequence[Contender], models: Sequence[Contender]) -> list[str]:
    notes = []
    if len(models) > 1:
        names = " and ".join(one.name for one in models)
        notes.append(
            f"The plans stand on {len(models)} models, those of {names}: differences are told by "
            "each of them, never between them."
        )
    if not same_goal(plans):
        notes.append("The plans maximise different things: each judges all of them by its own.")
    if len({one.setting.weeks.start for one in plans}) > 1:
        notes.append("The plans are about different weeks, laid side by side: week 1 with week 1.")
    return notes


def _compared(one: Contender, read: Read, models: Sequence[Contender]) -> dict[str, Any]:
    plan = one.plan
    model = next(m for m in models if m.plan.curves.digest == plan.curves.digest)
    return {
        "name": one.name, "file": one.file, "digest": plan.digest,
        "scenario": plan.scenario.id, "title": plan.scenario.title,
        "curves": plan.curves.digest, "model": model.name,
        "status": str(plan.certificate.status), "gap": plan.certificate.gap_of_outcome,
        "objective": plan.objective, "unit": one.setting.terms.unit,
        "currency": plan.currency, "exchange": one.exchange,
        "start": plan.period.start, "end": plan.period.end,
        "spend": round(plan.totals.plan.spend * one.factor, 2), "breaks": broken_rules(read),
    }  # fmt: skip


def _judge(one: Contender) -> dict[str, Any]:
    return {
        "name": one.name, "curves": one.plan.curves.digest, "objective": one.plan.objective,
        "unit": one.setting.terms.unit,
    }  # fmt: skip
