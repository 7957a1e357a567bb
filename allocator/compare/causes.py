"""What in the questions differs, in words: the inputs that explain why two plans differ."""

from __future__ import annotations

from collections.abc import Iterator

from allocator.compare.contender import Contender
from allocator.compare.contexts import context_changes
from allocator.findings.comparison import Cause, Kind
from allocator.scenario import Constraint, resolved_form
from allocator.scenario.difference import Difference, differences

KINDS: dict[str, Kind] = {
    "budget": "budget",
    "economics": "price",
    "assumptions": "price",
    "alternatives": "model",
    "objective": "objective",
    "period": "period",
    "reference": "reference",
    "references": "reference",
    "until_start": "reference",
    "carry_out": "reference",
    "flighting": "flighting",
}
"""Top key of a scenario -> what a change there is; a key that is not named is ``other``."""
SILENT = ("constraints", "context", "curves", "run", "policy", "currency", "extends", "variants")
"""Told otherwise, or of no consequence: how hard to look, where the files lie."""
LONGEST = 120
ENGINE = "budget-allocation-engine"


def causes_of(a: Contender, b: Contender) -> tuple[Cause, ...]:
    """From A to B, in the order: model, money, prices, goal, weeks, rules, the rest."""
    found = [*_model(a, b), *_values(a, b), *_rules(a, b), *_engine(a, b)]
    order = ("model", "budget", "price", "objective", "period", "constraint")
    return tuple(
        sorted(found, key=lambda cause: order.index(cause.kind) if cause.kind in order else 99)
    )


def _cause(a: Contender, b: Contender, kind: Kind, said: tuple[str, str]) -> Cause:
    path, words = said
    return Cause(a=a.name, b=b.name, kind=kind, path=path, words=words)


def _model(a: Contender, b: Contender) -> Iterator[Cause]:
    one, two = a.plan.curves.digest, b.plan.curves.digest
    if one != two:
        words = f"other response curves: {one[:12]}… became {two[:12]}…"
        yield _cause(a, b, "model", ("curves", words))
    if a.plan.currency != b.plan.currency:
        words = f"amounts in {b.plan.currency}, converted: {b.exchange or a.exchange}"
        yield _cause(a, b, "price", ("currency", words))


def _values(a: Contender, b: Contender) -> Iterator[Cause]:
    one, two = resolved_form(a.scenario), resolved_form(b.scenario)
    for found in differences(one, two):
        top = found.path.split(".")[0]
        if top in SILENT:
            continue
        kind = KINDS.get(top, "other")
        yield _cause(a, b, kind, (found.path, _became(found)))
    for path, words in context_changes(one, two):
        yield _cause(a, b, "other", (path, words))


def _became(found: Difference) -> str:
    name = found.path.replace("_", " ").replace(".", " ")
    if found.a is None:
        return f"{name}: {_cut(found.b)} is new"
    if found.b is None:
        return f"{name}: {_cut(found.a)} is gone"
    return f"{name}: {_cut(found.a)} became {_cut(found.b)}"


def _cut(text: str | None) -> str:
    said = _money(text or "")
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def _money(text: str) -> str:
    """Large numbers with their thousands: ``2000000.0`` is 2,000,000."""
    try:
        value = float(text)
    except ValueError:
        return text
    return f"{value:,.0f}" if abs(value) >= 1000 and value == round(value) else text


def _rules(a: Contender, b: Contender) -> Iterator[Cause]:
    ours = {rule.id: rule for rule in a.scenario.constraints}
    theirs = {rule.id: rule for rule in b.scenario.constraints}
    for name in dict.fromkeys((*ours, *theirs)):
        one, two = ours.get(name), theirs.get(name)
        path = f"constraints.{name}"
        if one is None and two is not None:
            yield _cause(a, b, "constraint", (path, f"rule {name} is new: {_said(two, b)}"))
        elif two is None and one is not None:
            yield _cause(a, b, "constraint", (path, f"rule {name} is gone: {_said(one, a)}"))
        elif one is not None and two is not None and _meant(one) != _meant(two):
            said, now = _said(one, a), _said(two, b)
            if said == now:
                now += " (other lines, or another price of breaking it)"
            yield _cause(a, b, "constraint", (path, f"rule {name}: {said} became {now}"))


def _meant(rule: Constraint) -> dict[str, object]:
    """What a rule asks; why, whose and from which file change nothing."""
    form = rule.model_dump(mode="json", exclude_none=True)
    return {key: value for key, value in form.items() if key not in ("reason", "owner", "source")}


def _said(rule: Constraint, of: Contender) -> str:
    return _cut(f"{rule.about}: {rule.rule.words(of.plan.currency)}")


def _engine(a: Contender, b: Contender) -> Iterator[Cause]:
    one, two = (plan.plan.versions.get(ENGINE) for plan in (a, b))
    if one != two:
        yield _cause(a, b, "engine", ("versions", f"made by version {one}, then by version {two}"))
