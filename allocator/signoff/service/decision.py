"""Reviewing and deciding: signatures in the order of the matrix, or a rejection with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from allocator.errors import NotAllowed
from allocator.signoff.authority import Step
from allocator.signoff.conditions import Condition
from allocator.signoff.seen import seen_of
from allocator.signoff.service.acts import locked, move, plan_of, refuse_empty, refuse_late
from allocator.signoff.service.checks import refuse_unchecked
from allocator.signoff.service.compared import refuse_outgrown
from allocator.signoff.service.standing import (
    Conflict,
    Standing,
    first_role,
    refuse_author,
    refuse_own,
)
from allocator.signoff.states import SIGNERS, Action, State
from allocator.signoff.store import plan_rows
from allocator.signoff.store.connect import Store
from allocator.signoff.store.plan_rows import PlanRow, Signed
from allocator.signoff.store.tables import plans


@dataclass(frozen=True)
class Decision:
    """What a signer says.

    seen:    the figures on the page that was signed, as ``seen_of`` gives them
    version: of the plan on that page
    """

    digest: str
    seen: Mapping[str, str]
    version: int
    reason: str
    conditions: Sequence[Condition] = ()


def review(
    store: Store, actor: str, digest: str, *, version: int | None = None, at: str
) -> PlanRow:
    """Take a submitted plan into review. Whoever reviews it will not sign it.

    Raises NotAllowed for its author, for who may not and for a plan that waited too long, Conflict
    where the plan has moved.
    """

    def act(connection: Connection) -> PlanRow:
        row = locked(connection, digest, version)
        refuse_late(connection, row, at)
        who = first_role(connection, actor, row.market, at, SIGNERS)
        refuse_own(connection, who, digest)
        return move(connection, row, Action.REVIEW, who, at, reviewer=who.name_of)

    return store.writing(act)


def sign(store: Store, actor: str, said: Decision, *, at: str) -> PlanRow:
    """Give one of the signatures a plan needs; the last one approves it.

    An approval is bound to what was seen: where a digest or a figure differs from the plan's own
    it needs a new approval (NotAllowed). Conflict where somebody was first or a newer version was
    submitted; NotAllowed for its author, its reviewer, who has signed it, whose turn it is not,
    where no worker has made its figures again or found others, and for the last one where the plan
    needs more by now than it did when it was submitted.
    """
    refuse_empty("reason", said.reason)
    return store.writing(lambda connection: _sign(connection, actor, said, at))


def reject(store: Store, actor: str, said: Decision, *, at: str) -> PlanRow:
    """Send a plan back with a reason; what changes comes as a new plan.

    Raises NotAllowed and Conflict as ``sign`` does.
    """
    refuse_empty("reason", said.reason)

    def act(connection: Connection) -> PlanRow:
        row = _open(connection, said, at)
        who = first_role(connection, actor, row.market, at, reversed(SIGNERS))
        refuse_author(
            connection, who, row.digest, "an author withdraws a plan; somebody else rejects it"
        )
        details = {"reason": said.reason, "seen": dict(said.seen)}
        return move(connection, row, Action.REJECT, who, at, details=details)

    return store.writing(act)


def _open(connection: Connection, said: Decision, at: str) -> PlanRow:
    """The plan, locked, if it may still be decided and is what was seen."""
    row = locked(connection, said.digest)
    newer = plan_rows.where(connection, plans.c.replaces == said.digest, limit=1)
    if newer and newer[0].state is not State.DRAFT:
        raise Conflict(
            f"a newer version was submitted ({newer[0].digest[:12]}…): nothing was done; "
            "decide on that one"
        )
    if row.version != said.version:
        raise Conflict(
            f"the plan has moved since you opened it: it is {row.state} now; nothing was done"
        )
    refuse_late(connection, row, at)
    own = seen_of(plan_of(connection, row))
    if dict(said.seen) != own:
        names = [key for key in own if said.seen.get(key) != own[key]] or sorted(said.seen)
        raise NotAllowed(
            f"what was signed is not this plan ({names[0]} differs): needs a new approval"
        )
    return row


def _sign(connection: Connection, actor: str, said: Decision, at: str) -> PlanRow:
    row = _open(connection, said, at)
    given = plan_rows.signatures_of(connection, row.digest)
    due = row.required.due(tuple(one.role for one in given))
    if due is None:
        raise Conflict(f"every signature is there: the plan is {row.state}; nothing was done")
    who = first_role(connection, actor, row.market, at, due.roles)
    refuse_own(connection, who, row.digest, given)
    refuse_unchecked(connection, row)
    signed = Signed(
        row.digest, who.name_of, who.actor.id, len(given) + 1, who.role, said.reason,
        tuple(one.model_dump(mode="json", exclude_unset=True) for one in said.conditions),
        dict(said.seen), due.rules, at,
    )  # fmt: skip
    left = row.required.due(tuple(one.role for one in (*given, signed)))
    if left is None:
        refuse_outgrown(connection, row, (*given, signed))
    plan_rows.sign(connection, signed)
    action = _action(left, (*given, signed))
    return move(connection, row, action, who, at, details=_details(signed, who))


def _action(left: Step | None, given: Sequence[Signed]) -> Action:
    if left is not None:
        return Action.SIGN
    conditional = any(one.conditions for one in given)
    return Action.APPROVE_WITH_CONDITIONS if conditional else Action.APPROVE


def _details(signed: Signed, who: Standing) -> dict[str, Any]:
    """Everything of a signature stands in the chain as well."""
    return {
        "place": signed.place, "person": signed.person, "reason": signed.reason,
        "conditions": list(signed.conditions), "seen": signed.seen, "rules": list(signed.rules),
        "role": str(who.role),
    }  # fmt: skip
