"""Handing a plan in: the files of its folder, to whose market, in place of which other."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from allocator.errors import NotAllowed
from allocator.plan import Plan
from allocator.plan.file import parse
from allocator.signoff.kinds import KINDS
from allocator.signoff.service.reading import Wanted, search
from allocator.signoff.service.submission import Submission, create
from allocator.signoff.service.submission import hand_in as handed_in
from allocator.web import state
from allocator.web.caller import Caller, Poster, Reader
from allocator.web.looked_at import looked_at
from allocator.web.matrix import matrix
from allocator.web.page import render
from allocator.web.shown import hands_in, markets_of
from mmm.errors import Fault, InputError

router = APIRouter(include_in_schema=False)
PLAN = "plan.json"
OWN = 50  # plans among which the one that is replaced is chosen


@router.get("/hand-in", response_class=HTMLResponse)
def form(
    request: Request, who: Reader, replaces: Annotated[str, Query(max_length=64)] = ""
) -> Response:
    """What to choose."""
    _refuse_others(who)
    return _page(request, who, replaces=replaces)


@router.post("/hand-in", response_class=HTMLResponse)
def hand_in(
    request: Request,
    who: Poster,
    files: Annotated[list[UploadFile], File()],
    market: Annotated[str, Form(max_length=200)] = "",
    replaces: Annotated[str, Form(max_length=64)] = "",
    draft: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Keep it, and ask for signatures unless it is to stay a draft."""
    _refuse_others(who)
    store, actor, at = state.store(request), who.person.id, state.now(request)
    if replaces:
        looked_at(request, who, replaces)
    try:
        handed = _submission({_name(one): one.file.read() for one in files}, market, replaces)
        rules = None if draft else matrix(request)
        if rules is None:
            create(store, actor, handed, at=at)
        else:
            handed_in(store, actor, handed, rules, at=at)
    except InputError as error:
        faults = tuple(str(one) for one in error.faults)
        return _page(request, who, market=market, replaces=replaces, faults=faults, status=422)
    done = "create" if draft else "submit"
    return RedirectResponse(f"/plans/{quote(handed.plan.digest)}?done={done}", 303)


def _submission(files: dict[str, bytes], market: str, replaces: str) -> Submission:
    """Raises InputError for files that are no plan's, with each of them."""
    if PLAN not in files:
        found = ", ".join(sorted(files))[:200] or "nothing"
        raise InputError([Fault("files", 0, 0, "", found, "a plan.json among them")])
    strange = sorted(set(files) - {PLAN, *KINDS})
    if strange:
        expected = ", ".join((PLAN, *KINDS))
        raise InputError([Fault(name[:80], 0, 0, "", "a file", expected) for name in strange])
    handed = parse(files[PLAN], PLAN)
    _refuse_others_plan(files, handed)
    papers = {kind: (name, files[name]) for name, kind in KINDS.items() if name in files}
    return Submission(handed, market.strip(), papers, replaces or None)


def _refuse_others_plan(files: dict[str, bytes], handed: Plan) -> None:
    """A dossier names its plan; the other documents are held against it by ``allocator attest``."""
    content = files.get("dossier.json")
    if content is None:
        return
    try:
        said = json.loads(content)
        found = said.get("plan", "no plan") if isinstance(said, dict) else "no dossier"
    except (ValueError, RecursionError):
        found = "no JSON"
    if found != handed.digest:
        expected = f"the dossier of this plan, {handed.digest[:12]}…"
        raise InputError([Fault("dossier.json", 0, 0, "plan", str(found)[:64], expected)])


def _name(one: UploadFile) -> str:
    """The file's own name, without the folder that some browsers send."""
    return PurePath((one.filename or "").replace("\\", "/")).name


def _refuse_others(who: Caller) -> None:
    if not hands_in(who.person):
        raise NotAllowed("plans are handed in by planners and campaign managers")


def _page(
    request: Request, who: Caller, *, market: str = "", replaces: str = "",
    faults: tuple[str, ...] = (), status: int = 200,
) -> HTMLResponse:  # fmt: skip
    store, me, at = state.store(request), who.person.id, state.now(request)
    mine = search(store, me, Wanted(author=me, limit=OWN), at=at)
    return render(
        request, who, "hand_in.html", status=status, markets=markets_of(who.person),
        market=market, replaces=replaces, mine=mine, faults=faults,
    )  # fmt: skip
