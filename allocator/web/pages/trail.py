"""What was done: to a plan, and to everything; as a page, and as lines of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from allocator.signoff.chain import Event
from allocator.signoff.service.reading import Entry, anchor, log
from allocator.signoff.service.trail import Trail, trail, whole
from allocator.web import state
from allocator.web.caller import Reader
from allocator.web.looked_at import looked_at
from allocator.web.page import render
from allocator.web.pages.plan import plan_page

router = APIRouter(include_in_schema=False)
DID = {
    "create": "kept the plan", "submit": "submitted it for signatures",
    "review": "took it into review", "sign": "signed", "approve": "approved it",
    "approve with conditions": "approved it with conditions", "reject": "sent it back",
    "release": "released its money", "withdraw": "withdrew it", "supersede": "superseded it",
    "expire": "ended it", "comment": "commented", "attach": "attached a paper",
    "check": "recomputed its figures",
    "delegate": "let somebody stand in", "end delegation": "ended a stand-in",
    "add user": "added somebody", "grant": "gave a role", "revoke": "took a role away",
    "disable": "shut somebody out", "enable": "let somebody in again",
    "set password": "set a password", "add token": "made a token",
    "revoke token": "ended a token", "ask job": "asked for long work",
    "cancel job": "cancelled a job", "export user": "took out all that is kept of somebody",
    "forget user": "forgot somebody",
}  # fmt: skip
"""What an event's action is called in a sentence; others stand as they are."""
Before = Annotated[int, Query(ge=0, lt=2**31)]


@dataclass(frozen=True)
class Line:
    """An event, as a page says it."""

    number: int
    at: str
    who: str
    did: str
    role: str
    behalf: str
    reason: str
    plan: str
    title: str
    details: str
    hash: str


@router.get("/trail", response_class=HTMLResponse)
def everything(request: Request, who: Reader, before: Before = 0) -> HTMLResponse:
    """For auditors and admins."""
    found = trail(state.store(request), who.person.id, before=before, at=state.now(request))
    return render(
        request, who, "trail.html", trail=_lines(found), head=anchor(state.store(request)),
        older=f"/trail?before={found.older}" if found.older else "",
    )  # fmt: skip


@router.get("/trail.jsonl")
def export(request: Request, who: Reader) -> Response:
    """All events in their order, one a line, as the chain hashes them."""
    found = whole(state.store(request), who.person.id)
    content = ("".join(_json(one.event) for one in some) for some in found)
    return StreamingResponse(content, headers=_named("trail"), media_type="application/jsonl")


@router.get("/plans/{digest}/trail", response_class=HTMLResponse)
def of_plan(request: Request, who: Reader, digest: str, before: Before = 0) -> HTMLResponse:
    """What was done to a plan."""
    opened = looked_at(request, who, digest)
    found = trail(
        state.store(request), who.person.id, subject=digest, before=before, at=state.now(request)
    )
    older = f"/plans/{digest}/trail?before={found.older}" if found.older else ""
    return plan_page(
        request, who, opened, "plan_trail.html", "/trail", trail=_lines(found), older=older
    )


@router.get("/plans/{digest}/log.jsonl")
def export_plan(request: Request, who: Reader, digest: str) -> Response:
    """The plan's events in their order, one a line."""
    looked_at(request, who, digest)
    found = log(state.store(request), digest)
    content = "".join(_json(one.event) for one in found)
    return Response(content, headers=_named(digest[:12]), media_type="application/jsonl")


def _lines(found: Trail) -> list[Line]:
    return [_line(one, found.titles) for one in found.entries]


def _line(entry: Entry, titles: dict[str, str]) -> Line:
    event = entry.event
    details = json.loads(event.details)
    known = event.subject in titles
    return Line(
        event.number, event.at, entry.actor or "The system", DID.get(event.action, event.action),
        "" if event.actor == "system" else event.role, entry.behalf,
        str(details.get("reason") or ""), event.subject if known else "",
        titles.get(event.subject, "") or "a plan without a title", event.details, event.hash,
    )  # fmt: skip


def _json(event: Event) -> str:
    return json.dumps(asdict(event), sort_keys=True, ensure_ascii=False) + "\n"


def _named(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}.jsonl"'}
