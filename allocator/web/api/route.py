"""What every part of the API has in common: its address, who may call it, how it says no."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query, Request, Response
from fastapi.security import HTTPBearer
from pydantic import AfterValidator

from allocator.signoff.service import reading
from allocator.signoff.store.plan_rows import PlanRow
from allocator.web import state
from allocator.web.caller import Caller, bearing

PREFIX = "/api/v1"
BEARER = HTTPBearer(
    auto_error=False, description="A token of `allocator token add`: read, submit or all."
)
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence."},
        "faults": {
            "type": "array", "items": {"type": "string"},
            "description": "Everything that is to be put right, with its place.",
        },
    },
}  # fmt: skip
WORDS = {
    401: "No token, or one that is unknown, over or revoked.",
    403: "This person, or this token, may not.",
    404: "There is no such thing, or not for this person.",
    409: "Somebody was first: nothing was done; look again.",
    413: "More than is taken.",
    422: "Something is to be put right; `faults` lists all of it.",
    428: "If-Match is missing: which version is meant?",
    429: "Too much in a minute, or too many jobs; Retry-After says when.",
    503: "The database does not answer; nothing was done. Retry-After says when.",
}


def problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    """What else an operation answers."""
    said = {"application/problem+json": {"schema": PROBLEM}}
    plain = {"text/plain": {"schema": {"type": "string"}}}
    return {
        code: {"description": WORDS[code], "content": plain if code == TOO_LARGE else said}
        for code in codes
    }


TOO_LARGE = 413  # said before the rest of a body is read, in one plain sentence
ANY = (401, 403, 422, 429, 503)
"""What any operation with a caller may answer."""
PLAN = (*ANY, 404)
ACT = (*PLAN, 409, 413)
STATED = (*ACT, 428)


def router(tag: str) -> APIRouter:
    """A part of the API, for callers with a token or a session."""
    return APIRouter(
        prefix=PREFIX, tags=[tag], dependencies=[Depends(BEARER)], responses=problems(*ANY)
    )


Reads = Annotated[Caller, Depends(bearing("read"))]
"""Whoever may look."""
Submits = Annotated[Caller, Depends(bearing("submit"))]
"""Whoever may hand in plans, talk about them, and ask for work."""
Decides = Annotated[Caller, Depends(bearing("all"))]
"""Whoever may do all that their person may."""


def _plain(text: str) -> str:
    if "\0" in text or (not text.isascii() and text.encode(errors="replace").decode() != text):
        raise ValueError("text without NUL and halves of characters")
    return text


Plain = Annotated[str, AfterValidator(_plain)]
"""Text that both databases keep."""
Digest = Annotated[
    str, Path(pattern="^[0-9a-f]{64}$", description="Of the plan: 64 hexadecimal digits.")
]
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="32 hexadecimal digits.")]
Limit = Annotated[int, Query(ge=1, le=reading.LONGEST_PAGE, description="How many at most.")]
IfMatch = Annotated[
    str | None,
    Header(description="The ETag of the plan as it was seen; required.", pattern='^"[0-9]{1,9}"$'),
]


def stated(if_match: IfMatch = None) -> int:
    """The version of the plan that the caller saw. Raises 428 where it is not said."""
    if if_match is None:
        raise HTTPException(428, "Say which version is meant: If-Match with the plan's ETag.")
    return int(if_match.strip('"'))


Version = Annotated[int, Depends(stated)]
"""Of the plan as it was seen: an act on one that has moved since is refused."""


def known(request: Request, who: Caller, digest: str) -> PlanRow:
    """The plan as the caller may see it. Raises 404 where there is none for them."""
    found = reading.plan(state.store(request), who.person.id, digest, at=state.now(request))
    if found is None:
        raise HTTPException(404)
    return found


def tagged(response: Response, row: PlanRow) -> None:
    """Say the plan's version."""
    response.headers["etag"] = f'"{row.version}"'


async def raw(request: Request) -> bytes:
    """The body as it came."""
    return await request.body()


Raw = Annotated[bytes, Depends(raw)]
