"""Long work: what was asked for, how far it is, what came of it; and the form that asks."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from allocator.signoff.service import jobs
from allocator.signoff.service.reading import names
from allocator.signoff.store.jobs import OPEN, Job
from allocator.signoff.work import DOCUMENTS, SOLVE, SWEEP, VERIFY, request_of
from allocator.web import state
from allocator.web.caller import Caller, Poster, Reader
from allocator.web.looked_at import job_of, looked_at
from allocator.web.page import render
from allocator.web.shown import hands_in, markets_of
from mmm.errors import Fault, InputError

router = APIRouter(include_in_schema=False)
PAGE = 50
TITLES = {
    SOLVE: "The best plan", SWEEP: "A table of plans", DOCUMENTS: "Documents of a plan",
    VERIFY: "The figures of a plan, recomputed",
}  # fmt: skip
COLUMNS = ("cell", "status", "budget", "value", "gain", "better")
"""Of a sweep's table, as far as a page shows them; the API gives all."""


@router.get("/jobs", response_class=HTMLResponse)
def listed(
    request: Request, who: Reader, before: Annotated[str, Query(max_length=100)] = ""
) -> HTMLResponse:
    """One's own, the newest first; and what can be asked for."""
    return _page(request, who, before=before)


@router.post("/jobs", response_class=HTMLResponse)
def ask(
    request: Request,
    who: Poster,
    kind: Annotated[str, Form(max_length=20)] = SOLVE,
    market: Annotated[str, Form(max_length=200)] = "",
    file: Annotated[str, Form(max_length=2_000)] = "",
    text: Annotated[str, Form(max_length=2_000_000)] = "",
    sets: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Ask for a plan, or for a table of plans."""
    kept = {"market": market, "file": file, "text": text, "sets": sets}
    try:
        form: dict[str, Any] = {"market": market, "sets": _sets(sets, several=kind == SWEEP)}
        form |= {"file": file.strip()} if file.strip() else {}
        form |= {"text": text} if text.strip() else {}
        asked = request_of(kind if kind in (SOLVE, SWEEP) else repr(kind), form)
        made = jobs.ask(state.store(request), who.person.id, asked, at=state.now(request))
    except InputError as error:
        faults = tuple(str(one) for one in error.faults)
        return _page(request, who, kept=kept, faults=faults, status=422)
    return RedirectResponse(f"/jobs/{made.id}", 303)


@router.post("/plans/{digest}/make-documents")
def make_documents(request: Request, who: Poster, digest: str) -> Response:
    """Ask for the documents of a plan."""
    looked_at(request, who, digest)
    asked = request_of(DOCUMENTS, {"plan": digest})
    made = jobs.ask(state.store(request), who.person.id, asked, at=state.now(request))
    return RedirectResponse(f"/jobs/{made.id}", 303)


@router.post("/plans/{digest}/recompute")
def recompute(request: Request, who: Poster, digest: str) -> Response:
    """Ask for the figures of a plan to be made again."""
    looked_at(request, who, digest)
    asked = request_of(VERIFY, {"plan": digest})
    jobs.ask(state.store(request), who.person.id, asked, at=state.now(request))
    return RedirectResponse(f"/plans/{quote(digest)}#figures", 303)


@router.get("/jobs/{id}", response_class=HTMLResponse)
def job(request: Request, who: Reader, id: str) -> HTMLResponse:
    """How far it is, and what came of it."""
    one = job_of(request, who, id)
    result = one.result or {}
    rows = [{name: row.get(name) for name in COLUMNS} for row in result.get("rows", ())]
    return render(
        request, who, "job.html", job=one, title=TITLES[one.kind], open=one.state in OPEN,
        plan=result.get("plan", ""), new=result.get("new", True), rows=rows, columns=COLUMNS,
        currency=next((row["currency"] for row in result.get("rows", ()) if "currency" in row), ""),
        agrees=result.get("agrees"), compared=result.get("compared", 0),
        differences=result.get("differences", ()),
        asked=_words(one), by=names(state.store(request)).get(one.person, "somebody"),
    )  # fmt: skip


@router.post("/jobs/{id}/cancel")
def cancel(request: Request, who: Poster, id: str) -> Response:
    """End it."""
    job_of(request, who, id)
    jobs.cancel(state.store(request), who.person.id, id, at=state.now(request))
    return RedirectResponse(f"/jobs/{quote(id)}", 303)


def _sets(text: str, *, several: bool) -> dict[str, Any]:
    """``key=value``, one a line; with ``several``, values between commas. Raises InputError."""
    found: dict[str, Any] = {}
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        key, mark, value = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if not (key and mark) or key in found:
            expected = "key=value, each key once, such as budget.exactly=1.8M"
            faults.append(Fault("other values", number, 0, "", repr(line[:80]), expected))
        found[key] = [part.strip() for part in value.split(",")] if several else value
    if faults:
        raise InputError(faults)
    return found


def _words(one: Job) -> tuple[tuple[str, str], ...]:
    """What was asked, as a page says it; a scenario's text is left out."""
    form = one.request
    named = (("market", "Market"), ("file", "Scenario"), ("cell", "Cell"), ("plan", "Plan"))
    said = [(words, str(form[name])) for name, words in named if name in form]
    said += [("Text", "as it was pasted")] if "text" in form else []
    for key, value in form.get("sets", {}).items():
        said.append((key, ", ".join(value) if isinstance(value, list) else str(value)))
    return tuple(said)


def _page(
    request: Request, who: Caller, *, before: str = "", kept: dict[str, str] | None = None,
    faults: tuple[str, ...] = (), status: int = 200,
) -> HTMLResponse:  # fmt: skip
    found = jobs.listed(state.store(request), who.person.id, before=before, limit=PAGE + 1)
    shown = found[:PAGE]
    return render(
        request, who, "jobs.html", status=status, jobs=shown, titles=TITLES, faults=faults,
        older=f"/jobs?before={quote(shown[-1].cursor, safe='')}" if len(found) > PAGE else "",
        markets=markets_of(who.person), asks=hands_in(who.person),
        kept=kept or {"market": "", "file": "", "text": "", "sets": ""},
        asked={one.id: _words(one) for one in shown},
    )  # fmt: skip
