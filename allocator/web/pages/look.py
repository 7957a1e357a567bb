"""The house's style sheets, as the documents have them: pages add to them and repeat nothing."""

from __future__ import annotations

from functools import cache
from importlib import resources

from fastapi import APIRouter
from fastapi.responses import Response

router = APIRouter(include_in_schema=False)
SHEETS = ("planner.css", "compare.css")


@router.get("/static/house.css")
def house() -> Response:
    """Colours, type, tables and drawings of ``allocator.reports``."""
    return Response(_sheets(), media_type="text/css")


@cache
def _sheets() -> str:
    shelf = resources.files("allocator.reports")
    return "".join(shelf.joinpath(name).read_text(encoding="utf-8") for name in SHEETS)
