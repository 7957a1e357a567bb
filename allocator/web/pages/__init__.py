"""The pages, one file each."""

from __future__ import annotations

from fastapi import APIRouter

from allocator.web.pages import alive, home, login

__all__ = ["ROUTERS", "alive", "home", "login"]

ROUTERS: tuple[APIRouter, ...] = (alive.router, login.router, home.router)
"""Every page of the server."""
