"""What people do with a plan, each act bound to the version that was seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Request, Response
from pydantic import Field

from allocator.errors import NotAllowed
from allocator.signoff.conditions import Condition
from allocator.signoff.service import decision, release, submission
from allocator.signoff.service.decision import Decision
from allocator.signoff.states import SIGNED, State
from allocator.signoff.store.plan_rows import PlanRow
from allocator.web import state
from allocator.web.api.forms import ShownPlan
from allocator.web.api.route import (
    ACT,
    STATED,
    Decides,
    Digest,
    Plain,
    Submits,
    Version,
    known,
    problems,
    tagged,
)
from allocator.web.api.route import router as part
from allocator.web.caller import Caller, refuse_stale
from allocator.web.matrix import matrix
from allocator.written import Written

router = part("acts")
Reason = Annotated[Plain, Field(min_length=1, max_length=4_000)]


class Refusal(Written):
    """Why a plan goes back, and what was seen of it."""

    seen: Annotated[dict[str, Plain], Field(max_length=20)]
    """As the plan says it in `seen`."""
    reason: Reason


class Approval(Refusal):
    """A signature."""

    conditions: Annotated[list[Condition], Field(max_length=20)] = Field(default_factory=list)
    """Rules that the release checks."""


class Withdrawal(Written):
    """Why a plan is taken back."""

    reason: Reason


class InForce(Written):
    """What holds today, for the condition that nothing has changed."""

    scenario: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    """Digest of the scenario."""
    curves: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    """Digest of the curves."""


@router.post("/plans/{digest}/submit", responses=problems(*ACT))
def submit(request: Request, response: Response, who: Submits, digest: Digest) -> ShownPlan:
    """Ask for signatures. Asked again by its author it is asked once."""
    row = known(request, who, digest)
    if (row.state, row.author) != (State.SUBMITTED, who.person.id):
        row = submission.submit(
            state.store(request), who.person.id, digest, matrix(request), at=state.now(request)
        )
    return _shown(response, row)


@router.post("/plans/{digest}/review", responses=problems(*STATED))
def review(
    request: Request, response: Response, who: Decides, digest: Digest, version: Version
) -> ShownPlan:
    """Take a submitted plan into review; whoever does will not sign it."""
    known(request, who, digest)
    store, me, at = state.store(request), who.person.id, state.now(request)
    return _shown(response, decision.review(store, me, digest, version=version, at=at))


@router.post("/plans/{digest}/approve", responses=problems(*STATED))
def approve(
    request: Request, response: Response, who: Decides, digest: Digest, version: Version,
    said: Approval,
) -> ShownPlan:  # fmt: skip
    """Give one of the signatures that the plan needs; the last one approves it."""
    one = Decision(digest, said.seen, version, said.reason, said.conditions)
    return _decided(request, response, who, one, decision.sign)


@router.post("/plans/{digest}/reject", responses=problems(*STATED))
def reject(
    request: Request, response: Response, who: Decides, digest: Digest, version: Version,
    said: Refusal,
) -> ShownPlan:  # fmt: skip
    """Send a plan back."""
    one = Decision(digest, said.seen, version, said.reason)
    return _decided(request, response, who, one, decision.reject)


@router.post("/plans/{digest}/withdraw", responses=problems(*STATED))
def withdraw(
    request: Request, response: Response, who: Submits, digest: Digest, version: Version,
    said: Withdrawal,
) -> ShownPlan:  # fmt: skip
    """Take a plan back: its author while it is undecided, a director afterwards."""
    row = known(request, who, digest)
    if row.author != who.person.id and who.scope != "all":
        raise NotAllowed(f"the token is good for {who.scope}; this needs all")
    if row.state in SIGNED:
        refuse_stale(who)
    store, me, at = state.store(request), who.person.id, state.now(request)
    moved = release.withdraw(store, me, digest, said.reason, version=version, at=at)
    return _shown(response, moved)


@router.post("/plans/{digest}/release", responses=problems(*STATED))
def release_(
    request: Request, response: Response, who: Decides, digest: Digest, version: Version,
    today: InForce,
) -> ShownPlan:  # fmt: skip
    """Release the money, if every condition of the approval holds."""
    known(request, who, digest)
    refuse_stale(who)
    moved = release.release(
        state.store(request), who.person.id, digest, version=version, scenario=today.scenario,
        curves=today.curves, at=state.now(request),
    )  # fmt: skip
    return _shown(response, moved)


def _shown(response: Response, row: PlanRow) -> ShownPlan:
    tagged(response, row)
    return ShownPlan.of(row)


def _decided(
    request: Request, response: Response, who: Caller, one: Decision, decide: Callable[..., PlanRow]
) -> ShownPlan:
    known(request, who, one.digest)
    refuse_stale(who)
    row = decide(state.store(request), who.person.id, one, at=state.now(request))
    return _shown(response, row)
