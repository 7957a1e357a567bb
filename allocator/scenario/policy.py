"""Guardrails that scenarios share: rules in a file of their own, kept by every scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from allocator.complaint import Complaint
from allocator.scenario.files.paths import inside
from allocator.scenario.files.shelf import Shelf
from allocator.scenario.schema import Scenario
from allocator.scenario.schema.constraint import Constraint, Written
from mmm.errors import Fault, InputError
from mmm.typed import validate
from mmm.yamlfile import Document

FILE = "policy.yaml"
"""Found beside a scenario, or in the nearest folder above it, it holds without being named."""

RESERVED = ("budget", "extrapolation", "flighting")
"""Ids of what a scenario asks outside its rules."""


class Policy(Written):
    """Rules that every scenario of a folder keeps, whatever else it asks."""

    schema_version: Literal[1]
    """Version of this format."""
    title: Annotated[str, Field(min_length=1)] | None = None
    """What a person calls it."""
    constraints: tuple[Constraint, ...]
    """The rules, as in a scenario; their ids are taken in every scenario."""


def with_policy(
    scenario: Scenario, document: Document, folder: Path, shelf: Shelf
) -> tuple[Scenario, Document | None, list[Fault]]:
    """The scenario with the shared rules behind its own, the policy's file, and what is wrong.

    Each shared rule says in ``source`` which file it is from, as the scenario would name it.
    """
    path = _file(scenario, folder, shelf.root)
    if path is None:
        return scenario, None, []
    if isinstance(path, Complaint):
        return scenario, None, [document.fault(("policy",), path.found, path.expected, path.fix)]
    name, real = path
    try:
        shared = shelf.document(real, str(real))
        policy = validate(shared, Policy)
    except InputError as error:
        return scenario, None, list(error.faults)
    faults = [*_ids(scenario, document, shared, policy), *_audiences(scenario, shared, policy)]
    rules = tuple(rule.model_copy(update={"source": name}) for rule in policy.constraints)
    every = (*scenario.constraints, *rules)
    return scenario.model_copy(update={"policy": name, "constraints": every}), shared, faults


def _file(scenario: Scenario, folder: Path, root: Path) -> tuple[str, Path] | Complaint | None:
    """(the file as a scenario names it, where it is); None where there is no policy."""
    if scenario.policy is not None:
        path = inside(scenario.policy, folder)
        if isinstance(path, Path) and not path.is_file():
            return Complaint(f"no file {scenario.policy}", "a policy file", "check the path")
        return path if isinstance(path, Complaint) else (scenario.policy, folder / scenario.policy)
    name, here = FILE, folder
    while not (here / FILE).is_file():
        if here.resolve() == root or here.resolve() == here.resolve().parent:
            return None
        here, name = here / "..", f"../{name}"
    found = inside(FILE, here, root)
    return found if isinstance(found, Complaint) else (name, here / FILE)


def reserved(document: Document, place: int, name: str) -> list[Fault]:
    """A rule with an id under which a plan has something else."""
    if name not in RESERVED:
        return []
    found, expected = f"the id {name!r}", "another id: a plan has one of its own so"
    return [document.fault(("constraints", place, "id"), found, expected)]


def _ids(scenario: Scenario, document: Document, shared: Document, policy: Policy) -> list[Fault]:
    """An id twice: within the policy, or in the scenario once more."""
    faults: list[Fault] = []
    first: dict[str, int] = {}
    for place, rule in enumerate(policy.constraints):
        faults += reserved(shared, place, rule.id)
        line = shared.place(("constraints", first.setdefault(rule.id, place), "id"))[0]
        if first[rule.id] != place:
            found = f"the rule {rule.id!r} again (first on line {line})"
            faults.append(shared.fault(("constraints", place, "id"), found, "each id once"))
    for place, rule in enumerate(scenario.constraints):
        if rule.id in first:
            line = shared.place(("constraints", first[rule.id], "id"))[0]
            found = f"the rule {rule.id!r} again (it stands in {shared.file}, line {line})"
            expected = "an id that the policy does not have"
            faults.append(document.fault(("constraints", place, "id"), found, expected))
    return faults


def _audiences(scenario: Scenario, shared: Document, policy: Policy) -> list[Fault]:
    return [
        shared.fault(
            ("constraints", place, "audience"),
            f"the audience {rule.audience!r}",
            f"an audience that the scenario {scenario.id} describes",
            f"write `audiences: {{{rule.audience}: …}}` in the scenario",
        )
        for place, rule in enumerate(policy.constraints)
        if rule.audience is not None and rule.audience not in (scenario.audiences or {})
    ]
