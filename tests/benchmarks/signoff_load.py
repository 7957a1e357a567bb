"""People at work on ``allocator serve``: how long they wait, and whether anything fails.

    python tests/benchmarks/signoff_load.py                      50 people, SQLite
    python tests/benchmarks/signoff_load.py --database postgresql --users 200 --servers 2

Each person looks at a page or acts (one time in ten), then thinks for five seconds on average.
A server is one process, as ``allocator serve`` starts it; the people are threads of this one,
on the same machine, so that some of the waiting is theirs. Beside the figures stand those of a
page that does nothing (``/healthz``), and the CPU that the server took: on a machine that does
other things as well, waiting is mostly theirs.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from signoff_lists import OneTransaction, build, places

sys.path.insert(0, str(Path(__file__).parents[1] / "allocator" / "signoff"))
from databases import opened
from office import AUTHORITY
from sqlalchemy import Connection

from allocator.signoff.audit.verify import verify
from allocator.signoff.clock import now
from allocator.signoff.service.identity import add_token, open_session
from allocator.signoff.service.users import enroll
from allocator.signoff.states import Role
from allocator.signoff.store.connect import Store
from allocator.signoff.store.migrate import migrate
from allocator.signoff.store.people import Person

REPOSITORY = Path(__file__).parents[2]
SERVE = "from allocator.cli import main; main()"
KINDS = (Role.PLANNER, Role.FINANCE, Role.DIRECTOR)


@dataclass(frozen=True)
class User:
    """Somebody with a session for the pages and a token for REST."""

    name: str
    session: str
    token: str


@dataclass
class Waited:
    """Seconds by what was asked, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, seconds: float, status: int) -> None:
        with self.lock:
            self.seconds.setdefault(what, []).append(seconds)
            self.answers[f"{status // 100}xx" if status else "no answer"] += 1


def staff(store: Store, count: int) -> list[User]:
    """So many people of one market, each with what they need to come in."""

    def act(connection: Connection) -> list[User]:
        whole: Any = OneTransaction(connection, store.dialect)
        made = []
        for number in range(count):
            name, role = f"user{number}", KINDS[number % 3]
            one = Person(name, name, f"{name}@example.org", False, frozenset({(role, "DE")}))
            enroll(connection, one, None, None, now())
            session = open_session(whole, name, at=now())
            _, token = add_token(whole, name, "load", "all", days=2, at=now())
            made.append(User(name, session.secret, token))
        return made

    return store.writing(act)


