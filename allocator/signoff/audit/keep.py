"""Backup, restore and export: one consistent moment of a store, and back.

A backup is a SQLite file, whatever the store is: it restores into SQLite and PostgreSQL alike.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from allocator.errors import AllocatorError
from allocator.signoff.audit.anchor import Anchor
from allocator.signoff.audit.verify import Audit, verify
from allocator.signoff.chain import GENESIS, Event, first_break
from allocator.signoff.store import events
from allocator.signoff.store.connect import Store, connect
from allocator.signoff.store.copies import COPIED, copy, is_empty, rows
from allocator.signoff.store.migrate import current, migrate, refuse_other_schema
from allocator.signoff.store.tables import blobs
from mmm.errors import Fault, InputError, on_disk
from mmm.files import refuse_existing, write_whole

MANIFEST = "manifest.json"


class Damaged(AllocatorError):
    """A backup or an export is not as it was written."""

    exit_code: ClassVar[int] = 6


@dataclass(frozen=True)
class Kept:
    """What was kept or brought back: rows, and the head they end with."""

    rows: int
    head: Anchor


def backup(store: Store, file: Path, *, force: bool = False) -> Kept:
    """Write all rows of one moment into a SQLite file, whole or not at all.

    Raises OutputExists without ``force``.
    """
    refuse_existing([file], force=force)
    refuse_other_schema(store)
    made: list[Kept] = []

    def write(part: Path) -> None:
        with _opened(part) as target:
            migrate(target)
            made.append(Kept(copy(store, target), _head(target)))
        with closing(sqlite3.connect(part)) as raw:
            raw.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it

    write_whole(file, write)
    return made[-1]


def restore(file: Path, store: Store) -> Kept:
    """Bring a backup into an empty store, and verify it; an older backup is migrated on the way.

    Raises InputError for a file that is no backup or a store that is not empty, Damaged where the
    backup is not as it was written: then the store is left empty.
    """
    if current(store) is None:
        migrate(store)
    refuse_other_schema(store)
    if not is_empty(store):
        raise InputError([Fault("store", 0, 0, "", "rows in it", "an empty database")])
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "backup.db"
        _copied(file, part)
        with _opened(part) as source:
            migrate(source)
            found = verify(source)
            _refuse(str(file), found)
            return Kept(copy(source, store), Anchor(found.events, found.head))


def export(store: Store, folder: Path) -> Kept:
    """Write every table as JSON lines, blobs as files, and a manifest with the SHA-256 of each.

    The folder must not be there. No password and no token goes out.
    """
    if folder.exists():
        raise InputError([Fault(str(folder), 0, 0, "", "a folder", "a name that is free")])
    refuse_other_schema(store)
    write_whole(folder, lambda part: _export(store, part))
    form = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return Kept(form["rows"], Anchor(form["number"], form["hash"]))


def verify_export(folder: Path) -> Kept:
    """Hold an export against its manifest and its chain.

    Raises Damaged with the first file or event that is not as it was written.
    """
    try:
        form = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        listed: dict[str, str] = dict(form["files"])
        there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {
            MANIFEST
        }
        for name in sorted(there ^ set(listed)):
            raise Damaged(f"{folder}: {name} is {'more' if name in there else 'missing'}")
        for name, digest in sorted(listed.items()):
            if _sha256((folder / name).read_bytes()) != digest:
                raise Damaged(f"{folder}: {name} is not as it was written")
        lines = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
        chain = [Event(**json.loads(line)) for line in lines]
        head = Anchor(form["number"], form["hash"])
        count = int(form["rows"])
    except OSError as error:
        fault = Fault(str(folder), 0, 0, "", on_disk(error), "an export")
        raise InputError([fault]) from None
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{folder}: {MANIFEST} is none: {error}") from None
    broken = first_break(chain)
    if broken is not None:
        raise Damaged(f"{folder}: event {broken.number}: {broken.found}")
    if (len(chain), chain[-1].hash if chain else GENESIS) != (head.number, head.hash):
        raise Damaged(f"{folder}: the events do not end with the manifest's head")
    return Kept(count, head)


def _export(store: Store, part: Path) -> None:
    (part / "blobs").mkdir(parents=True)
    listed: dict[str, str] = {}
    count = 0

    def keep(name: str, content: bytes) -> None:
        (part / name).write_bytes(content)
        listed[name] = _sha256(content)

    with store.reading() as connection:
        head = events.last(connection)
        for table in COPIED:
            lines = []
            for row in rows(connection, table):
                count += 1
                if table is blobs:
                    keep(f"blobs/{row['digest']}", bytes(row.pop("content")))
                lines.append(_line(table.name, row))
            keep(f"{table.name}.jsonl", "".join(lines).encode())
    number, hash_ = (0, GENESIS) if head is None else (head.number, head.hash)
    form = {"number": number, "hash": hash_, "rows": count, "files": listed}
    (part / MANIFEST).write_text(json.dumps(form, sort_keys=True, indent=1) + "\n", "utf-8")


SECRETS = {"users": ("password",), "tokens": ("token",)}


def _line(table: str, row: dict[str, Any]) -> str:
    shown = {name: value for name, value in row.items() if name not in SECRETS.get(table, ())}
    return json.dumps(shown, sort_keys=True, ensure_ascii=False) + "\n"


def _opened(file: Path) -> Any:
    return closing(connect(f"sqlite:///{file}"))


def _copied(file: Path, part: Path) -> None:
    try:
        with file.open("rb") as opened:
            if opened.read(16) != b"SQLite format 3\x00":
                raise InputError([Fault(str(file), 0, 0, "", "something else", "a backup")])
        source = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        with closing(source), closing(sqlite3.connect(part)) as target:
            source.backup(target)
    except sqlite3.DatabaseError as error:
        raise Damaged(f"{file}: {error}; nothing was restored") from None
    except OSError as error:
        raise InputError([Fault(str(file), 0, 0, "", on_disk(error), "a backup")]) from None


def _head(store: Store) -> Anchor:
    with store.reading() as connection:
        head = events.last(connection)
    return Anchor(0, GENESIS) if head is None else Anchor(head.number, head.hash)


def _refuse(name: str, found: Audit) -> None:
    if found.wrong:
        raise Damaged(f"{name}: {found.wrong[0]}; nothing was restored")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
