"""Whether the server works, who is asking, and what waits for them."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request

from allocator.signoff.service.reading import inbox as waiting
from allocator.web import state
from allocator.web.api.forms import Shown, ShownPlan
from allocator.web.api.route import PREFIX, Reads, problems
from allocator.web.api.route import router as part
from allocator.web.matrix import escalating

router = APIRouter()
ours = part("self")


class Health(Shown):
    """The server and its database answer."""

    status: Literal["ok"]


class Held(Shown):
    """A role in a market."""

    role: str
    market: str
    """`all` for every one."""


class Me(Shown):
    """Who is asking."""

    id: str
    name: str
    roles: list[Held]
    scope: str
    """Of the token: `read`, `submit` or `all`."""


class Waits(Shown):
    """Something that waits for the caller."""

    todo: str
    """`submit`, `review`, `sign`, `release`, `change` or `decide`."""
    plan: ShownPlan


@router.get(f"{PREFIX}/health", tags=["self"], responses=problems(503))
def health(request: Request) -> Health:
    """Whether the database answers. For anybody: it tells nothing else."""
    state.store(request).ping()
    return Health(status="ok")


@ours.get("/me")
def me(who: Reads) -> Me:
    """Whose token this is, and what it is good for."""
    held = sorted((str(role), market) for role, market in who.person.grants)
    roles = [Held(role=role, market=market) for role, market in held]
    return Me(id=who.person.id, name=who.person.name, roles=roles, scope=who.scope)


@ours.get("/inbox")
def inbox(request: Request, who: Reads) -> list[Waits]:
    """What waits for the caller, the longest wait first."""
    found = waiting(
        state.store(request), who.person.id, authority=escalating(request), at=state.now(request)
    )
    return [Waits(todo=one.todo, plan=ShownPlan.of(one.row)) for one in found]


router.include_router(ours)
