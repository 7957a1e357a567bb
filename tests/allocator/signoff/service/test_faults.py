"""Many at once, and a process that is killed: nothing is lost, nothing is done twice."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from office import Office, plan

from allocator.signoff.audit.verify import verify
from allocator.signoff.service.decision import review, sign
from allocator.signoff.service.standing import Conflict
from allocator.signoff.service.talk import comments
from allocator.signoff.states import Role
from allocator.signoff.store import people
from allocator.signoff.store.connect import Store
from allocator.signoff.store.people import Person

SMALL = plan("small")
PROGRAM = Path(__file__).parents[1] / "killed.py"


def test_one_of_twenty_approvals_at_once_is_accepted(store: Store) -> None:
    office = Office(store).hire()
    held = frozenset({(Role.DIRECTOR, "DE")})
    for number in range(20):
        one = Person(f"d{number}", f"D{number}", f"d{number}@example.org", False, held)
        store.writing(lambda connection, one=one: people.add(connection, one, None, office.now()))
    digest = office.submitted(SMALL)
    review(store, "fiona", digest, at=office.now())
    said, at = office.says(SMALL, 3), office.now()
    ready, outcomes = threading.Barrier(20), []

    def attempt(who: str) -> None:
        ready.wait()
        try:
            outcomes.append(str(sign(store, who, said, at=at).state))
        except Conflict as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=attempt, args=(f"d{n}",)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Conflict"] * 19 + ["approved"]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_process_killed_loses_nothing_that_it_said(store: Store) -> None:
    office = Office(store).hire()
    digest = office.submitted(SMALL)
    url = store.engine.url.render_as_string(hide_password=False)
    said: list[str] = []
    for acts in (1, 4):
        command = [sys.executable, str(PROGRAM), url, digest]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            for _ in range(acts):
                said.append(running.stdout.readline().strip())
            running.kill()
            said += running.stdout.read().split()  # said before it died
    kept = [one.id for one in comments(store, digest)]
    assert set(said) <= set(kept)
    assert len(kept) <= len(said) + 3  # kept, and killed before it could say so
    assert verify(store).wrong == ()
