"""Plans: listed, looked at, handed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from allocator.plan.file import parse
from allocator.signoff.service import reading
from allocator.signoff.service.reading import PAGE, Wanted
from allocator.signoff.service.standing import Conflict
from allocator.signoff.service.submission import Submission, create
from allocator.signoff.states import State
from allocator.web import state
from allocator.web.api.forms import OpenedPlan, ShownPlan, ShownPlans
from allocator.web.api.route import (
    ACT,
    PLAN,
    Digest,
    Limit,
    Plain,
    Raw,
    Reads,
    Submits,
    known,
    problems,
    tagged,
)
from allocator.web.api.route import router as part
from allocator.web.looked_at import looked_at

router = part("plans")
PLAN_JSON = {
    "requestBody": {
        "required": True,
        "description": "A plan.json, byte for byte as `allocator plan` wrote it.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@router.get("/plans")
def plans(
    request: Request,
    who: Reads,
    text: Annotated[Plain, Query(max_length=200)] = "",
    state_: Annotated[State | None, Query(alias="state")] = None,
    market: Annotated[Plain, Query(max_length=80)] = "",
    author: Annotated[Plain, Query(max_length=32)] = "",
    before: Annotated[Plain, Query(max_length=100)] = "",
    limit: Limit = PAGE,
) -> ShownPlans:
    """Plans of the caller's markets, the latest change first."""
    wanted = Wanted(text, state_, market, author, before, limit + 1)
    rows = reading.search(state.store(request), who.person.id, wanted, at=state.now(request))
    last = rows[limit - 1].cursor if len(rows) > limit else None
    return ShownPlans(plans=[ShownPlan.of(row) for row in rows[:limit]], next=last)


@router.post(
    "/plans", status_code=201, openapi_extra=PLAN_JSON,
    responses={200: {"model": ShownPlan, "description": "It was here already."}, **problems(*ACT)},
)  # fmt: skip
def hand_in(
    request: Request,
    response: Response,
    who: Submits,
    content: Raw,
    market: Annotated[Plain, Query(min_length=1, max_length=80, description="Whose money: DE.")],
    replaces: Annotated[
        str | None, Query(pattern="^[0-9a-f]{64}$", description="The plan it was changed from.")
    ] = None,
) -> ShownPlan:
    """Keep a plan as a draft; handed in again by its author it is the same draft."""
    plan = parse(content, "plan.json")
    store, me = state.store(request), who.person.id
    if replaces is not None:
        known(request, who, replaces)
    try:
        row = create(store, me, Submission(plan, market, replaces=replaces), at=state.now(request))
    except Conflict:
        there = reading.plan(store, me, plan.digest, at=state.now(request))
        if there is None or (there.author, there.market, there.replaces) != (me, market, replaces):
            raise
        row, response.status_code = there, 200
    response.headers["location"] = f"{request.url.path}/{row.digest}"
    tagged(response, row)
    return ShownPlan.of(row)


@router.get("/plans/{digest}", responses=problems(*PLAN))
def plan(request: Request, response: Response, who: Reads, digest: Digest) -> OpenedPlan:
    """A plan with all that a decision needs; its ETag is its version."""
    found = looked_at(request, who, digest)
    tagged(response, found.row)
    return OpenedPlan.opened(found)


@router.get(
    "/plans/{digest}/plan.json", response_class=Response,
    responses={
        200: {"content": {"application/json": {"schema": {"type": "object"}}}}, **problems(*PLAN)
    },
)  # fmt: skip
def plan_json(request: Request, who: Reads, digest: Digest) -> Response:
    """The plan itself, as it was handed in."""
    content = looked_at(request, who, digest).plan.to_json()
    return Response(content, media_type="application/json")
