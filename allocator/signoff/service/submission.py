"""A plan comes in: kept with its documents as a draft, then submitted, and locked from then on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from sqlalchemy import Connection, and_, or_, select

from allocator.errors import NotAllowed
from allocator.plan import Plan, digest_of
from allocator.signoff.authority import REQUIRED, Authority, Requirement, requirement
from allocator.signoff.facts import PlanFacts
from allocator.signoff.seen import seen_of
from allocator.signoff.service.acts import locked, move, note, plan_of
from allocator.signoff.service.checks import ask, judged
from allocator.signoff.service.standing import AUTHORING, Conflict, first_role, hands
from allocator.signoff.states import AUTHORS, SIGNED, UNDECIDED, Action, Role, State
from allocator.signoff.store import blobs, plan_rows
from allocator.signoff.store.connect import Store
from allocator.signoff.store.people import is_market
from allocator.signoff.store.plan_rows import DocumentRow, PlanRow, required_form
from allocator.signoff.store.tables import events, plans
from allocator.signoff.tied import untied
from mmm.errors import Fault, InputError

APPROVED = (str(Action.APPROVE), str(Action.APPROVE_WITH_CONDITIONS))
COUNTS = (*SIGNED, State.SUPERSEDED)
MOST = 10_000_000  # bytes of one document


@dataclass(frozen=True)
class Submission:
    """What is handed in.

    documents: kind (``dossier``, ``page``, ``workbook``, ``onepager``, …) -> (file name, content)
    replaces:  digest of the plan it was changed from
    """

    plan: Plan
    market: str
    documents: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    replaces: str | None = None


@dataclass(frozen=True)
class Matrix:
    """The authority file that is in force: what it says, and its bytes."""

    authority: Authority
    content: bytes


def create(store: Store, actor: str, handed: Submission, *, at: str) -> PlanRow:
    """Keep a plan as a draft. Nothing of it can be changed afterwards.

    Raises NotAllowed for who is no planner or campaign manager of the market or would replace
    somebody else's open plan, InputError for a plan whose digest is not its content's, Conflict
    for one that is here already.
    """
    return store.writing(lambda connection: created(connection, actor, handed, at))


def submit(store: Store, actor: str, digest: str, matrix: Matrix, *, at: str) -> PlanRow:
    """Ask for signatures. What they are is decided now, and kept with the file that decided it; a
    worker is asked to make the plan's figures again, where that file wants it.

    The plan that it replaces is withdrawn, if it is still open: nobody signs an old version
    unknowingly. Raises NotAllowed where no rule of the matrix applies, InputError for another
    currency than the matrix has.
    """
    return store.writing(lambda connection: _submit(connection, actor, digest, matrix, at))


def last_agreed(connection: Connection, market: str, but: str) -> PlanRow | None:
    """The plan of a market that was approved last, other than ``but``.

    By the number of the event that approved it: clocks differ, and a plan that is superseded or
    expires changes later than it was approved. A released one whose weeks are over counts; one
    that expired before anybody released it does not.
    """
    released = select(events.c.subject).where(events.c.action == str(Action.RELEASE))
    over = and_(plans.c.state == str(State.EXPIRED), plans.c.digest.in_(released))
    agreed = or_(plans.c.state.in_([str(state) for state in COUNTS]), over)
    asked = plans.c.market == market, agreed, plans.c.digest != but
    return plan_rows.latest(connection, *asked, actions=APPROVED)


def hand_in(store: Store, actor: str, handed: Submission, matrix: Matrix, *, at: str) -> PlanRow:
    """Keep a plan and ask for its signatures: both, or neither.

    A draft that is here already is submitted, with the documents that it has not yet. Raises what
    ``create`` and ``submit`` do, and InputError for a draft of another market or another origin.
    """

    def act(connection: Connection) -> PlanRow:
        known = plan_rows.get(connection, handed.plan.digest)
        if known is None or known.state is not State.DRAFT:
            created(connection, actor, handed, at)
        else:
            _completed(connection, actor, known, handed, at)
        return _submit(connection, actor, handed.plan.digest, matrix, at)

    return store.writing(act)


def created(connection: Connection, actor: str, handed: Submission, at: str) -> PlanRow:
    """The same within a transaction of the caller's."""
    _refuse_odd(handed)
    plan = handed.plan
    who = first_role(connection, actor, handed.market, at, AUTHORS)
    if plan_rows.get(connection, plan.digest) is not None:
        raise Conflict(f"the plan {plan.digest[:12]}… is here already; nothing was done")
    if handed.replaces is not None:
        old = locked(connection, handed.replaces)
        if old.market != handed.market:
            found, expected = f"a plan of {old.market}", f"one of {handed.market}"
            raise InputError([Fault("plan", 0, 0, "replaces", found, expected)])
        _refuse_others(connection, old, who.both)
    row = PlanRow(
        digest=plan.digest, blob=blobs.put(connection, plan.to_json().encode()),
        title=plan.scenario.title, market=handed.market, scenario=plan.scenario.id,
        scenario_digest=plan.scenario.digest, curves_digest=plan.curves.digest,
        currency=plan.currency, cents=round(plan.totals.plan.spend * 100),
        starts=plan.period.start, ends=plan.period.end, author=who.actor.id,
        replaces=handed.replaces, state=State.DRAFT, version=1, facts={},
        required=Requirement(()), authority=None, reviewer=None, created_at=at, changed_at=at,
    )  # fmt: skip
    plan_rows.add(connection, row)
    kept = {}
    for kind, (name, content) in handed.documents.items():
        kept[kind] = blobs.put(connection, content)
        document = DocumentRow(plan.digest, kind, kept[kind], name, at, who.actor.id)
        plan_rows.attach(connection, document)
    note(connection, plan.digest, "create", who, at, details={
        "market": handed.market, "replaces": handed.replaces, "documents": kept,
        "blob": row.blob, "seen": seen_of(plan),
    })  # fmt: skip
    return row


