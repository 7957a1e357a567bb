"""Standing in: who acts for whom, from when to when, and why."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from allocator.errors import NotAllowed
from allocator.signoff.service import identity
from allocator.signoff.service.delegation import (
    Deputy,
    delegate,
    delegations,
    end_delegation,
)
from allocator.signoff.service.users import everybody
from allocator.signoff.states import SIGNERS, Role
from allocator.web import state
from allocator.web.caller import Caller, Poster, Reader, confirmed
from allocator.web.faults import status_of
from allocator.web.page import render
from mmm.errors import Fault, InputError

router = APIRouter(include_in_schema=False)
DONE = {"given": "They stand in for you.", "ended": "The stand-in has ended."}
Day = Annotated[str, Form(max_length=40)]


@router.get("/stand-ins", response_class=HTMLResponse)
def stand_ins(request: Request, who: Reader) -> HTMLResponse:
    """Those that were given and taken, and the form for another."""
    return _page(request, who)


@router.post("/stand-ins", response_class=HTMLResponse)
def give(
    request: Request,
    who: Poster,
    taker: Annotated[str, Form(max_length=32)],
    role: Annotated[str, Form(max_length=130)],
    starts: Day,
    ends: Day,
    reason: Annotated[str, Form(max_length=10_000)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Let somebody stand in: they will sign in one's name, so the password is asked again."""
    try:
        who = confirmed(request, who, password)
    except NotAllowed as error:
        status = status_of(error)
        return _page(request, who, words=str(error), status=status)
    name, _, market = role.partition(":")
    try:
        held = next((one for one in SIGNERS if one == name), None)
        if held is None:
            found = repr(name[:40])
            raise InputError([Fault("stand-in", 0, 0, "role", found, ", ".join(SIGNERS))])
        wanted = Deputy(taker, held, market, starts, ends, reason)
        delegate(state.store(request), who.person.id, wanted, at=state.now(request))
    except InputError as error:
        faults = tuple(str(one) for one in error.faults)
        return _page(request, who, faults=faults, status=422)
    return RedirectResponse("/stand-ins?done=given", 303)


@router.post("/stand-ins/{id}/end")
def end(request: Request, who: Poster, id: str) -> Response:
    """End one before its time."""
    end_delegation(state.store(request), who.person.id, id, at=state.now(request))
    return RedirectResponse("/stand-ins?done=ended", 303)


def _page(
    request: Request, who: Caller, *, words: str = "", faults: tuple[str, ...] = (),
    status: int = 200,
) -> HTMLResponse:  # fmt: skip
    store, me = state.store(request), who.person.id
    people = everybody(store)
    all_ = delegations(store, me)
    order: tuple[Role, ...] = SIGNERS
    roles = sorted(
        ((role, market) for role, market in who.person.grants if role in order),
        key=lambda held: (order.index(held[0]), held[1]),
    )
    return render(
        request, who, "stand_ins.html", status=status, faults=faults, words=words,
        done=DONE.get(request.query_params.get("done", ""), ""), roles=roles,
        given=[one for one in all_ if one.giver == me],
        taken=[one for one in all_ if one.taker == me],
        people=[one for one in people if one.id != me and not one.disabled],
        names={one.id: one.name for one in people},
        has_password=identity.has_password(store, me),
    )  # fmt: skip