@contextmanager
def served(url: str, folder: Path) -> Iterator[tuple[int, int]]:
    """(port, process) of a server on the database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "authority.yaml").write_text(AUTHORITY)
    command = [
        sys.executable, "-W", "ignore", "-c", SERVE, "serve", "--db", url, "--port", str(port),
        "--authority", str(folder / "authority.yaml"), "--secret-file", str(folder / "secret"),
        "--insecure-localhost", "--no-worker", "--quiet",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    running = subprocess.Popen(command, cwd=folder, env=environment)
    try:
        for _ in range(600):
            time.sleep(0.1)
            assert running.poll() is None, "the server did not start"
            try:
                if ask(port, "GET", "/healthz", {}, b"")[0] == 200:
                    break
            except OSError:
                continue
        yield port, running.pid
    finally:
        running.terminate()
        running.wait(30)


def ask(port: int, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, int]:
    """(status, bytes) of one request on a connection of its own."""
    line = http.client.HTTPConnection("localhost", port, timeout=60)
    try:
        line.request(method, path, body or None, headers)
        answer = line.getresponse()
        return answer.status, len(answer.read())
    finally:
        line.close()


def reads(digests: list[str], draw: random.Random) -> tuple[str, str]:
    """(what, path) of something that a person looks at."""
    digest = draw.choice(digests)
    return draw.choice((
        ("inbox", "/"),
        ("plans", "/plans"),
        ("plans by words", f"/plans?text=Plan+{draw.randrange(100)}"),
        ("plan", f"/plans/{digest}"),
        ("plan", f"/plans/{digest}"),
        ("its trail", f"/plans/{digest}/trail"),
        ("REST: plans", "/api/v1/plans"),
        ("REST: plan", f"/api/v1/plans/{digest}"),
    ))  # fmt: skip


def person(
    user: User, port: int, digests: list[str], *, until: float, think: float, seed: int,
    waited: Waited,
) -> None:  # fmt: skip
    """Look, act one time in ten, think; until the time is over."""
    draw = random.Random(seed)
    time.sleep(draw.uniform(0, think))
    cookie = {"Cookie": f"session={user.session}"}
    bearer = {"Authorization": f"Bearer {user.token}"}
    while time.monotonic() < until:
        body, method = b"", "GET"
        if draw.random() < 0.1:
            what, method = "REST: comment", "POST"
            path = f"/api/v1/plans/{draw.choice(digests)}/comments"
            body = json.dumps({"text": f"seen by {user.name}"}).encode()
            headers = {**bearer, "Content-Type": "application/json"}
        else:
            what, path = reads(digests, draw)
            headers = bearer if what.startswith("REST") else cookie
        started = time.perf_counter()
        try:
            status, _ = ask(port, method, path, headers, body)
        except OSError:
            status = 0
        waited.note(what, time.perf_counter() - started, status)
        time.sleep(draw.expovariate(1 / think))


def work(
    users: list[User], ports: list[int], digests: list[str], *, seconds: float, think: float
) -> Waited:
    """Everybody at once for so long."""
    waited = Waited()
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(
            target=person, args=(user, ports[number % len(ports)], digests),
            kwargs={"until": until, "think": think, "seed": number, "waited": waited},
        )
        for number, user in enumerate(users)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waited


def percentile(values: list[float], share: float) -> float:
    """The smallest value that so many are not above."""
    return sorted(values)[max(0, min(len(values) - 1, round(share * len(values)) - 1))]


def told(waited: Waited, nothing: list[float], seconds: float, spent: float) -> str:
    """The figures as a table, in milliseconds."""
    everything = [value for values in waited.seconds.values() for value in values]
    rows = [("a page that does nothing", nothing), ("all", everything)]
    rows += sorted(waited.seconds.items())
    lines = [f"  {'':<26} {'count':>6} {'median':>7} {'p95':>7} {'worst':>7}  ms"]
    for name, values in rows:
        figures = statistics.median(values), percentile(values, 0.95), max(values)
        shown = " ".join(f"{1000 * one:7.0f}" for one in figures)
        lines.append(f"  {name:<26} {len(values):6,} {shown}")
    answers = ", ".join(f"{count:,} × {name}" for name, count in sorted(waited.answers.items()))
    lines.append(f"  {answers}; {len(everything) / seconds:.0f} requests a second")
    lines.append(f"  the server took {1000 * spent / len(everything):.0f} ms of CPU a request")
    return "\n".join(lines)


def measured(url: str, folder: Path, said: argparse.Namespace) -> str:
    """One database: filled, served, worked on, verified."""
    with opened(url) as store:
        migrate(store)
        digests = build(store, said.plans, 10 * said.plans)
        users = staff(store, said.users)
    german = digests[::5]  # of the market where these people are
    with ExitStack() as kept:
        servers = [kept.enter_context(served(url, folder)) for _ in range(said.servers)]
        ports = [port for port, _ in servers]
        warm = work(users[:6], ports, german, seconds=5, think=0.2)
        assert not warm.answers["5xx"]
        spent = sum(cpu(process) for _, process in servers)
        waited = work(users, ports, german, seconds=said.seconds, think=said.think)
        spent = sum(cpu(process) for _, process in servers) - spent
        nothing = [_timed(lambda: ask(ports[0], "GET", "/healthz", {}, b"")) for _ in range(100)]
    with opened(url) as store:
        assert verify(store).wrong == ()
    return told(waited, nothing, said.seconds, spent)


def cpu(process: int) -> float:
    """Seconds of CPU that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asks.add_argument("--users", type=int, default=50)
    asks.add_argument("--seconds", type=float, default=60)
    asks.add_argument("--servers", type=int, default=1, help="on one database, people in turn")
    asks.add_argument("--think", type=float, default=5.0, help="seconds between requests, mean")
    asks.add_argument("--plans", type=int, default=200)
    said = asks.parse_args()
    with tempfile.TemporaryDirectory() as name, places() as urls:
        if said.database not in urls:
            return
        table = measured(urls[said.database], Path(name), said)
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    people = f"{said.users} people on {said.servers} server{'s' if said.servers > 1 else ''}"
    print(f"{said.database}, {people}, {said.think:g} s of thought; {load}")
    print(table)


if __name__ == "__main__":
    main()
