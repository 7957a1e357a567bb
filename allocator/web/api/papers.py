"""Documents of a plan, by their kind."""

from __future__ import annotations

import mimetypes
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import HTTPException, Path, Query, Request, Response

from allocator.signoff.service.talk import Paper, attach, document, documents
from allocator.web import state
from allocator.web.api.forms import ShownPaper
from allocator.web.api.route import ACT, PLAN, Digest, Plain, Raw, Reads, Submits, known, problems
from allocator.web.api.route import router as part
from allocator.web.headers import DOCUMENT_POLICY

router = part("documents")
Kind = Annotated[Plain, Path(min_length=1, max_length=40, description="`page`, `workbook`, …")]
BYTES: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string"}}}
CONTENT: dict[str, Any] = {"requestBody": {"required": True, "content": BYTES}}


@router.get("/plans/{digest}/documents", responses=problems(*PLAN))
def papers(request: Request, who: Reads, digest: Digest) -> list[ShownPaper]:
    """All of them, the oldest first; of a kind the last one counts."""
    known(request, who, digest)
    return [ShownPaper.of(one) for one in documents(state.store(request), digest)]


@router.get(
    "/plans/{digest}/documents/{kind}", response_class=Response,
    responses={200: {"content": {"*/*": {"schema": {"type": "string"}}}}, **problems(*PLAN)},
)  # fmt: skip
def paper(request: Request, who: Reads, digest: Digest, kind: Kind) -> Response:
    """The last document of a kind, to be saved: nothing in it runs here."""
    known(request, who, digest)
    found = document(state.store(request), digest, kind)
    if found is None:
        raise HTTPException(404)
    row, content = found
    guessed = mimetypes.guess_type(row.name)[0] or "application/octet-stream"
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(row.name, safe='')}",
        "content-security-policy": DOCUMENT_POLICY,
    }
    return Response(content, media_type=guessed, headers=headers)


@router.put(
    "/plans/{digest}/documents/{kind}", status_code=201, openapi_extra=CONTENT,
    responses=problems(*ACT),
)  # fmt: skip
def put(
    request: Request, who: Submits, content: Raw, digest: Digest, kind: Kind,
    name: Annotated[Plain, Query(min_length=1, max_length=200, description="Of the file.")],
) -> ShownPaper:  # fmt: skip
    """Attach a document; the same bytes twice are one. What is there stays there."""
    known(request, who, digest)
    row = attach(
        state.store(request), who.person.id, digest, Paper(kind, name, content),
        at=state.now(request),
    )  # fmt: skip
    return ShownPaper.of(row)
