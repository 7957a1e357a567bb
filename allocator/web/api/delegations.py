"""Standing in for somebody."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from pydantic import Field

from allocator.signoff.authority import SigningRole
from allocator.signoff.service import delegation
from allocator.signoff.service.delegation import Deputy
from allocator.signoff.states import Role
from allocator.web import state
from allocator.web.api.forms import ShownDelegation
from allocator.web.api.route import ACT, Decides, Id, Plain, Reads, problems
from allocator.web.api.route import router as part
from allocator.web.caller import refuse_stale
from allocator.written import Written

router = part("delegations")


class Wanted(Written):
    """Who stands in for the caller, as what, where and when."""

    taker: Annotated[Plain, Field(min_length=1, max_length=32)]
    """Id of the person."""
    role: SigningRole
    market: Annotated[Plain, Field(min_length=1, max_length=80)]
    starts: Annotated[Plain, Field(max_length=40)]
    """ISO 8601, UTC where it says no zone."""
    ends: Annotated[Plain, Field(max_length=40)]
    reason: Annotated[Plain, Field(min_length=1, max_length=4_000)]


@router.get("/delegations")
def delegations(request: Request, who: Reads) -> list[ShownDelegation]:
    """All that the caller gave or was given, the oldest first."""
    found = delegation.delegations(state.store(request), who.person.id)
    return [ShownDelegation.of(one) for one in found]


@router.post("/delegations", status_code=201, responses=problems(*ACT))
def delegate(request: Request, who: Decides, wanted: Wanted) -> ShownDelegation:
    """Let somebody act in one's own role."""
    refuse_stale(who)
    deputy = Deputy(
        wanted.taker, Role(wanted.role), wanted.market, wanted.starts, wanted.ends, wanted.reason
    )
    store, at = state.store(request), state.now(request)
    return ShownDelegation.of(delegation.delegate(store, who.person.id, deputy, at=at))


@router.post("/delegations/{id}/end", responses=problems(*ACT))
def end(request: Request, who: Decides, id: Id) -> ShownDelegation:
    """End a delegation before its time: its giver, or an admin."""
    store, at = state.store(request), state.now(request)
    return ShownDelegation.of(delegation.end_delegation(store, who.person.id, id, at=at))
