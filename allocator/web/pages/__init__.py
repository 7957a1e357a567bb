"""The pages, one file each."""

from __future__ import annotations

from fastapi import APIRouter

from allocator.web.pages import (
    account,
    acts,
    again,
    alive,
    choose,
    compare,
    documents,
    hand_in,
    inbox,
    jobs,
    login,
    look,
    oidc,
    plan,
    plans,
    stand_ins,
    trail,
)

__all__ = [
    "ROUTERS", "account", "acts", "again", "alive", "choose", "compare", "documents", "hand_in",
    "inbox", "jobs", "login", "look", "oidc", "plan", "plans", "stand_ins", "trail",
]  # fmt: skip

ROUTERS: tuple[APIRouter, ...] = (
    alive.router, look.router, login.router, choose.router, oidc.router, again.router,
    account.router, inbox.router, plans.router, compare.router, hand_in.router, stand_ins.router,
    trail.router, jobs.router, documents.router, acts.router, plan.router,
)  # fmt: skip
"""Every page of the server."""
