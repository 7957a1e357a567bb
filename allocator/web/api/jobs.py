"""Long work: asked for here, done by a worker."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from allocator.signoff.service import jobs
from allocator.signoff.work import Documents, Solve, Sweep, Verify
from allocator.signoff.work import Request as Asked
from allocator.web import state
from allocator.web.api.forms import Shown, ShownJob
from allocator.web.api.route import ACT, PLAN, Id, Limit, Plain, Reads, Submits, known, problems
from allocator.web.api.route import router as part
from allocator.web.caller import Caller
from allocator.web.looked_at import job_of

router = part("jobs")
PAGE = 50


class ShownJobs(Shown):
    """A page of jobs, the newest first."""

    jobs: list[ShownJob]
    next: str | None
    """What `before` must say for the next page; null at the end."""


@router.get("/jobs")
def listed(
    request: Request, who: Reads, before: Annotated[Plain, Query(max_length=100)] = "",
    limit: Limit = PAGE,
) -> ShownJobs:  # fmt: skip
    """The caller's own, all of them for admins and auditors."""
    found = jobs.listed(state.store(request), who.person.id, before=before, limit=limit + 1)
    last = found[limit - 1].cursor if len(found) > limit else None
    return ShownJobs(jobs=[ShownJob.of(one) for one in found[:limit]], next=last)


@router.get("/jobs/{id}", responses=problems(*PLAN))
def job(request: Request, who: Reads, id: Id) -> ShownJob:
    """Where a job stands."""
    return ShownJob.of(job_of(request, who, id))


@router.post("/jobs/solve", status_code=202, responses=problems(*ACT))
def solve(request: Request, response: Response, who: Submits, asked: Solve) -> ShownJob:
    """The best plan of a scenario, kept as a draft of the caller's."""
    if asked.replaces is not None:
        known(request, who, asked.replaces)
    return _asked(request, response, who, asked)


@router.post("/jobs/sweep", status_code=202, responses=problems(*ACT))
def sweep(request: Request, response: Response, who: Submits, asked: Sweep) -> ShownJob:
    """Every cell of a scenario under every value, as a table."""
    return _asked(request, response, who, asked)


@router.post("/jobs/documents", status_code=202, responses=problems(*ACT))
def documents(request: Request, response: Response, who: Submits, asked: Documents) -> ShownJob:
    """The documents of a plan, attached to it."""
    known(request, who, asked.plan)
    return _asked(request, response, who, asked)


@router.post("/jobs/verify", status_code=202, responses=problems(*ACT))
def verify(request: Request, response: Response, who: Submits, asked: Verify) -> ShownJob:
    """The figures of a plan made again; what was found is kept with the plan."""
    known(request, who, asked.plan)
    return _asked(request, response, who, asked)


@router.post("/jobs/{id}/cancel", responses=problems(*ACT))
def cancel(request: Request, who: Submits, id: Id) -> ShownJob:
    """End a job; its worker stops within seconds."""
    job_of(request, who, id)
    store, at = state.store(request), state.now(request)
    return ShownJob.of(jobs.cancel(store, who.person.id, id, at=at))


def _asked(request: Request, response: Response, who: Caller, asked: Asked) -> ShownJob:
    made = jobs.ask(state.store(request), who.person.id, asked, at=state.now(request))
    response.headers["location"] = f"{request.url.path.rpartition('/')[0]}/{made.id}"
    return ShownJob.of(made)
