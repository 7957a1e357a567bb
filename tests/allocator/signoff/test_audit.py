"""The audit finds every row that is not as it was written, on both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from office import Office, plan
from sqlalchemy import Connection, text

from allocator.signoff.audit.anchor import Anchor, head_form, make_key, read_head, sign_head
from allocator.signoff.audit.attack import ATTACKS, attack
from allocator.signoff.audit.keep import (
    Damaged,
    backup,
    export,
    restore,
    verify_export,
)
from allocator.signoff.audit.verify import audit, verify
from allocator.signoff.service.decision import review, sign
from allocator.signoff.service.reading import anchor
from allocator.signoff.service.release import release
from allocator.signoff.service.talk import Paper, Remark, attach, comment
from allocator.signoff.service.users import grant
from allocator.signoff.states import Role
from allocator.signoff.store.connect import Store, connect
from allocator.signoff.store.migrate import migrate
from mmm.errors import InputError, OutputExists

SMALL, OTHER = plan("small"), plan("other")


@pytest.fixture
def office(store: Store) -> Office:
    """One plan released, one submitted, and some talk."""
    made = Office(store).hire()
    digest = made.submitted(SMALL)
    comment(store, "fiona", Remark(digest, "why so much tv?", "line:tv"), at=made.now())
    attach(store, "fiona", digest, Paper("purchase order", "po.pdf", b"%PDF"), at=made.now())
    review(store, "fiona", digest, at=made.now())
    sign(store, "dora", made.says(SMALL, 3), at=made.now())
    release(store, "fiona", digest, at=made.now())
    made.submitted(OTHER)
    grant(store, "adam", "peter", (Role.FINANCE, "DE"), at=made.now())
    return made


def test_a_store_that_nobody_touched_is_as_it_was_written(office: Office) -> None:
    number, hash_ = anchor(office.store)
    found = verify(office.store, head=Anchor(number, hash_))
    assert (found.wrong, found.events, found.head) == ((), number, hash_)


CHANGED = (
    ("UPDATE plans SET state = 'released' WHERE title = 'other'", "state is not what"),
    ("UPDATE plans SET cents = cents + 1", "cents is not the plan's"),
    ("UPDATE plans SET required = '[]'", "required is not what"),
    ("UPDATE plans SET author = 'peter'", "author is not what"),
    ("UPDATE plans SET blob = (SELECT blob FROM documents LIMIT 1)", "no plan"),
    (
        "UPDATE plans SET blob = (SELECT p.blob FROM plans p WHERE p.title = 'other')",
        "blob is not what the events say",
    ),
    ("INSERT INTO grants VALUES ('paula', 'director', 'DE')", "never given"),
    ("DELETE FROM grants WHERE user_id = 'dora'", "is missing"),
    ("UPDATE users SET disabled = NOT disabled WHERE id = 'dora'", "disabled is not"),
    (
        "INSERT INTO comments SELECT 'x', plan, about, NULL, person, 'no', at FROM comments",
        "comments x: no event made it",
    ),
)


class Undone(Exception):
    """So that nothing of a transaction stays."""


def test_a_row_changed_behind_its_back(office: Office) -> None:
    for statement, wrong in CHANGED:

        def act(connection: Connection, statement: str = statement, wrong: str = wrong) -> None:
            connection.execute(text(statement))
            found = [str(one) for one in audit(connection, None, ()).wrong]
            assert any(wrong in one for one in found), (statement, found)
            raise Undone

        with pytest.raises(Undone):
            office.store.writing(act)
    assert verify(office.store).wrong == ()


def test_a_trigger_that_is_gone(office: Office) -> None:
    name = "events_no_update" if office.store.dialect == "sqlite" else "events_no_change"
    on = "" if office.store.dialect == "sqlite" else " ON events"
    office.store.writing(lambda connection: connection.execute(text(f"DROP TRIGGER {name}{on}")))
    assert [str(one) for one in verify(office.store).wrong] == [
        f"triggers {name}: missing or changed"
    ]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)  # the copies are SQLite, always
def test_twelve_attacks_are_all_found(office: Office) -> None:
    outcomes = attack(office.store, at=office.now())
    assert len(outcomes) == len(ATTACKS) == 12
    assert [one.words for one in outcomes if not one.found] == []
    not_refused = [one.words for one in outcomes if not one.refused]
    assert not_refused == ["change a plan's state"]  # plans move; the events say how
    assert verify(office.store).wrong == ()  # the store itself was left alone


def test_nothing_worth_attacking(store: Store) -> None:
    with pytest.raises(InputError, match="0 events and 0 signatures"):
        attack(store, at="2026-11-22T10:00:00.000000Z")


def test_signed_heads_and_a_cut_chain(office: Office, tmp_path: Path) -> None:
    public = make_key(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="a new file"):
        make_key(tmp_path / "key")
    unsigned = verify(office.store, keys=[public]).wrong
    assert [str(one) for one in unsigned] == ["heads none: no head is signed with the key"]
    with pytest.raises(InputError, match="an Ed25519 key"):
        sign_head(office.store, tmp_path / "absent", at=office.now())
    head = sign_head(office.store, tmp_path / "key", at=office.now())
    assert verify(office.store, keys=[public]).signed == 1
    found = verify(office.store, keys=["ab" * 32]).wrong
    assert "another key" in str(found[0])
    (tmp_path / "head.json").write_text(head_form(head.number, head.hash, head.at))
    assert read_head(str(tmp_path / "head.json")) == Anchor(head.number, head.hash)
    assert read_head(head.hash) == Anchor(0, head.hash)
    longer = Anchor(head.number + 1, "ab" * 32)
    assert "was cut" in str(verify(office.store, head=longer).wrong[0])


def test_a_backup_is_restored_in_either_database(office: Office, url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup" / "one.db"
    kept = backup(office.store, file)
    with pytest.raises(OutputExists):
        backup(office.store, file)
    other = connect(f"sqlite:///{tmp_path}/new.db" if url.startswith("sqlite") else url)
    back = restore(file, other)
    assert (back.rows, back.head) == (kept.rows, kept.head)
    assert verify(other, head=kept.head).wrong == ()
    with pytest.raises(InputError, match="an empty database"):
        restore(file, other)
    other.close()


def test_a_damaged_backup_is_not_restored(office: Office, tmp_path: Path) -> None:
    import sqlite3

    file = tmp_path / "backup.db"
    backup(office.store, file)
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE plans SET market = 'FR'")
    other = connect(f"sqlite:///{tmp_path}/new.db")
    with pytest.raises(Damaged, match="market is not what the events say; nothing was restored"):
        restore(file, other)
    (tmp_path / "text.db").write_text("no database at all")
    with pytest.raises(InputError, match="a backup"):
        restore(tmp_path / "text.db", other)
    other.close()


def test_an_export_says_when_it_was_changed(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    kept = export(office.store, folder)
    assert verify_export(folder) == kept
    assert kept.head == Anchor(*anchor(office.store))
    assert "password" not in (folder / "users.jsonl").read_text()
    blob = next(iter((folder / "blobs").iterdir()))
    content = blob.read_bytes()
    blob.write_bytes(content + b" ")
    with pytest.raises(Damaged, match="is not as it was written"):
        verify_export(folder)
    blob.unlink()
    with pytest.raises(Damaged, match="is missing"):
        verify_export(folder)
    blob.write_bytes(content)
    lines = (folder / "events.jsonl").read_text().splitlines(keepends=True)
    (folder / "events.jsonl").write_text("".join(lines[:-1]))
    form = json.loads((folder / "manifest.json").read_text())
    del form["files"]["events.jsonl"]
    (folder / "manifest.json").write_text(json.dumps(form))
    with pytest.raises(Damaged, match="is more"):
        verify_export(folder)


def test_an_empty_store_migrates_and_verifies(url: str) -> None:
    store = connect(url)
    migrate(store)
    migrate(store)  # nothing more to do
    found = verify(store)
    assert (found.events, found.wrong) == (0, ())
    store.close()
