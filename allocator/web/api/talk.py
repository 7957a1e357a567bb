"""Comments on a plan, on a line or a rule of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from pydantic import Field

from allocator.signoff.service.talk import Remark, comment, comments
from allocator.web import state
from allocator.web.api.forms import ShownComment
from allocator.web.api.route import ACT, PLAN, Digest, Plain, Reads, Submits, known, problems
from allocator.web.api.route import router as part
from allocator.written import Written

router = part("comments")


class Said(Written):
    """A comment."""

    text: Annotated[Plain, Field(min_length=1, max_length=4_000)]
    about: Annotated[Plain, Field(min_length=1, max_length=200)] = "plan"
    """`plan`, `line:search/brand` or `rule:tv-commit`."""
    answers: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    """Id of the comment that it answers."""


@router.get("/plans/{digest}/comments", responses=problems(*PLAN))
def said(request: Request, who: Reads, digest: Digest) -> list[ShownComment]:
    """All of them, the oldest first."""
    known(request, who, digest)
    return [ShownComment.of(one) for one in comments(state.store(request), digest)]


@router.post("/plans/{digest}/comments", status_code=201, responses=problems(*ACT))
def say(request: Request, who: Submits, digest: Digest, remark: Said) -> ShownComment:
    """Say something; it cannot be taken back."""
    known(request, who, digest)
    one = Remark(digest, remark.text, remark.about, remark.answers)
    made = comment(state.store(request), who.person.id, one, at=state.now(request))
    return ShownComment.of(made)
