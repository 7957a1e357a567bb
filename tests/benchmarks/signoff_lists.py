"""A store of years: how long lists take, and the proof that nothing of it was changed.

    python tests/benchmarks/signoff_lists.py                      1,000 plans, 100,000 events
    python tests/benchmarks/signoff_lists.py --plans 100 --events 5000

On SQLite and on PostgreSQL. A list is what one page or one command reads; its figure is the
median and the worst of several readings, each on a view of its own, and the CPU that this process
took for one: on a machine that does other things as well, the rest is waiting for them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

sys.path.insert(0, str(Path(__file__).parents[1] / "allocator" / "signoff"))
from databases import DIALECTS, database, missing, opened, server
from office import Office, matrix, plan

from allocator.plan import sealed
from allocator.signoff.audit.verify import verify
from allocator.signoff.chain import first_break, following
from allocator.signoff.seen import seen_of
from allocator.signoff.service.decision import Decision, review, sign
from allocator.signoff.service.reading import Wanted, inbox, log, search
from allocator.signoff.service.release import release
from allocator.signoff.service.submission import Submission, create, submit
from allocator.signoff.service.talk import comment_form, comments
from allocator.signoff.states import Role, State
from allocator.signoff.store import events
from allocator.signoff.store.connect import Store
from allocator.signoff.store.migrate import migrate
from allocator.signoff.store.people import Person
from allocator.signoff.store.tables import comments as comment_table
from allocator.signoff.store.tables import events as event_table
from allocator.signoff.store.talk import Comment
from allocator.signoff.times import stamp

MARKETS = ("DE", "FR", "IT", "ES", "PL")
Figures = tuple[float, float, float]
"""Median and worst wall time, and CPU of this process: seconds"""
START = 1_760_000_000  # seconds; the day of the first act


@dataclass
class OneTransaction:
    """A store whose acts are all one transaction: thousands of them in a minute."""

    connection: Connection
    dialect: str

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        yield self.connection

    def writing(self, act: Callable[[Connection], Any]) -> Any:
        return act(self.connection)


def moment(number: int) -> str:
    import datetime as dt

    return stamp(dt.datetime.fromtimestamp(START + 60 * number, dt.UTC))


def people(office: Office) -> None:
    """The staff of the tests, and somebody of each kind for every market."""
    office.hire()
    from allocator.signoff.service.users import enroll

    def act(connection: Connection) -> None:
        for market in MARKETS:
            for role in (Role.PLANNER, Role.FINANCE, Role.DIRECTOR):
                name = f"{role}-{market}".lower()
                one = Person(name, name, f"{name}@example.org", False, frozenset({(role, market)}))
                enroll(connection, one, None, None, moment(0))

    office.store.writing(act)


def plans(store: Any, count: int) -> list[str]:
    """So many plans on their way: a fifth each waits, is in review, approved, released, back."""
    document = plan("many").model_dump(mode="json")
    made = []
    for number in range(count):
        document["scenario"]["title"] = f"Plan {number}"
        document["scenario"]["id"] = f"plan-{number}"
        one, market = sealed(document), MARKETS[number % len(MARKETS)]
        name = f"-{market}".lower()
        create(store, f"planner{name}", Submission(one, market), at=moment(6 * number + 1))
        submit(store, f"planner{name}", one.digest, matrix(), at=moment(6 * number + 2))
        stage = (number // len(MARKETS)) % 4
        if stage > 0:
            review(store, f"finance{name}", one.digest, at=moment(6 * number + 3))
        if stage > 1:
            said = Decision(one.digest, seen_of(one), 3, "fits")
            sign(store, f"director{name}", said, at=moment(6 * number + 4))
        if stage > 2:
            release(store, f"finance{name}", one.digest, at=moment(6 * number + 5))
        made.append(one.digest)
    return made


def talk(connection: Connection, digests: list[str], count: int) -> None:
    """Comments until there are so many events, as ``service.talk.comment`` writes them."""
    last = events.last(connection)
    assert last is not None
    written: tuple[list[dict[str, Any]], list[dict[str, Any]]] = [], []
    for number in range(last.number, count):
        digest = digests[number % len(digests)]
        said = Comment(
            f"{number:032x}", digest, "plan", None, "fiona", f"seen {number}", moment(number)
        )
        last = following(
            last, at=said.at, actor="fiona", role=str(Role.FINANCE), action="comment",
            subject=digest, details=dict(comment_form(said)),
        )  # fmt: skip
        for rows, one in zip(written, (said, last), strict=True):
            rows.append(asdict(one))
        if len(written[0]) == 5_000 or number == count - 1:
            connection.execute(insert(comment_table), written[0])
            connection.execute(insert(event_table), written[1])
            written = [], []


def build(store: Store, count: int, most: int) -> list[str]:
    """A store with so many plans and events; the plans' digests."""

    def act(connection: Connection) -> list[str]:
        whole = OneTransaction(connection, store.dialect)
        people(Office(whole))  # type: ignore[arg-type]
        digests = plans(whole, count)
        talk(connection, digests, most)
        return digests

    return store.writing(act)


