"""A page from its template. Everything in it is escaped; a name that is not there is a fault."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from allocator.web import state
from allocator.web.shown import FILTERS, GLOBALS, finalized

if TYPE_CHECKING:
    from allocator.web.caller import Caller

TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """Of all templates."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        finalize=finalized, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= FILTERS
    made.globals |= GLOBALS
    return made


def render(
    request: Request, caller: Caller | None, name: str, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """The page ``name``; its template also knows ``caller`` (None: nobody), ``path``, ``now``."""
    known = {"caller": caller, "path": request.url.path, "now": state.now(request)}
    text = environment().get_template(name).render({**known, **values})
    return HTMLResponse(text, status_code=status)
