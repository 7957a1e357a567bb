"""What a child made, kept by the acts that people's own plans and papers go through."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from allocator.plan import Plan
from allocator.signoff.kinds import KINDS
from allocator.signoff.service.checks import LONGEST, MOST, recorded
from allocator.signoff.service.submission import Submission, created
from allocator.signoff.service.talk import Paper, attached
from allocator.signoff.store import plan_rows
from allocator.signoff.store.jobs import Job
from allocator.signoff.work import Documents, Request, Solve, Verify
from allocator.worker.work import Made


def keep(connection: Connection, job: Job, asked: Request, made: Made, at: str) -> dict[str, Any]:
    """The job's result, as plain JSON values, with all that was made.

    A plan becomes a draft of who asked; one that is here already stays as it is. Raises NotAllowed
    for people who may no longer do it.
    """
    papers = {KINDS[name]: (name, content) for name, content in made.papers.items()}
    if isinstance(asked, Solve):
        plan = Plan.model_validate_json(made.plan)
        known = plan_rows.get(connection, plan.digest) is not None
        if not known:
            handed = Submission(plan, asked.market, papers, asked.replaces)
            created(connection, job.person, handed, at)
        return {"plan": plan.digest, "new": not known, "status": str(plan.certificate.status)}
    if isinstance(asked, Documents):
        for kind, (name, content) in papers.items():
            attached(connection, job.person, asked.plan, Paper(kind, name, content), at=at)
        return {"plan": asked.plan, "documents": sorted(papers)}
    if isinstance(asked, Verify):
        assert made.checked is not None  # a check finds something, or fails
        found = made.checked
        recorded(connection, asked.plan, found, at)
        told = {
            "compared": found.compared,
            "differences": [one[:LONGEST] for one in found.differences[:MOST]],
        }
        return {"plan": asked.plan, "agrees": found.agrees, **told}
    return made.result