def _completed(
    connection: Connection, actor: str, draft: PlanRow, handed: Submission, at: str
) -> None:
    """Attach to a draft what is handed in beside it and not there yet."""
    _refuse_odd(handed)
    faults = [
        Fault("plan", 0, 0, name, repr(now), f"{then!r}, as in the draft that is here")
        for name, now, then in (
            ("market", handed.market, draft.market), ("replaces", handed.replaces, draft.replaces)
        )
        if now != then
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
    who = first_role(connection, actor, draft.market, at, AUTHORS)
    there = {one.kind: one.blob for one in plan_rows.documents_of(connection, draft.digest)}
    for kind, (name, content) in handed.documents.items():
        blob = blobs.put(connection, content)
        if there.get(kind) != blob:
            paper = DocumentRow(draft.digest, kind, blob, name, at, who.actor.id)
            plan_rows.attach(connection, paper)
            details = {"kind": kind, "name": name, "blob": blob}
            note(connection, draft.digest, "attach", who, at, details=details)


def _submit(connection: Connection, actor: str, digest: str, matrix: Matrix, at: str) -> PlanRow:
    row = locked(connection, digest)
    who = first_role(connection, actor, row.market, at, AUTHORS)
    plan = plan_of(connection, row)
    if plan.currency != matrix.authority.currency:
        fault = Fault("authority", 0, 0, "currency", matrix.authority.currency, plan.currency)
        raise InputError([fault])
    before = last_agreed(connection, row.market, digest)
    facts = judged(connection, row, plan, plan_of(connection, before) if before else None)
    required = requirement(matrix.authority, facts)
    if not required.steps:
        raise InputError([
            Fault("authority", 0, 0, "rules", f"no rule for {row.market}", "a rule that applies",
                  "without one nobody may approve the plan")
        ])  # fmt: skip
    authority = blobs.put(connection, matrix.content)
    verify = matrix.authority.verified == REQUIRED
    moved = move(
        connection, row, Action.SUBMIT, who, at,
        details={
            "authority": authority,
            "job": ask(connection, actor, digest, at) if verify else None,
            "facts": _form(facts), "required": required_form(required),
            "against": before.digest if before else None,
        },
        facts=plan_rows.as_json(_form(facts)),
        required=plan_rows.as_json(required_form(required)),
        authority=authority,
    )  # fmt: skip
    if row.replaces is not None:
        old = locked(connection, row.replaces)
        _refuse_others(connection, old, who.both | _authors(connection, row))
        if old.state in UNDECIDED:
            author = replace(who, role=Role.PLANNER)
            move(connection, old, Action.WITHDRAW, author, at, details={"replaced_by": digest})
    return moved


def _refuse_others(connection: Connection, old: PlanRow, by: frozenset[str]) -> None:
    """Raise NotAllowed where an open plan would be withdrawn by none of its authors."""
    if old.state in UNDECIDED and not by & _authors(connection, old):
        raise NotAllowed(f"only its author replaces a plan that is {old.state}; ask for its end")


def _authors(connection: Connection, row: PlanRow) -> frozenset[str]:
    """ids of whoever wrote or submitted a plan, and in whose name."""
    did = hands(connection, row.digest)
    return frozenset({row.author, *(who for who, what in did.items() if what in AUTHORING)})


def _form(facts: PlanFacts) -> dict[str, object]:
    return {**asdict(facts), "flags": sorted(facts.flags)}


def _refuse_odd(handed: Submission) -> None:
    faults = []
    try:
        if digest_of(handed.plan.model_dump(mode="json")) != handed.plan.digest:
            found, expected = "a digest that is not its content's", "the plan as it was made"
            faults.append(Fault("plan.json", 0, 0, "digest", found, expected))
        faults += untied(handed.plan)
    except ValueError:  # JSON has neither
        found, expected = "a figure that is NaN or infinite", "the plan as it was made"
        faults.append(Fault("plan.json", 0, 0, "", found, expected))
    if "\0" in handed.plan.scenario.title + handed.plan.scenario.id:  # PostgreSQL keeps none
        faults.append(Fault("plan.json", 0, 0, "scenario", "a NUL", "text without one"))
    if not is_market(handed.market):
        faults.append(Fault("market", 0, 0, "", repr(handed.market[:90]), "a name, such as DE"))
    faults += [
        Fault(name, 0, 0, "", f"{len(content):,} bytes", "at most 10 MB")
        for name, content in handed.documents.values()
        if len(content) > MOST
    ]
    if faults:
        raise InputError(faults)
