"""What goes wrong, as an answer: a page for people, problem+json (RFC 9457) for programs."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from allocator.errors import NotAllowed
from allocator.signoff.service.identity import TooMany
from allocator.signoff.service.jobs import Busy
from allocator.signoff.service.standing import Conflict
from allocator.signoff.store.connect import InDoubt, Unavailable
from allocator.web.errors import Away, TooFast, Unidentified
from allocator.web.page import render
from mmm.errors import EngineError, InputError

RETRY = "5"  # seconds until a database that went away is asked again
LATER = "60"  # seconds; a login that was refused too often needs more, and says so
STATUS: tuple[tuple[type[Exception], int], ...] = (
    (Unidentified, 401),
    (TooMany, 429),
    (TooFast, 429),
    (Busy, 429),
    (NotAllowed, 403),
    (Conflict, 409),
    (InputError, 422),
    (Unavailable, 503),
    (Away, 503),
    (DataError, 422),
    (EngineError, 500),
)
"""The first that fits. What is not here is a fault of ours: ``Watch`` logs it and answers 500."""


def watch_faults(app: FastAPI) -> None:
    """Answer what is raised below."""
    for kind, _ in STATUS:
        app.add_exception_handler(kind, _answer)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(RequestValidationError, _answer_form)


def fault(request: Request, status: int, words: str, *, faults: tuple[str, ...] = ()) -> Response:
    """One sentence, and the list of what is to be put right."""
    headers = {}
    if status in (429, 503):
        headers["retry-after"] = RETRY if status == 503 else LATER
    title = HTTPStatus(status).phrase
    if request.url.path.startswith("/api/"):
        if status == 401:
            headers["www-authenticate"] = "Bearer"
        content = {"type": "about:blank", "title": title, "status": status, "detail": words}
        listed = {"faults": list(faults)} if faults else {}
        return JSONResponse(
            content | listed, status, headers, media_type="application/problem+json"
        )
    page = render(
        request, None, "fault.html", status=status, code=status, title=title, words=words,
        faults=faults,
    )  # fmt: skip
    page.headers.update(headers)
    return page


def status_of(error: Exception) -> int:
    """The status of what is raised, also where a page says it in its own words."""
    return next(code for kind, code in STATUS if isinstance(error, kind))


def _answer(request: Request, error: Exception) -> Response:
    status = status_of(error)
    pages = not request.url.path.startswith("/api/")
    if status == 401 and pages and request.method in ("GET", "HEAD"):
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(path, safe='')}", 303)
    if isinstance(error, InputError):
        return fault(
            request, status, "There is something to put right.",
            faults=tuple(str(one) for one in error.faults),
        )  # fmt: skip
    if isinstance(error, InDoubt):
        return fault(request, status, f"{error}.")
    if status == 503 and not isinstance(error, Away):
        return fault(request, status, "The database does not answer; nothing was done.")
    if isinstance(error, DataError):  # a NUL in an address, which PostgreSQL does not take
        return fault(request, status, "There is text in it that no database keeps.")
    return fault(request, status, str(error))


def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = {404: "There is nothing here.", 405: "This is not done here."}
    answer = fault(request, error.status_code, words.get(error.status_code, str(error.detail)))
    answer.headers.update(error.headers or {})
    return answer


def _answer_form(request: Request, error: Exception) -> Response:
    """Says which fields, never what stood in them."""
    assert isinstance(error, RequestValidationError)
    faults = tuple(
        f"{'.'.join(str(part) for part in one['loc'][1:]) or one['loc'][0]}: {one['msg']}"
        for one in error.errors()
    )
    return fault(request, 422, "There is something to put right.", faults=faults)
