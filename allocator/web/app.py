"""The server: settings in, an application out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from allocator.signoff.clock import now as utc
from allocator.signoff.store.connect import connect
from allocator.web import api, pages
from allocator.web.faults import watch_faults
from allocator.web.headers import Headers
from allocator.web.limits import BodyLimit
from allocator.web.oidc import Provider
from allocator.web.rates import Rate
from allocator.web.sessions import Cookies
from allocator.web.settings import Settings, checked
from allocator.web.watch import Watch

STATIC = Path(__file__).parent / "static"
ROUTERS = (*pages.ROUTERS, *api.ROUTERS)


def create_app(settings: Settings, *, now: Callable[[], str] = utc) -> FastAPI:
    """The application. Raises InputError for settings that are not safe.

    now: the clock; tests bring their own
    """
    checked(settings)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.store.close()

    app = FastAPI(
        title="Budget allocation: sign-off", version="1", lifespan=life,
        openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None,
    )  # fmt: skip
    furnish(app, settings, now)
    watch_faults(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Cookies)  # the last added is the first to see a request
    app.add_middleware(BodyLimit, most=settings.upload_limit)
    app.add_middleware(Watch, hosts=settings.hosts)
    app.add_middleware(Headers, secure=settings.secure)
    return app


def furnish(app: FastAPI, settings: Settings, now: Callable[[], str]) -> None:
    """What every request finds, see ``state``. Raises InputError for a secret that is none."""
    app.state.secret = settings.secret()
    app.state.store = connect(settings.database_url)
    app.state.settings = settings
    app.state.now = now
    app.state.acts = Rate(settings.acts_a_minute)
    app.state.provider = None if settings.oidc is None else Provider(settings.oidc)
