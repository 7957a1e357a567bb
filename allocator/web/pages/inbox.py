"""The first page: what waits for whoever is here, and where their own plans are."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from allocator.signoff.service.reading import Wanted, inbox, names, search
from allocator.signoff.states import SIGNERS
from allocator.web import state
from allocator.web.caller import Reader
from allocator.web.matrix import escalating
from allocator.web.page import render
from allocator.web.shown import hands_in

router = APIRouter(include_in_schema=False)
OWN, SHOWN = 10, 50  # plans of one's own, and those that wait, on one page


@router.get("/", response_class=HTMLResponse)
def waiting(request: Request, who: Reader) -> HTMLResponse:
    """What waits, the longest first; then the reader's own plans."""
    store, at = state.store(request), state.now(request)
    items = inbox(store, who.person.id, authority=escalating(request), at=at)
    todos = {item.row.digest: item.todo for item in items}
    author = hands_in(who.person)
    wanted = Wanted(author=who.person.id, limit=OWN)
    mine = search(store, who.person.id, wanted, at=at) if author else ()
    rows = [item.row for item in items[:SHOWN]]
    return render(
        request, who, "inbox.html", items=items, rows=rows, todos=todos,
        own=[row for row in mine if row.digest not in todos], names=names(store), author=author,
        signer=any(role in SIGNERS for role, _ in who.person.grants),
    )  # fmt: skip
