"""What an address names, as far as the caller may see it; everything else is not here."""

from __future__ import annotations

from fastapi import HTTPException, Request

from allocator.signoff.service import jobs
from allocator.signoff.service.opened import Opened, open_plan
from allocator.signoff.store.jobs import Job
from allocator.web import state
from allocator.web.caller import Caller
from mmm.errors import InputError


def looked_at(request: Request, who: Caller, digest: str) -> Opened:
    """The plan with all that belongs to it. Raises 404 where there is none for them."""
    found = open_plan(state.store(request), who.person.id, digest, at=state.now(request))
    if found is None:
        raise HTTPException(404)
    return found


def job_of(request: Request, who: Caller, id: str) -> Job:
    """The job. Raises 404 where there is none for them."""
    try:
        return jobs.get(state.store(request), who.person.id, id)
    except InputError:
        raise HTTPException(404) from None
