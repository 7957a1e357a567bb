"""A disk that fills: acts are refused in words, nothing of them stays, and room is enough again.

As root a small disk is mounted for each database. Without, SQLite's files may not grow
(RLIMIT_FSIZE), and PostgreSQL is not tried.
"""

from __future__ import annotations

import os
import resource
import secrets
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from office import Office, matrix, plan
from sqlalchemy.engine import make_url

from allocator.signoff.audit.verify import verify
from allocator.signoff.service.decision import review, sign
from allocator.signoff.service.submission import Submission, hand_in
from allocator.signoff.service.talk import Paper, attach, documents
from allocator.signoff.states import State
from allocator.signoff.store import plan_rows
from allocator.signoff.store.connect import Store, Unavailable
from allocator.signoff.store.migrate import current, migrate
from tests.reliability.killed import in_a_child
from tests.reliability.places import Place, opened

MOST = 400  # papers of 100 kB; a disk that takes all of them is not full


@dataclass
class Room:
    """A disk, or a limit, that can be filled up to so many bytes that are left, and emptied."""

    fill: Callable[[int], None]
    free: Callable[[], None]
    words: Counter[str] = field(default_factory=Counter)

    def refuses(self, act: Callable[[], object]) -> bool:
        """Whether the act is refused for want of room; any other fault is one of ours."""
        try:
            act()
        except Unavailable as error:
            self.words[str(error)] += 1
            return True
        return False


def full(place: Place) -> Counter[str]:
    """Everything on one kind of database; what people were told, and how often."""
    told: Counter[str] = Counter()
    if place.dialect == "sqlite":
        with place.migrated() as url:
            ended = in_a_child(url, limited)
            assert ended.said, ended.failed
            told["files that may not grow: refused, and taken again"] = 1
    for size, way in ((8, _acts), (12, _migration)):
        with _small_disk(place, size if place.dialect == "sqlite" else 4 * size) as found:
            if found is None:
                told["a full disk: not tried, which needs root"] += 1
                continue
            url, room = found
            with opened(url) as store:
                way(store, room)
            told += room.words
    return told


def _acts(store: Store, room: Room) -> None:
    """Papers until the disk is full; then a signature and a plan; then the same with room."""
    migrate(store)
    office = Office(store).hire()
    small, large = plan("small"), plan("large")
    office.submitted(small)
    review(store, "fiona", small.digest, at=office.now())
    room.fill(300_000)
    kept = []
    for number in range(MOST):
        paper = Paper("order", f"{number}.pdf", secrets.token_bytes(100_000))

        def keep(paper: Paper = paper) -> None:
            kept.append(attach(store, "fiona", small.digest, paper, at=office.now()).blob)

        if room.refuses(keep):
            break
    else:
        raise AssertionError("the disk was never full")
    papers = {"page": ("plan.html", secrets.token_bytes(2_000_000))}
    handed = Submission(large, "DE", papers)
    assert room.refuses(lambda: hand_in(store, "paula", handed, matrix(), at=office.now()))
    signing = office.says(small, 3)
    signed = not room.refuses(lambda: sign(store, "dora", signing, at=office.now()))
    with store.reading() as connection:
        row = plan_rows.get(connection, small.digest)
        assert row is not None
        assert row.state is (State.APPROVED if signed else State.IN_REVIEW)
        assert plan_rows.get(connection, large.digest) is None
    assert {one.blob for one in documents(store, small.digest)} == set(kept)
    assert verify(store).wrong == ()
    room.free()
    if not signed:
        sign(store, "dora", signing, at=office.now())
    hand_in(store, "paula", handed, matrix(), at=office.now())
    assert verify(store).wrong == ()


def _migration(store: Store, room: Room) -> None:
    """The schema does not fit: there is none afterwards; then it does."""
    with suppress(Unavailable):
        current(store)  # SQLite makes its file
    room.fill(50_000)
    assert room.refuses(lambda: migrate(store))
    room.free()
    assert current(store) is None
    migrate(store)
    assert verify(store).wrong == ()


def limited(store: Store) -> None:
    """In a child: its files may not grow."""
    file = Path(str(store.engine.url.database))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))

    room = Room(lambda left: limit(file.stat().st_size + left), lambda: limit(soft))
    _acts(store, room)
    assert sum(room.words.values()) >= 2


@contextmanager
def _small_disk(place: Place, megabytes: int) -> Iterator[tuple[str, Room] | None]:
    """URL of an empty database on a disk of so many megabytes; None where none can be mounted."""
    with tempfile.TemporaryDirectory(prefix="small-disk-", dir=place.folder) as name:
        disk = Path(name)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", name]
        if os.geteuid() != 0 or (place.server and place.running is None):
            yield None
            return
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            yield None
            return
        try:
            room = Room(lambda left: _fill(disk / "filler", left), (disk / "filler").unlink)
            if place.server:
                with _table_space(place, disk) as url:
                    yield url, room
            else:
                yield f"sqlite:///{disk / 'allocator.db'}", room
        finally:
            subprocess.run(["umount", "-l", name], check=True)


def _fill(file: Path, left: int) -> None:
    taken = shutil.disk_usage(file.parent).free - left
    with file.open("wb") as opened_file:
        for _ in range(max(taken, 0) // 4096):
            opened_file.write(b"\0" * 4096)


@contextmanager
def _table_space(place: Place, disk: Path) -> Iterator[str]:
    """URL of an empty PostgreSQL database whose tables lie on the disk; its log lies elsewhere."""
    shutil.chown(disk, place.running.system_user)
    for folder in (disk, *disk.parents):
        if folder.stat().st_mode & 0o011 != 0o011:
            folder.chmod(folder.stat().st_mode | 0o011)
    name = f"small_{secrets.token_hex(8)}"
    made = disk / "tables"
    made.mkdir()
    shutil.chown(made, place.running.system_user)
    with psycopg.connect(place.server, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE {name} LOCATION '{made}'")
        connection.execute(f"CREATE DATABASE {name} TABLESPACE {name}")
    try:
        yield make_url(place.server).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(place.server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            connection.execute(f"DROP TABLESPACE {name}")
