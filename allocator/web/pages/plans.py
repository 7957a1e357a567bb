"""All plans that the reader may see: searched, filtered, and paged by the time of the change."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from allocator.reports._base.names import clean
from allocator.signoff.service.reading import PAGE, Wanted, names, search
from allocator.signoff.states import State
from allocator.web import state
from allocator.web.caller import Reader
from allocator.web.page import render

router = APIRouter(include_in_schema=False)


@router.get("/plans", response_class=HTMLResponse)
def plans(
    request: Request,
    who: Reader,
    text: Annotated[str, Query(max_length=200)] = "",
    state_: Annotated[str, Query(alias="state", max_length=40)] = "",
    market: Annotated[str, Query(max_length=80)] = "",
    before: Annotated[str, Query(max_length=100)] = "",
) -> HTMLResponse:
    """A page of them, the latest change first."""
    chosen = next((one for one in State if one == state_), None)
    wanted = Wanted(clean(text), chosen, clean(market), before=clean(before), limit=PAGE + 1)
    found = search(state.store(request), who.person.id, wanted, at=state.now(request))
    rows, older = found[:PAGE], ""
    if len(found) > PAGE:
        asked = {"text": text, "state": chosen or "", "market": market}
        older = f"/plans?{urlencode({**asked, 'before': rows[-1].cursor})}"
    return render(
        request, who, "plans.html", rows=rows, names=names(state.store(request)), wanted=wanted,
        states=tuple(State), older=older, asked=bool(wanted.text or chosen or wanted.market),
    )  # fmt: skip
