"""What every request finds: the store, the settings and the clock of its server."""

from __future__ import annotations

from fastapi import Request

from allocator.signoff.store.connect import Store
from allocator.web.rates import Rate
from allocator.web.settings import Settings


def store(request: Request) -> Store:
    """The one store."""
    found: Store = request.app.state.store
    return found


def settings(request: Request) -> Settings:
    """As the server was started."""
    found: Settings = request.app.state.settings
    return found


def acts(request: Request) -> Rate:
    """How much each person did lately."""
    found: Rate = request.app.state.acts
    return found


def now(request: Request) -> str:
    """The time of an act: UTC, ISO 8601."""
    found: str = request.app.state.now()
    return found
