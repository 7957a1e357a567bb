"""What the API answers: plain values with their meaning, rendered into its OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from allocator.signoff.authority import Step
from allocator.signoff.service.checks import Check
from allocator.signoff.service.opened import Opened
from allocator.signoff.service.reading import Entry
from allocator.signoff.store.jobs import Job
from allocator.signoff.store.people import Delegation
from allocator.signoff.store.plan_rows import DocumentRow, PlanRow, Signed
from allocator.signoff.store.talk import Comment


class Shown(BaseModel):
    """Base of every answer."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class ShownStep(Shown):
    """Signatures of one kind that a plan needs."""

    roles: list[str]
    """Any of these."""
    people: int
    """How many different people."""
    rules: list[str]
    """Of the authority matrix, that ask for it."""

    @classmethod
    def of(cls, one: Step) -> ShownStep:
        """From the row."""
        return cls(roles=list(one.roles), people=one.people, rules=list(one.rules))


class ShownPlan(Shown):
    """A plan and where it stands."""

    digest: str
    title: str
    market: str
    scenario: str
    """Id of its scenario."""
    scenario_digest: str
    curves_digest: str
    currency: str
    spend: str
    """Of the whole plan, to the cent."""
    starts: str
    ends: str
    author: str
    """Id of the person."""
    reviewer: str | None
    replaces: str | None
    """Digest of the plan it was changed from."""
    state: str
    version: int
    """One more with every act; the ETag."""
    flags: list[str]
    """What makes it exceptional, as judged at its submission."""
    change: float | None
    """Part of the money that moves against the last approved plan of the market."""
    required: list[ShownStep]
    created_at: str
    changed_at: str

    @classmethod
    def of(cls, row: PlanRow) -> ShownPlan:
        """From the row."""
        return cls(**_columns(row))


def _columns(row: PlanRow) -> dict[str, Any]:
    names = (
        "digest", "title", "market", "scenario", "scenario_digest", "curves_digest", "currency",
        "starts", "ends", "author", "reviewer", "replaces", "version", "created_at", "changed_at",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "state": str(row.state), "spend": row.spend,
        "flags": list(row.facts.get("flags", ())), "change": row.facts.get("change"),
        "required": [ShownStep.of(one) for one in row.required.steps],
    }  # fmt: skip


class ShownPlans(Shown):
    """A page of plans, the latest change first."""

    plans: list[ShownPlan]
    next: str | None
    """What `before` must say for the next page; null at the end."""


class ShownSignature(Shown):
    """A signature."""

    person: str
    """In whose name."""
    actor: str
    """Who signed: somebody else where it was delegated."""
    place: int
    role: str
    reason: str
    conditions: list[dict[str, Any]]
    seen: dict[str, str]
    """The figures that the signer saw."""
    rules: list[str]
    at: str

    @classmethod
    def of(cls, one: Signed) -> ShownSignature:
        """From the row."""
        return cls(
            person=one.person, actor=one.actor, place=one.place, role=str(one.role),
            reason=one.reason, conditions=list(one.conditions), seen=dict(one.seen),
            rules=list(one.rules), at=one.at,
        )  # fmt: skip


class ShownPaper(Shown):
    """A document of a plan."""

    kind: str
    name: str
    digest: str
    """SHA-256 of its content."""
    at: str
    by: str

    @classmethod
    def of(cls, one: DocumentRow) -> ShownPaper:
        """From the row."""
        return cls(kind=one.kind, name=one.name, digest=one.blob, at=one.at, by=one.by)


