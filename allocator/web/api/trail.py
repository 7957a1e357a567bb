"""What was done, and who agreed: the log of a plan or of everything, and the receipt."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import Query, Request

from allocator.signoff.service.receipts import receipt
from allocator.signoff.service.trail import PAGE, trail
from allocator.web import state
from allocator.web.api.forms import Shown, ShownEvent
from allocator.web.api.route import PLAN, Digest, Limit, Reads, known, problems
from allocator.web.api.route import router as part

router = part("log")
Before = Annotated[int, Query(ge=0, le=2**31 - 1, description="Only events before this number.")]


class ShownTrail(Shown):
    """A page of events, the latest first."""

    events: list[ShownEvent]
    next: int | None
    """What `before` must say for the next page; null at the end."""


@router.get("/log")
def log(request: Request, who: Reads, before: Before = 0, limit: Limit = PAGE) -> ShownTrail:
    """Everything that was ever done; for auditors and admins."""
    return _page(request, who.person.id, "", before=before, limit=limit)


@router.get("/plans/{digest}/log", responses=problems(*PLAN))
def plan_log(
    request: Request, who: Reads, digest: Digest, before: Before = 0, limit: Limit = PAGE
) -> ShownTrail:
    """What was done to a plan."""
    known(request, who, digest)
    return _page(request, who.person.id, digest, before=before, limit=limit)


@router.get("/plans/{digest}/receipt", responses=problems(*PLAN))
def receipt_(request: Request, who: Reads, digest: Digest) -> dict[str, Any]:
    """Who agreed, by which rules, with the head of the chain: the content of a receipt.json."""
    known(request, who, digest)
    form: dict[str, Any] = json.loads(receipt(state.store(request), digest).to_json())
    return form


def _page(request: Request, reader: str, subject: str, *, before: int, limit: int) -> ShownTrail:
    store, at = state.store(request), state.now(request)
    found = trail(store, reader, subject=subject, before=before, limit=limit, at=at)
    events = [ShownEvent.of(one) for one in found.entries]
    return ShownTrail(events=events, next=found.older or None)
