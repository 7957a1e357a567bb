"""Parts of a scenario that are right by themselves and do not agree with each other."""

from __future__ import annotations

from collections.abc import Iterator

from allocator.complaint import Complaint
from allocator.scenario.schema import Scenario

Path = tuple[str | int, ...]


def disagreements(scenario: Scenario) -> Iterator[tuple[Path, Complaint]]:
    """(path, what is wrong there), to be asked of a scenario that is valid by its parts."""
    yield from _goal(scenario)
    yield from _assumptions(scenario)
    budget, reference = scenario.budget, scenario.reference
    if reference.flat and reference.scale_to is None and budget.form not in ("exactly", "at_most"):
        yield (
            ("reference", "flat"),
            Complaint(
                f"a flat reference without an amount, beside `{budget.form}`",
                "an amount to start from",
                "write `reference: {flat: true, scale_to: 2.0M}`",
            ),
        )


def _goal(scenario: Scenario) -> Iterator[tuple[Path, Complaint]]:
    own, objective = scenario.budget.goal, scenario.objective
    if own is None:
        return
    form = scenario.budget.form
    if objective.maximise != own:
        yield (
            ("objective", "maximise"),
            Complaint(
                f"{objective.maximise!r} beside `budget: {{{form}: …}}`",
                "one goal, which that budget is",
                "leave out `objective`",
            ),
        )
    for name in ("caution", "probability_of"):
        if getattr(objective, name) is not None:
            found = f"{name} beside `{form}`, which is certain money"
            fix = "give a rule a probability instead"
            yield ("objective", name), Complaint(found, f"no `{name}`", fix)
    if scenario.alternatives is not None:
        found = f"alternatives beside `{form}`"
        yield ("alternatives",), Complaint(found, "one model, or an objective to be maximised")
    if objective.weights is not None:
        yield (
            ("objective", "weights"),
            Complaint(f"weights beside `{form}`, which counts money", "no weights"),
        )
    if scenario.economics is not None and scenario.economics.discount is not None:
        yield (
            ("economics", "discount"),
            Complaint(f"interest beside `{form}`, whose target has no date", "no `discount`"),
        )


def _assumptions(scenario: Scenario) -> Iterator[tuple[Path, Complaint]]:
    """Two margins."""
    margin: str | None = None
    for place, assumption in enumerate(scenario.assumptions or ()):
        if assumption.margin is None:
            continue
        if margin is not None:
            found = f"a margin again ({margin!r} states it)"
            yield ("assumptions", place, "margin"), Complaint(found, "one margin")
        margin = assumption.id
