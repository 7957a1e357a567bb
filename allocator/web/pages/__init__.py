"""The pages, one file each."""

from __future__ import annotations

from fastapi import APIRouter

from allocator.web.pages import account, again, alive, home, login, oidc

__all__ = ["ROUTERS", "account", "again", "alive", "home", "login", "oidc"]

ROUTERS: tuple[APIRouter, ...] = (
    alive.router, login.router, oidc.router, again.router, account.router, home.router,
)  # fmt: skip
"""Every page of the server."""
