"""Documents of a plan as they were handed in: shown in a sandbox, downloaded, attached."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from pathlib import PurePath
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, HTTPException, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from allocator.reports.ledger import ledger
from allocator.signoff.kinds import MADE
from allocator.signoff.service.opened import Opened
from allocator.signoff.service.receipts import receipt
from allocator.signoff.service.talk import Paper, attach, document
from allocator.signoff.states import FINAL
from allocator.signoff.store.plan_rows import DocumentRow
from allocator.web import state
from allocator.web.caller import Caller, Poster, Reader
from allocator.web.looked_at import looked_at
from allocator.web.pages.plan import plan_page

router = APIRouter(include_in_schema=False)
FRAMED = ("page", "screen")
"""Kinds that are pages of their own and are shown; all others are only downloaded."""
STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


@router.get("/plans/{digest}/planner", response_class=HTMLResponse)
def planner(request: Request, who: Reader, digest: str) -> HTMLResponse:
    """The planner's page."""
    opened = looked_at(request, who, digest)
    return _framed(request, who, opened, "/planner", ("page", ""), "The planner's page")


@router.get("/plans/{digest}/director", response_class=HTMLResponse)
def director(request: Request, who: Reader, digest: str) -> HTMLResponse:
    """The director's page."""
    opened = looked_at(request, who, digest)
    return _framed(request, who, opened, "/director", ("screen", "onepager"), "The one-pager")


@router.get("/plans/{digest}/finance", response_class=HTMLResponse)
def finance(request: Request, who: Reader, digest: str) -> HTMLResponse:
    """The ledger, the workbook, and papers that were attached."""
    opened = looked_at(request, who, digest)
    papers = [one for one in opened.documents if one.kind not in MADE]
    return plan_page(
        request, who, opened, "finance.html", "/finance", ledger=ledger(opened.plan),
        papers=papers, book=_latest(opened, "workbook"),
        attaches=opened.talks and opened.row.state not in FINAL,
    )  # fmt: skip


@router.get("/plans/{digest}/health", response_class=HTMLResponse)
def health(request: Request, who: Reader, digest: str) -> HTMLResponse:
    """The model's health card."""
    return plan_page(request, who, looked_at(request, who, digest), "health.html", "/health")


@router.get("/plans/{digest}/documents/{kind:path}")
def stored(
    request: Request, who: Reader, digest: str, kind: str,
    download: Annotated[bool, Query()] = False,
) -> Response:  # fmt: skip
    """The latest document of a kind, byte for byte."""
    looked_at(request, who, digest)
    found = document(state.store(request), digest, kind)
    if found is None:
        raise HTTPException(404)
    row, content = found
    if kind in FRAMED and not download:
        headers = {"content-security-policy": policy(content)}
        return Response(content, headers=headers, media_type="text/html; charset=utf-8")
    return _download(row.name, content)


@router.get("/plans/{digest}/plan.json")
def plan_json(request: Request, who: Reader, digest: str) -> Response:
    """The plan itself."""
    return _download("plan.json", looked_at(request, who, digest).plan.to_json().encode())


@router.get("/plans/{digest}/receipt.json")
def receipt_json(request: Request, who: Reader, digest: str) -> Response:
    """Who agreed, by which rules, with the head of the chain."""
    looked_at(request, who, digest)
    return _download("receipt.json", receipt(state.store(request), digest).to_json().encode())


@router.post("/plans/{digest}/papers")
def paper(
    request: Request, who: Poster, digest: str,
    kind: Annotated[str, Form(max_length=200)], file: Annotated[UploadFile, File()],
) -> Response:  # fmt: skip
    """Attach a purchase order, or another paper."""
    looked_at(request, who, digest)
    name = PurePath((file.filename or "").replace("\\", "/")).name
    attached = Paper(kind.strip(), name, file.file.read())
    attach(state.store(request), who.person.id, digest, attached, at=state.now(request))
    return RedirectResponse(f"/plans/{quote(digest)}/finance?done=attach", 303)


def policy(content: bytes) -> str:
    """Of a stored page: a sandbox without an origin; the styles that are in it, the one script
    that is ours, and nothing else: whatever was handed in runs nothing and reaches nobody."""
    styles = " ".join(f"'sha256-{_hash(one)}'" for one in STYLE.findall(content)[:8]) or "'none'"
    return (
        f"sandbox allow-scripts; default-src 'none'; style-src {styles}; "
        f"script-src 'sha256-{_ours()}'; img-src data:; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'"
    )


@cache
def _ours() -> str:
    return _hash(resources.files("allocator.reports").joinpath("planner.js").read_bytes())


def _hash(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode("ascii")


def _framed(
    request: Request, who: Caller, opened: Opened, here: str, kinds: tuple[str, str], words: str
) -> HTMLResponse:
    """kinds: of the page, and of the paper beside it."""
    frame, beside = (_latest(opened, kind) for kind in kinds)
    return plan_page(
        request, who, opened, "documents.html", here, frame=frame, paper=beside, words=words
    )


def _latest(opened: Opened, kind: str) -> DocumentRow | None:
    return next((one for one in reversed(opened.documents) if one.kind == kind), None)


def _download(name: str, content: bytes) -> Response:
    """A file that no browser opens as a page; the name is the stranger's, in its safe form."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".") or "document"
    said = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(
        content, headers={"content-disposition": said}, media_type="application/octet-stream"
    )
