"""``allocator serve``: the pages and the REST API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli.acting import AUTHORITY, DATABASE, AuthorityFile, Database
from allocator.cli.options import Quiet
from allocator.cli.worker import DATA, Data

if TYPE_CHECKING:
    import socket

    from allocator.signoff.store.connect import Store
    from allocator.web.settings import Settings

EPILOG = (
    "Examples: allocator serve --insecure-localhost; "
    "allocator serve --db postgresql://db/allocator --public-url https://plans.example.org"
)
SECRET = Path("allocator.secret")
ADMIN = "admin@localhost.localdomain"


def serve(
    db: Database = DATABASE,
    host: Annotated[str, typer.Option(help="Where it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="At which port.", min=1, max=65535)] = 8080,
    authority: AuthorityFile = AUTHORITY,
    public_url: Annotated[
        str, typer.Option(metavar="URL", envvar="ALLOCATOR_PUBLIC_URL", help="What people type.")
    ] = "",
    secret: Annotated[
        Path,
        typer.Option("--secret-file", metavar="FILE", envvar="ALLOCATOR_SECRET_FILE",
                     help="Random bytes; made at the first start."),
    ] = SECRET,
    insecure_localhost: Annotated[
        bool, typer.Option("--insecure-localhost", help="Plain http, on this machine only.")
    ] = False,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Others do the jobs: `allocator worker`.")
    ] = False,
    data: Data = DATA,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """The review app. The first start makes tables, a secret file and an admin.

    Beside it a worker does what people ask for: solving, sweeping, documents.
    """
    from contextlib import nullcontext

    from allocator.cli.acting import matrix_of, now
    from allocator.web.settings import (
        Settings,
        checked,
        leaked_of,
        oidc_of,
        proxy_of,
        refuse_open,
    )
    from allocator.worker.beside import beside

    matrix_of(authority)  # a fault in it is said now, not at the first submission
    settings = checked(Settings(
        db, authority, public_url or f"http://localhost:{port}", secret,
        insecure_localhost=insecure_localhost, oidc=oidc_of(), proxy=proxy_of(),
        leaked_passwords=leaked_of(),
    ))  # fmt: skip
    refuse_open(settings, host)
    with _listening(host, port) as door:
        _first_start(settings)
        if not quiet:
            typer.echo(f"{settings.public_url}  (stop with Ctrl-C)")
        with nullcontext() if no_worker else beside(db, data, now=now):
            _run(settings, door, quiet=quiet)


def _listening(host: str, port: int) -> socket.socket:
    """The place where it listens, taken before anything is made. Raises InputError."""
    import os
    import socket

    from mmm.errors import Fault, InputError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        found = os.strerror(error.errno).lower() if error.errno and error.errno > 0 else str(error)
        found, fix = f"{host}:{port}: {found}", "choose another --port or --host"
        fault = Fault("--port", 0, 0, "", found, "a place to listen at that is free", fix)
        raise InputError([fault]) from None


def _first_start(settings: Settings) -> None:
    """Tables, where there are none; a secret; somebody who can add people."""
    from contextlib import closing

    from allocator.signoff.store.connect import connect
    from allocator.signoff.store.migrate import current, migrate, refuse_other_schema
    from allocator.web.signed import make_secret

    with closing(connect(settings.database_url)) as store:
        if current(store) is None:
            migrate(store)
        refuse_other_schema(store)
        make_secret(settings.secret_file)
        _first_admin(store)


def _first_admin(store: Store) -> None:
    from allocator.cli.acting import now
    from allocator.errors import NotAllowed
    from allocator.signoff.service.users import everybody, first_admin

    if everybody(store):
        return
    try:
        who, password = first_admin(store, "Admin", ADMIN, at=now())
    except NotAllowed:  # another server on the same database was first
        return
    typer.echo(f"The first admin: {who.mail}. The password, shown this once: {password}")


def _run(settings: Settings, door: socket.socket, *, quiet: bool) -> None:
    import logging
    import time

    import uvicorn

    from allocator.web.app import create_app

    logging.Formatter.converter = time.gmtime
    logging.basicConfig(
        level=logging.WARNING if quiet else logging.INFO,
        format="%(asctime)s.%(msecs)03dZ %(levelname)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S",
    )  # fmt: skip
    for name in ("httpx", "httpcore", "authlib"):  # they log addresses, in which codes stand
        logging.getLogger(name).setLevel(logging.WARNING)
    config = uvicorn.Config(
        create_app(settings), access_log=False, log_level="warning",
        proxy_headers=False, server_header=False, timeout_keep_alive=15, limit_concurrency=500,
        http="h11", h11_max_incomplete_event_size=32_768,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[door])
