"""A database that goes away: told at once, nothing kept that was not said, and back by itself."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from office import Office, plan
from sqlalchemy import Connection, event

from allocator.signoff.audit.verify import verify
from allocator.signoff.service.identity import add_token, open_session
from allocator.signoff.service.reading import inbox
from allocator.signoff.service.talk import Remark, comment, comments
from allocator.signoff.store import connect as connecting
from allocator.signoff.store.connect import InDoubt, Store, Unavailable, connect
from tests.reliability import acts
from tests.reliability.killed import in_a_child
from tests.reliability.places import Place, opened

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

SOON = 8.0  # seconds within which somebody must be told


def crashes(place: Place, rounds: int) -> Counter[str]:
    """The server stops as in a crash, while acts are done and while none is, and starts again."""
    from pgserver._commands import pg_ctl

    told: Counter[str] = Counter()
    with place.migrated() as url, opened(url) as store:
        office = Office(store).hire()
        digest = office.submitted(plan("small"))
        said: list[str] = []
        for number in range(rounds):
            remark = Remark(digest, f"before {number}")
            said.append(comment(store, "fiona", remark, at=office.now()).id)
            _with(place, pg_ctl, ["-m", "immediate", "-w", "stop"])
            for act in (
                lambda n=number: comment(store, "fiona", Remark(digest, f"{n}"), at=office.now()),
                lambda: inbox(store, "fiona", at=office.now()),
            ):
                told[_refused(act)] += 1
            place.running.ensure_postgres_running()
            assert place.running.get_uri() == place.server
            told["worked again at once"] += bool(inbox(store, "fiona", at=office.now()))
        assert [one.id for one in comments(store, digest)] == said
        assert verify(store).wrong == ()
    return told


def served(place: Place, rounds: int) -> Counter[str]:
    """The same seen by somebody at the pages, and by a program: 503 and when to come again."""
    from pgserver._commands import pg_ctl

    told: Counter[str] = Counter()
    with place.migrated() as url, _client(place, url) as (client, digest, bearer):
        for _ in range(rounds):
            _with(place, pg_ctl, ["-m", "immediate", "-w", "stop"])
            for answer in (
                client.get("/"),
                client.get(f"/api/v1/plans/{digest}", headers=bearer),
                client.post(f"/api/v1/plans/{digest}/review",
                            headers={**bearer, "If-Match": '"2"'}),
                client.post("/login", data={"mail": "x@example.org", "password": "x"}),
            ):  # fmt: skip
                assert answer.status_code in (503, 403), answer.text  # the login's form is no form
                if answer.status_code == 503:
                    assert int(answer.headers["retry-after"]) > 0
                    told["503 with Retry-After"] += 1
            place.running.ensure_postgres_running()
            answer = client.get(f"/api/v1/plans/{digest}", headers=bearer)
            assert (answer.status_code, answer.json()["state"]) == (200, "submitted")
            told["200 at the next request"] += 1
    return told


@contextmanager
def _client(place: Place, url: str) -> Iterator[tuple[TestClient, str, dict[str, str]]]:
    """Somebody at a server of ours, the plan that waits there, and a token's header."""
    from fastapi.testclient import TestClient

    from allocator.signoff.clock import now
    from allocator.web.app import create_app
    from allocator.web.settings import Settings

    with opened(url) as store:
        digest = Office(store).hire().submitted(plan("small"))
        session = open_session(store, "fiona", at=now()).secret
        _, token = add_token(store, "fiona", "down", "all", days=1, at=now())
    secret = place.folder / "secret"
    secret.write_bytes(b"a secret of the test's, long enough to be one")
    home = "http://localhost:8080"
    settings = Settings(url, place.folder / "none.yaml", home, secret, insecure_localhost=True)
    with TestClient(create_app(settings), base_url=home, follow_redirects=False) as client:
        client.cookies.set("session", session)
        yield client, digest, {"Authorization": f"Bearer {token}"}


def cut_off(place: Place) -> Counter[str]:
    """The server ends a connection before each statement of an approval, and before its COMMIT."""
    told: Counter[str] = Counter()
    with place.migrated() as url:
        with opened(url) as store:
            one = acts.Approve(Office(store).hire())
            one.before(-1)
        steps = in_a_child(url, one.act).steps
        for step in range(1, steps):
            with opened(url) as store:
                one.office.store = store
                one.before(step)
            with opened(url) as broken:
                _cut(place.server, broken, step)
                try:
                    one.act(broken)
                    words = "done before it was cut off"
                except InDoubt:
                    words = "told that nobody knows"
                except Unavailable:
                    words = "told that nothing was done"
            told[words] += 1
            with opened(url) as store:
                one.office.store = store
                kept = store.writing(one.kept)
                assert kept or words != "done before it was cut off"
                assert not kept or words != "told that nothing was done"
                acts.again(one, store, was_kept=kept)
        with opened(url) as store:
            assert verify(store).wrong == ()
    return told


def held(place: Place) -> Counter[str]:
    """Somebody else holds the database and does not let go."""
    told: Counter[str] = Counter()
    usual = connecting.BUSY
    connecting.BUSY = 0.5
    connecting.LOCK["wait"] = "500ms"
    try:
        with place.migrated() as url, opened(url) as store:
            office = Office(store).hire()
            digest = office.submitted(plan("small"))
            other = connect(url)

            def slow(_: Connection) -> None:
                remark = Remark(digest, "while it is held")
                told[_refused(lambda: comment(store, "fiona", remark, at=office.now()))] += 1

            other.writing(slow)
            other.close()
            comment(store, "fiona", Remark(digest, "free again"), at=office.now())
            assert [one.text for one in comments(store, digest)] == ["free again"]
            assert verify(store).wrong == ()
    finally:
        connecting.BUSY = usual
        connecting.LOCK["wait"] = f"{int(usual * 1000)}ms"
    return told


def _with(place: Place, pg_ctl: Callable[..., object], arguments: list[str]) -> None:
    pg_ctl(arguments, pgdata=place.running.pgdata, user=place.running.system_user)


def _refused(act: Callable[[], object]) -> str:
    started = time.monotonic()
    try:
        act()
    except Unavailable:
        seconds = time.monotonic() - started
        assert seconds < SOON, f"told after {seconds:.0f} s"
        return f"told within {SOON:.0f} s"
    raise AssertionError("done without a database")


def _cut(server: str, store: Store, step: int) -> None:
    """Before the n-th step the server ends the connection that does it."""
    count = 0

    def cut(connection: Connection, *_: object) -> None:
        nonlocal count
        count += 1
        if count == step:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            pid = raw.info.backend_pid
            with psycopg.connect(server, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    event.listen(store.engine, "before_cursor_execute", cut)
    event.listen(store.engine, "commit", cut)