class ShownCheck(Shown):
    """Whether a plan's figures were made again from its scenario and curves."""

    needed: bool
    """Nobody approves or releases the plan before they agree."""
    agrees: bool | None
    """Null where nobody has made them again yet."""
    at: str | None
    engine: str | None
    """Version of the program that computed."""
    compared: int
    differences: list[str]
    """What does not agree, a hundred at most."""
    flags: list[str]
    """What makes the plan exceptional by those figures."""
    curves: str | None
    """Where they were found."""
    job: str | None
    """Id of the job that was last asked to."""

    @classmethod
    def of(cls, one: Check) -> ShownCheck:
        """From the check."""
        row, found = one.row, one.found
        return cls(
            needed=one.needed, agrees=None if found is None else found.agrees,
            at=None if row is None else row.at, engine=None if row is None else row.engine,
            compared=0 if found is None else found.compared,
            differences=[] if found is None else list(found.differences),
            flags=[] if found is None else list(found.flags),
            curves=None if found is None else found.curves,
            job=None if one.job is None else one.job.id,
        )  # fmt: skip


class OpenedPlan(ShownPlan):
    """A plan with all that a decision needs."""

    seen: dict[str, str]
    """What an approval or a rejection must repeat."""
    possible: list[str]
    """What the caller may do now."""
    due: ShownStep | None
    """The signature it waits for."""
    check: ShownCheck
    """Whether its figures were made again, and agree."""
    newer: str | None
    """Digest of the plan that was handed in for this one."""
    signatures: list[ShownSignature]
    documents: list[ShownPaper]
    names: dict[str, str]
    """Id: name, of the people above."""

    @classmethod
    def opened(cls, one: Opened) -> OpenedPlan:
        """From what was opened."""
        people = {one.row.author, one.row.reviewer}
        people |= {id_ for each in one.signatures for id_ in (each.person, each.actor)}
        people |= {each.by for each in one.documents}
        return cls(
            **_columns(one.row), seen=one.seen, possible=list(one.possible),
            due=None if one.due is None else ShownStep.of(one.due),
            check=ShownCheck.of(one.check),
            newer=None if one.newer is None else one.newer.digest,
            signatures=[ShownSignature.of(each) for each in one.signatures],
            documents=[ShownPaper.of(each) for each in one.documents],
            names={id_: one.names[id_] for id_ in sorted(filter(None, people)) if id_ in one.names},
        )  # fmt: skip


class ShownComment(Shown):
    """What somebody said."""

    id: str
    about: str
    """`plan`, `line:search/brand` or `rule:tv-commit`."""
    answers: str | None
    person: str
    text: str
    at: str

    @classmethod
    def of(cls, one: Comment) -> ShownComment:
        """From the row."""
        return cls(
            id=one.id, about=one.about, answers=one.answers, person=one.person, text=one.text,
            at=one.at,
        )  # fmt: skip


class ShownEvent(Shown):
    """An act, as it stands in the chain."""

    number: int
    at: str
    actor: str
    actor_name: str
    role: str
    behalf: str
    action: str
    subject: str
    details: str
    """Canonical JSON, as it was hashed."""
    previous: str
    hash: str

    @classmethod
    def of(cls, one: Entry) -> ShownEvent:
        """From the event with its names."""
        names = (
            "number", "at", "actor", "role", "behalf", "action", "subject", "details", "previous",
            "hash",
        )  # fmt: skip
        return cls(actor_name=one.actor, **{name: getattr(one.event, name) for name in names})


class ShownDelegation(Shown):
    """One person acts for another."""

    id: str
    giver: str
    taker: str
    role: str
    market: str
    starts: str
    ends: str
    reason: str
    revoked_at: str | None

    @classmethod
    def of(cls, one: Delegation) -> ShownDelegation:
        """From the row."""
        return cls(**{name: _text(getattr(one, name)) for name in cls.model_fields})


class ShownJob(Shown):
    """Work for a worker."""

    id: str
    kind: str
    state: str
    """`waiting`, `running`, `done`, `failed` or `cancelled`."""
    progress: int
    """Per cent."""
    message: str
    """What is going on, or why it failed."""
    attempts: int
    person: str
    request: dict[str, Any]
    result: dict[str, Any] | None
    created_at: str
    finished_at: str | None

    @classmethod
    def of(cls, one: Job) -> ShownJob:
        """From the row."""
        values: Mapping[str, Any] = {name: getattr(one, name) for name in cls.model_fields}
        return cls(**{**values, "state": str(one.state)})


def _text(value: object) -> object:
    return None if value is None else str(value)
