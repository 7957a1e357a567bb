"""The first page after the login."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from allocator.web.caller import Reader
from allocator.web.page import render

router = APIRouter(include_in_schema=False)


@router.get("/", response_class=HTMLResponse)
def home(request: Request, who: Reader) -> HTMLResponse:
    """Who is here, and where to go."""
    return render(request, who, "home.html")
