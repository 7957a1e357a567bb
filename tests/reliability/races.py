"""A hundred signers at once, over two processes as over two servers; a newer version meanwhile."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from office import Office, matrix, plan
from sqlalchemy import Connection

from allocator.plan import Plan
from allocator.signoff.audit.verify import verify
from allocator.signoff.seen import seen_of
from allocator.signoff.service.decision import Decision, review, sign
from allocator.signoff.service.standing import Conflict
from allocator.signoff.service.submission import Submission, hand_in
from allocator.signoff.service.users import enroll
from allocator.signoff.states import Role
from allocator.signoff.store import events, plan_rows
from allocator.signoff.store.connect import Store, connect
from allocator.signoff.store.migrate import current, migrate
from allocator.signoff.store.people import Person
from tests.reliability.places import Place, opened

SERVERS = 2
Try = Callable[[Store], str]


@dataclass(frozen=True)
class Raced:
    """How many rounds, and what everybody was told in all of them."""

    rounds: int
    told: Counter[str]


def at_once(url: str, tries: list[Try]) -> Counter[str]:
    """Every try in a thread of its own, over two processes, begun at one moment; what each gave."""
    gate_reads, gate_writes = os.pipe()
    outputs = []
    pids = []
    for server in range(SERVERS):
        reads, writes = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.close(gate_writes)
                _serve(url, tries[server::SERVERS], gate_reads, writes)
            finally:
                os._exit(0)
        os.close(writes)
        outputs.append(reads)
        pids.append(pid)
    os.close(gate_reads)
    for reads in outputs:
        assert os.read(reads, 1) == b"r"
    os.close(gate_writes)  # both go
    told: Counter[str] = Counter()
    for reads, pid in zip(outputs, pids, strict=True):
        with os.fdopen(reads) as file:
            told.update(json.load(file))
        os.waitpid(pid, 0)
    return told


def approvals(place: Place, rounds: int, signers: int) -> Raced:
    """So many directors approve one plan that needs one of them: one is accepted."""
    told: Counter[str] = Counter()
    with place.migrated() as url:
        with opened(url) as store:
            office = Office(store).hire()
            store.writing(lambda connection: _directors(connection, office, signers))
        for number in range(rounds):
            one = plan(f"race {number}")
            with opened(url) as store:
                office.store = store
                office.submitted(one)
                review(store, "fiona", one.digest, at=office.now())
            said, at = Decision(one.digest, seen_of(one), 3, "fits"), office.now()
            found = at_once(url, [_signing(f"d{n}", said, at) for n in range(signers)])
            assert found == {"approved": 1, "Conflict": signers - 1}, found
            told += found
        with opened(url) as store:
            assert verify(store).wrong == ()
    return Raced(rounds, told)


def newer_versions(place: Place, rounds: int) -> Raced:
    """One approves while another hands in a newer version: told, or first."""
    told: Counter[str] = Counter()
    draw = random.Random(0)
    with place.migrated() as url:
        with opened(url) as store:
            office = Office(store).hire()
        for number in range(rounds):
            old, new = plan(f"old {number}"), plan(f"new {number}")
            with opened(url) as store:
                office.store = store
                office.submitted(old)
                review(store, "fiona", old.digest, at=office.now())
            said, at = Decision(old.digest, seen_of(old), 3, "fits"), office.now()
            wait = draw.uniform(0, 0.15)  # seconds: handing in takes longer than signing
            tries = [_signing("dora", said, at, wait), _replacing(old, new, at)]
            found = at_once(url, tries if number % 2 else tries[::-1])
            with opened(url) as store:
                told[_first(store, old, new, found)] += 1
        with opened(url) as store:
            assert verify(store).wrong == ()
    return Raced(rounds, told)


def starts(place: Place, rounds: int, servers: int) -> Raced:
    """So many start on an empty database at once: each finds today's schema, made once."""
    told: Counter[str] = Counter()
    for _ in range(rounds):
        with place.empty() as url:
            told += at_once(url, [_migrating] * servers)
    return Raced(rounds, told)


def _migrating(store: Store) -> str:
    migrate(store)
    return f"schema {current(store)}"


def _first(store: Store, old: Plan, new: Plan, found: Counter[str]) -> str:
    """Who was first; asserts that the other was told where it mattered."""
    with store.reading() as connection:
        done = [one.action for one in events.about(connection, old.digest)]
        row = plan_rows.get(connection, new.digest)
    assert row is not None
    assert found["submitted"] == 1
    if found["approved"]:
        assert done == ["create", "submit", "review", "approve"], done
        return "the signer was first"
    assert found["a newer version was submitted"] == 1, found
    assert done == ["create", "submit", "review", "withdraw"], done
    return "the signer was told of the newer version"


def _directors(connection: Connection, office: Office, count: int) -> None:
    held = frozenset({(Role.DIRECTOR, "DE")})
    for number in range(count):
        one = Person(f"d{number}", f"D{number}", f"d{number}@example.org", False, held)
        enroll(connection, one, None, None, office.now())


def _signing(who: str, said: Decision, at: str, wait: float = 0.0) -> Try:
    def attempt(store: Store) -> str:
        time.sleep(wait)
        try:
            return str(sign(store, who, said, at=at).state)
        except Conflict as error:
            words = "a newer version was submitted"
            return words if words in str(error) else "Conflict"

    return attempt


def _replacing(old: Plan, new: Plan, at: str) -> Try:
    handed = Submission(new, "DE", replaces=old.digest)
    return lambda store: str(hand_in(store, "paula", handed, matrix(), at=at).state)


def _serve(url: str, tries: list[Try], gate: int, writes: int) -> None:
    """One server: its threads wait at the gate, then each does its try."""
    store = connect(url)
    told: list[str] = []
    ready = threading.Barrier(len(tries) + 1)

    def one(attempt: Try) -> None:
        ready.wait()
        os.read(gate, 1)  # ends when the gate opens
        try:
            told.append(attempt(store))
        except Exception as error:
            told.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=one, args=(attempt,)) for attempt in tries]
    for thread in threads:
        thread.start()
    ready.wait()
    os.write(writes, b"r")
    for thread in threads:
        thread.join()
    os.write(writes, json.dumps(told).encode())