def readings(store: Store, digests: list[str], most: int) -> dict[str, Callable[[], object]]:
    """What pages and commands read, by its name."""
    at = moment(6 * len(digests) + 10)
    rules = matrix().authority
    old = digests[len(digests) // 2]
    return {
        "plans, first page": lambda: search(store, "aude", Wanted(), at=at),
        "plans, a page far back": lambda: search(store, "aude", Wanted(before=moment(600)), at=at),
        "plans by words": lambda: search(store, "aude", Wanted(text="Plan 77"), at=at),
        "plans by words that nothing has": lambda: search(
            store, "aude", Wanted(text="nowhere"), at=at
        ),
        "plans released": lambda: search(store, "aude", Wanted(state=State.RELEASED), at=at),
        "plans of one market": lambda: search(store, "paula", Wanted(market="DE"), at=at),
        "inbox, director of one market": lambda: inbox(store, "dora", authority=rules, at=at),
        "inbox, finance of all": lambda: inbox(store, "fiona", authority=rules, at=at),
        "log of one plan": lambda: log(store, old),
        "log, first page": lambda: log(store, after=0),
        "log, last page": lambda: log(store, after=most - 200),
        "comments of one plan": lambda: comments(store, old),
    }


def chain_only(store: Store) -> None:
    with store.reading() as connection:
        assert first_break(events.every(connection)) is None


def timed(act: Callable[[], object], runs: int, *, warm: bool = True) -> Figures:
    """Seconds; a first reading is not counted, unless there is no other."""
    if warm:
        act()
    times = []
    spent = time.process_time()
    for _ in range(runs):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return statistics.median(times), max(times), (time.process_time() - spent) / runs


def measured(store: Store, count: int, most: int, runs: int) -> dict[str, Figures]:
    migrate(store)
    digests = build(store, count, most)
    if store.dialect == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
            raw.exec_driver_sql("ANALYZE")  # as autovacuum does within a minute
    found = {name: timed(act, runs) for name, act in readings(store, digests, most).items()}
    found["the chain, every hash"] = timed(lambda: chain_only(store), 1, warm=False)
    wrong: list[object] = []
    found["audit verify: chain, rows, blobs"] = timed(
        lambda: wrong.extend(verify(store).wrong), 1, warm=False
    )
    assert wrong == [], wrong[:3]
    return found


@contextmanager
def places() -> Iterator[dict[str, str]]:
    """Dialect -> URL of an empty database; PostgreSQL only where there is one."""
    with tempfile.TemporaryDirectory(prefix="signoff-") as name:
        folder = Path(name)
        if missing():
            print(missing())
            yield {"sqlite": f"sqlite:///{folder / 'a.db'}"}
            return
        with server(folder) as running, database(running) as url:
            yield {"sqlite": f"sqlite:///{folder / 'a.db'}", "postgresql": url}


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--plans", type=int, default=1_000)
    asks.add_argument("--events", type=int, default=100_000)
    asks.add_argument("--runs", type=int, default=20, help="readings of each list")
    asks.add_argument("--only", choices=DIALECTS, help="one database")
    asks.add_argument("--json", type=Path, help="write the figures there")
    said = asks.parse_args()
    kept: dict[str, dict[str, Figures]] = {}
    with places() as urls:
        for dialect, url in urls.items():
            if said.only not in (None, dialect):
                continue
            with opened(url) as store:
                kept[dialect] = measured(store, said.plans, said.events, said.runs)
            load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
            print(f"{dialect}: {said.plans:,} plans, {said.events:,} events; {load}")
            print(f"  {'':<34} {'median':>7} {'worst':>7} {'CPU':>7}  ms")
            for name, figures in kept[dialect].items():
                print(f"  {name:<34} " + " ".join(f"{1000 * one:7.0f}" for one in figures))
    if said.json:
        said.json.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
