"""The store as its events made it: what every row must be, from the chain alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from allocator.signoff.chain import Event

SIGNING = ("sign", "approve", "approve with conditions")


@dataclass
class PlanAsMade:
    """One plan, folded from its events.

    columns:    of ``plans``, as far as events say them
    signatures: place -> columns of the row
    documents:  (kind, blob)
    comments:   id -> columns, with the text's digest
    checks:     number of the event -> columns of the row
    """

    columns: dict[str, Any]
    seen: dict[str, str]
    signatures: dict[int, dict[str, Any]] = field(default_factory=dict)
    documents: set[tuple[str, str]] = field(default_factory=set)
    comments: dict[str, dict[str, Any]] = field(default_factory=dict)
    checks: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Made:
    """Everything that the chain says of plans, roles and delegations."""

    plans: dict[str, PlanAsMade] = field(default_factory=dict)
    grants: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    delegations: dict[str, dict[str, Any]] = field(default_factory=dict)
    disabled: set[str] = field(default_factory=set)


def replay(events: Iterable[Event], made: Made) -> Iterator[Event]:
    """Fold events into ``made`` as they pass by: a chain is read once."""
    for event in events:
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            # an event that is not as it was written is named by the chain
            _fold(event, json.loads(event.details), made)
        yield event


def _fold(event: Event, details: dict[str, Any], made: Made) -> None:
    if event.action == "create":
        columns = {
            "market": details["market"], "replaces": details["replaces"], "state": "draft",
            "version": 1, "author": event.actor, "reviewer": None, "authority": None,
            "created_at": event.at, "changed_at": event.at, "facts": {}, "required": [],
            "blob": details["blob"],
        }  # fmt: skip
        papers = {(kind, blob) for kind, blob in details["documents"].items()}
        made.plans[event.subject] = PlanAsMade(columns, details["seen"], documents=papers)
    elif event.subject in made.plans:
        _fold_plan(event, details, made.plans[event.subject])
    else:
        _fold_person(event, details, made)


def _fold_plan(event: Event, details: dict[str, Any], plan: PlanAsMade) -> None:
    person = event.behalf or event.actor
    if "to" in details:
        moved = {"state": details["to"], "version": details["version"], "changed_at": event.at}
        plan.columns.update(moved)
    if event.action == "submit":
        for name in ("facts", "required", "authority"):
            plan.columns[name] = details[name]
    elif event.action == "review":
        plan.columns["reviewer"] = person
    elif event.action in SIGNING:
        plan.signatures[details["place"]] = {
            "person": person, "actor": event.actor, "role": event.role, "at": event.at,
            **{name: details[name] for name in ("reason", "conditions", "seen", "rules")},
        }  # fmt: skip
    elif event.action == "attach":
        plan.documents.add((details["kind"], details["blob"]))
    elif event.action == "check":
        said = {name: details[name] for name in ("agrees", "engine", "result")}
        plan.checks[event.number] = {"plan": event.subject, "at": event.at, **said}
    elif event.action == "comment":
        plan.comments[details["comment"]] = {
            "about": details["about"], "answers": details["answers"], "person": event.actor,
            "text": details["text"], "at": event.at,
        }  # fmt: skip


def _fold_person(event: Event, details: dict[str, Any], made: Made) -> None:
    held = made.grants.get(event.subject, set())
    if event.action == "add user":
        made.grants[event.subject] = {(role, market) for role, market in details["grants"]}
    elif event.action == "grant":
        held.add((details["role"], details["market"]))
    elif event.action == "revoke":
        held.discard((details["role"], details["market"]))
    elif event.action in ("disable", "enable", "forget user"):
        change = made.disabled.discard if event.action == "enable" else made.disabled.add
        change(event.subject)
        if event.action == "forget user":
            held.clear()
    elif event.action == "delegate":
        names = ("giver", "taker", "role", "market", "starts", "ends", "reason")
        row = {name: details[name] for name in names}
        made.delegations[details["delegation"]] = {**row, "revoked_at": None}
    elif event.action == "end delegation":
        made.delegations[details["delegation"]]["revoked_at"] = event.at
