"""Twelve attacks on a copy of a store: each is refused by the database, or found by the audit.

Whoever has the database's password can drop its triggers. So each attack is made twice: as it is,
and with the triggers dropped before and put back afterwards. The second must be found.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from allocator.signoff.audit.anchor import Anchor, make_key, message, sign_head
from allocator.signoff.audit.verify import verify
from allocator.signoff.chain import Event, hash_of
from allocator.signoff.store.connect import Store, connect
from allocator.signoff.store.copies import copy
from allocator.signoff.store.migrate import migrate
from mmm.errors import Fault, InputError

Raw = sqlite3.Connection
COLUMNS = "number, at, actor, role, behalf, action, subject, details, previous, hash"


@dataclass(frozen=True)
class Attack:
    """What somebody does to the database behind the program's back."""

    words: str
    act: Callable[[Raw], object]


@dataclass(frozen=True)
class Outcome:
    """refused: by the database, with its triggers; found: by the audit, without them; or empty."""

    words: str
    refused: bool
    found: str


def attack(store: Store, *, at: str) -> tuple[Outcome, ...]:
    """Make every attack on a copy of its own, in SQLite whatever the store is.

    The copy's head is anchored and signed with a new key before. Raises InputError for a store
    without a signature: there is nothing worth attacking.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = folder / "base.db"
        key = make_key(folder / "key")
        with closing(connect(f"sqlite:///{base}")) as target:
            migrate(target)
            copy(store, target)
            _refuse_empty(base)
            before = verify(target)
            if before.wrong:
                expected = "a store that verifies"
                raise InputError([Fault("store", 0, 0, "", str(before.wrong[0]), expected)])
            head = sign_head(target, folder / "key", at=at)
        keys = () if head.key != key else (key,)
        anchor = Anchor(head.number, head.hash)
        return tuple(_tried(base, one, anchor, keys) for one in ATTACKS)


def _tried(base: Path, one: Attack, anchor: Anchor, keys: tuple[str, ...]) -> Outcome:
    refused = False
    with closing(_copied(base)) as raw:
        try:
            one.act(raw)
        except sqlite3.DatabaseError:
            refused = True
    with closing(_copied(base)) as raw:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = raw.execute(query).fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        one.act(raw)
        for _, sql in triggers:
            raw.execute(sql)
    with closing(connect(f"sqlite:///{base.with_name('attacked.db')}")) as attacked:
        wrong = verify(attacked, head=anchor, keys=keys).wrong
    return Outcome(one.words, refused, str(wrong[0]) if wrong else "")


def _copied(base: Path) -> Raw:
    file = base.with_name("attacked.db")
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    file.write_bytes(base.read_bytes())
    raw = sqlite3.connect(file, isolation_level=None)
    raw.execute("PRAGMA foreign_keys = OFF")  # an attacker's connection, not the program's
    raw.execute("PRAGMA recursive_triggers = OFF")
    return raw


def _refuse_empty(base: Path) -> None:
    with closing(sqlite3.connect(base)) as raw:
        events = raw.execute("SELECT count(*) FROM events").fetchone()[0]
        signed = raw.execute("SELECT count(*) FROM signatures").fetchone()[0]
    if events < 4 or not signed:
        found = f"{events} events and {signed} signatures"
        raise InputError([Fault("store", 0, 0, "", found, "4 events and a signature at least")])


def _middle(raw: Raw) -> int:
    return int(raw.execute("SELECT (max(number) + 1) / 2 FROM events").fetchone()[0])


def _edit(raw: Raw) -> None:
    raw.execute("UPDATE events SET actor = 'mallory' WHERE number = ?", (_middle(raw),))


def _details(raw: Raw) -> None:
    raw.execute(
        "UPDATE events SET details = replace(details, '{', '{\"by\":\"mallory\",') "
        "WHERE number = ?",
        (_middle(raw),),
    )


def _delete(raw: Raw) -> None:
    raw.execute("DELETE FROM events WHERE number = ?", (_middle(raw),))


def _cut(raw: Raw) -> None:
    last = raw.execute("SELECT max(number) FROM events").fetchone()[0]
    raw.execute("DELETE FROM heads WHERE number = ?", (last,))
    raw.execute("DELETE FROM events WHERE number = ?", (last,))


def _reorder(raw: Raw) -> None:
    one = _middle(raw)
    for old, new in ((one, -1), (one + 1, one), (-1, one + 1)):
        raw.execute("UPDATE events SET number = ? WHERE number = ?", (new, old))


def _insert(raw: Raw) -> None:
    place = _middle(raw)
    raw.execute("UPDATE events SET number = -number - 1 WHERE number >= ?", (place,))
    raw.execute("UPDATE events SET number = -number WHERE number < 0")
    raw.execute(
        f"INSERT INTO events ({COLUMNS}) SELECT {place}, at, actor, role, behalf, action, "
        "subject, details, substr(hash, 2) || 'e', substr(hash, 2) || 'f' FROM events "
        "WHERE number = ?",
        (place - 1,),
    )


def _replace(raw: Raw) -> None:
    raw.execute(
        f"INSERT OR REPLACE INTO events ({COLUMNS}) SELECT number, at, 'mallory', role, behalf, "
        "action, subject, details, previous, hash FROM events WHERE number = ?",
        (_middle(raw),),
    )


def _rehash(raw: Raw) -> None:
    """Change one event, and every hash after it so that the chain holds by itself."""
    raw.execute("UPDATE events SET actor = 'mallory' WHERE number = ?", (_middle(raw),))
    rows = raw.execute(f"SELECT {COLUMNS} FROM events ORDER BY number").fetchall()
    before = rows[0][8]
    for row in rows:
        bare = Event(**{**asdict(Event(*row)), "previous": before, "hash": ""})
        before = hash_of(bare)
        raw.execute(
            "UPDATE events SET previous = ?, hash = ? WHERE number = ?",
            (bare.previous, before, bare.number),
        )
    raw.execute("UPDATE heads SET hash = (SELECT hash FROM events e WHERE e.number = heads.number)")


def _resign(raw: Raw) -> None:
    """The same, and the heads signed with a key of one's own."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    _rehash(raw)
    own = Ed25519PrivateKey.generate()
    public = own.public_key().public_bytes_raw().hex()
    for number, hash_ in raw.execute("SELECT number, hash FROM heads").fetchall():
        signature = own.sign(message(number, hash_)).hex()
        raw.execute(
            "UPDATE heads SET key = ?, signature = ? WHERE number = ?", (public, signature, number)
        )


def _signature(raw: Raw) -> None:
    raw.execute("UPDATE signatures SET reason = reason || ', with conditions' WHERE place = 1")


def _state(raw: Raw) -> None:
    raw.execute(
        "UPDATE plans SET state = CASE state WHEN 'released' THEN 'approved' ELSE 'released' END"
    )


def _blob(raw: Raw) -> None:
    raw.execute("UPDATE blobs SET content = content || x'20'")


ATTACKS = (
    Attack("edit who did it", _edit),
    Attack("edit the details of an event", _details),
    Attack("delete an event in the middle", _delete),
    Attack("cut off the last event", _cut),
    Attack("swap two events", _reorder),
    Attack("slip an event in", _insert),
    Attack("INSERT OR REPLACE an event", _replace),
    Attack("edit, and make every later hash again", _rehash),
    Attack("the same, and sign with another key", _resign),
    Attack("change a signature", _signature),
    Attack("change a plan's state", _state),
    Attack("swap the content of a document", _blob),
)
