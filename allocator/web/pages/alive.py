"""Whether the server can work: for whoever watches it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from allocator.web import state

router = APIRouter(include_in_schema=False)


@router.get("/healthz", response_class=PlainTextResponse)
def healthz(request: Request) -> str:
    """``ok`` where the database answers; 503 where it does not."""
    state.store(request).ping()
    return "ok\n"
