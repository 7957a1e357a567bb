"""The REST API under ``/api/v1``, one file a kind of thing."""

from __future__ import annotations

from fastapi import APIRouter

from allocator.web.api import acts, delegations, jobs, papers, plans, self, talk, trail

__all__ = ["ROUTERS", "acts", "delegations", "jobs", "papers", "plans", "self", "talk", "trail"]

ROUTERS: tuple[APIRouter, ...] = (
    self.router, plans.router, acts.router, talk.router, papers.router, trail.router,
    delegations.router, jobs.router,
)  # fmt: skip
"""Every part of the API."""
