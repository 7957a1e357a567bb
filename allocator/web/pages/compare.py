"""Two to five plans side by side, from what each says of itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from allocator.reports.abreast import abreast
from allocator.signoff.service.opened import open_plans
from allocator.web import state
from allocator.web.caller import Reader
from allocator.web.page import render

router = APIRouter(include_in_schema=False)
MOST = 5


@router.get("/compare", response_class=HTMLResponse)
def compare(
    request: Request, who: Reader, plan: Annotated[list[str] | None, Query(max_length=50)] = None
) -> HTMLResponse:
    """The first is what the others are compared with."""
    asked = tuple(dict.fromkeys(plan or ()))
    few = asked if len(asked) <= MOST else ()
    found = (
        open_plans(state.store(request), who.person.id, few, at=state.now(request)) if few else ()
    )
    side = abreast(found) if len(found) >= 2 else None
    return render(
        request, who, "compare.html", side=side, digests=[one.digest for one in found],
        missing=len(few) - len(found),
    )  # fmt: skip
