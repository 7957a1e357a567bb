"""People, tokens, deputies, the database and its proof at a terminal; and what is refused."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from clerk import Clerk
from office import plan

from allocator.signoff.service.identity import identify
from mmm.terminal import run

SUBMIT = ("--market", "DE", "--authority", "authority.yaml")
ANN = "ann@example.org"


def test_the_first_person_of_a_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from allocator.cli import app

    there = ("--db", f"sqlite:///{tmp_path}/new.db")
    assert run(app, ["user", "add", ANN, "--name", "Ann", "--admin", *there]) == 9
    assert "has schema none" in capsys.readouterr().err
    assert run(app, ["db", "migrate", *there]) == 0
    assert capsys.readouterr().out == "Schema none → 0002.\n"
    assert run(app, ["user", "add", ANN, "--name", "Ann", "--admin", "--quiet", *there]) == 0
    password = capsys.readouterr().out.strip()
    assert len(password) == 22  # 128 bits
    assert run(app, ["user", "add", "m@example.org", "--name", "M", "--admin", *there]) == 7
    assert "somebody is here already" in capsys.readouterr().err
    assert run(app, ["audit", "verify", "--json", *there]) == 0
    assert json.loads(capsys.readouterr().out)["events"] == 1


def test_people_come_change_and_go(clerk: Clerk) -> None:
    added = clerk.read(
        "adam", "user", "add", ANN, "--name", "Ann", "--role", "campaign-manager:DE",
        "--role", "finance:FR",
    )  # fmt: skip
    assert added["roles"] == [["campaign manager", "DE"], ["finance", "FR"]]
    store, at = clerk.office.store, clerk.office.now
    assert identify(store, ANN, added["password"], given=True, at=at()).name == "Ann"
    assert clerk.done("adam", "user", "grant", ANN, "--role", "director") == (
        f"{ANN} is director in every market.\n"
    )
    assert clerk.read("adam", "user", "revoke", ANN, "--role", "finance:FR")["roles"] == [
        ["campaign manager", "DE"], ["director", "all"]
    ]  # fmt: skip
    password = clerk.done("adam", "user", "password", ANN, "--quiet").strip()
    assert identify(store, ANN, password, given=True, at=at()).name == "Ann"
    assert clerk.done("adam", "user", "disable", ANN) == f"{ANN} is disabled.\n"
    shown = {one["mail"]: one["disabled"] for one in clerk.read("aude", "user", "list")}
    assert (len(shown), shown[ANN], shown["dora@example.org"]) == (11, True, False)
    assert "disabled" in clerk.done("aude", "user", "list")
    assert clerk.done("adam", "user", "enable", ANN, "--quiet") == ""


def test_what_nobody_does_with_people(clerk: Clerk) -> None:
    wrong = ("user", "add", "no mail", "--name", " ", "--role", "king:DE", "--role", "finance:")
    add = ("user", "add", ANN, "--name", "Ann")
    ways: tuple[tuple[str, tuple[str, ...], int, str, int], ...] = (
        ("adam", wrong, 2, "name@example.org", 4),
        ("adam", (*add, "--admin", "--role", "finance:DE"), 2, "--admin alone", 1),
        ("adam", (*add, "--admin"), 7, "somebody is here already", 0),
        ("adam", ("user", "add", "DORA@example.org", "--name", "D"), 8, "is here already", 0),
        ("dora", add, 7, "this needs an admin", 0),
        ("dora", ("user", "grant", ANN, "--role", "finance:DE"), 2, "somebody who is here", 1),
        ("dora", ("user", "grant", "paula@example.org", "--role", "finance"), 7, "an admin", 0),
        ("adam", ("user", "grant", "adam@example.org", "--role", "director"), 7, "themselves", 0),
        ("adam", ("user", "grant", "dora@example.org", "--role", "system"), 2, "ROLE:MARKET", 1),
        ("adam", ("user", "revoke", "dora@example.org", "--role", "finance"), 2, "they hold", 1),
        ("adam", ("user", "revoke", "adam@example.org", "--role", "admin"), 7, "last admin", 0),
        ("adam", ("user", "disable", "adam@example.org"), 7, "last admin", 0),
        ("adam", ("user", "forget", "adam@example.org"), 7, "last admin", 0),
        ("dora", ("user", "disable", "paula@example.org"), 7, "this needs an admin", 0),
        ("dora", ("user", "password", "paula@example.org"), 7, "this needs an admin", 0),
        ("dora", ("user", "forget", "dora@example.org"), 7, "this needs an admin", 0),
        ("dora", ("user", "export", "paula@example.org"), 7, "themselves, or an admin", 0),
        ("nobody", ("user", "list"), 7, "unknown, over or revoked", 0),
    )
    for who, arguments, code, said, faults in ways:
        clerk.refused(who, *arguments, code=code, said=said, faults=faults)
    assert len(clerk.read("aude", "user", "list")) == 10


def test_a_small_token_of_a_director_takes_back_no_plan_of_somebody_elses(clerk: Clerk) -> None:
    for who in ("david", "paula"):
        made = clerk.read(who, "token", "add", "--name", "ci", "--scope", "submit")
        clerk.tokens[f"robot of {who}"] = made["secret"]
    for name in ("small", "other"):
        clerk.done("paula", "submit", clerk.plan(name), *SUBMIT)
    clerk.done("fiona", "review", "small")
    clerk.done("dora", "approve", "small", "--reason", "fits", "--yes")
    taken = ("withdraw", "small", "--reason", "x")
    clerk.refused("robot of david", *taken, code=7, said="good for submit; this needs all")
    clerk.done("david", *taken)
    clerk.done("robot of paula", "withdraw", "other", "--reason", "x")


def test_tokens(clerk: Clerk) -> None:
    made = clerk.read("paula", "token", "add", "--name", "ci", "--scope", "read", "--days", "3")
    clerk.tokens["robot"] = made["secret"]
    assert clerk.done("robot", "inbox", "--quiet") == ""
    clerk.refused(
        "robot", "submit", clerk.plan("small"), *SUBMIT, code=7, said="good for read; this needs"
    )
    clerk.refused("robot", "token", "add", "--name", "more", code=7, said="this needs all")
    clerk.refused(
        "paula", "token", "add", "--name", " ", "--scope", "root", "--days", "999",
        code=2, said="read, submit, all", faults=3,
    )  # fmt: skip
    clerk.refused("peter", "token", "revoke", made["token"], code=2, said="one of yours", faults=1)
    listed = clerk.read("paula", "token", "list")
    assert [one["name"] for one in listed] == ["terminal", "ci"]
    assert made["secret"] not in clerk.done("paula", "token", "list")
    assert clerk.read("adam", "token", "revoke", made["token"])["revoked_at"]
    clerk.refused("robot", "inbox", code=7, said="unknown, over or revoked")
    alone = clerk.done("paula", "token", "add", "--name", "x", "--quiet")
    assert alone.startswith("allocator_")
    assert len(alone.split()) == 1


def test_a_deputy(clerk: Clerk) -> None:
    asked = ("delegate", "carla@example.org", "--role", "director:DE", "--from", "2026-11-01",
             "--until", "2026-12-14", "--reason", "holiday")  # fmt: skip
    given = clerk.read("dora", *asked)
    assert (given["role"], given["ends"]) == ("director", "2026-12-14T23:59:59.999999Z")
    clerk.done("paula", "submit", clerk.plan("small"), *SUBMIT)
    clerk.done("fiona", "review", "small")
    clerk.done("carla", "approve", "small", "--reason", "fits", "--yes")
    assert [one["actor_name"] for one in clerk.read("paula", "log", "small")][-1] == "Carla"
    assert clerk.read("paula", "log", "small")[-1]["behalf_name"] == "Dora"
    ways: tuple[tuple[str, tuple[str, ...], int, str, int], ...] = (
        ("dora", ("delegate",), 2, "who, as what, until when and why", 4),
        ("dora", ("delegate", *asked[1:-2], "--reason", " "), 2, "--reason: found nothing", 1),
        ("dora", (*asked[:-3], "soon", *asked[-2:]), 2, "starts before ends", 1),
        ("dora", ("delegate", ANN, *asked[2:]), 2, "somebody who is here", 1),
        ("dora", (*asked, "--end", "x"), 2, "--end alone", 5),
        ("dora", ("delegate", "--end", "x"), 2, "the id of one that runs", 1),
        ("fiona", asked, 7, "Fiona is no director in DE", 0),
        ("carla", ("delegate", "--end", given["delegation"]), 7, "by who gave it", 0),
    )
    for who, arguments, code, said, faults in ways:
        clerk.refused(who, *arguments, code=code, said=said, faults=faults)
    assert clerk.read("dora", "delegate", "--end", given["delegation"])["revoked_at"]


def test_a_person_is_handed_out_and_forgotten(clerk: Clerk) -> None:
    clerk.done("paula", "submit", clerk.plan("small"), *SUBMIT)
    clerk.done("fiona", "review", "small")
    clerk.done("dora", "approve", "small", "--reason", "fits", "--yes")
    head = clerk.done("nobody", "audit", "head", "--out", "head.json")
    assert head.split()[0] == str(clerk.events())
    handed = clerk.read("dora", "user", "export", "dora@example.org", "--out", "dora.json")
    assert (handed["name"], handed["mail"]) == ("Dora", "dora@example.org")
    assert [one["reason"] for one in handed["signatures"]] == ["fits"]
    assert [one["action"] for one in handed["events"]] == ["add user", "add token", "approve"]
    assert json.loads((clerk.folder / "dora.json").read_text()) == handed
    again = ("user", "export", "dora@example.org", "--out", "dora.json")
    clerk.refused("dora", *again, code=2, said="already exists")  # and is not noted as handed out
    assert clerk.done("adam", "user", "forget", "dora@example.org").startswith("They are former")
    clerk.refused("dora", "inbox", code=7, said="unknown, over or revoked")
    with sqlite3.connect(clerk.folder / "allocator.db") as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # as SQLite does by itself now and then
    left = b"".join(file.read_bytes() for file in clerk.folder.glob("allocator.db*"))
    assert b"Paula" in left
    assert b"Dora" not in left  # neither in a row nor where one was
    assert b"dora@example.org" not in left
    signer = clerk.read("paula", "receipt", "small")["signers"][0]
    assert signer["name"].startswith("former person")
    assert signer["seen"]["spend"] == f"{plan('small').totals.plan.spend:.2f}"
    assert "All is as it was written" in clerk.done("x", "audit", "verify", "--head", "head.json")


@pytest.fixture
def signed(clerk: Clerk) -> Clerk:
    """One plan approved."""
    clerk.done("paula", "submit", clerk.plan("small"), *SUBMIT)
    clerk.done("fiona", "review", "small")
    clerk.done("dora", "approve", "small", "--reason", "fits", "--yes")
    return clerk


def test_backup_restore_export(signed: Clerk) -> None:
    kept = signed.read("x", "db", "backup", "backup.db")
    assert kept["number"] == signed.events()
    signed.refused("x", "db", "backup", "backup.db", code=2, said="already exists")
    assert signed.done("x", "db", "backup", "backup.db", "--force", "--quiet") == ""
    new = ("--db", "sqlite:///new.db")
    assert signed.read("x", "db", "restore", "backup.db", *new) == kept
    signed.refused("x", "db", "restore", "backup.db", *new, code=2, said="an empty database")
    signed.refused("x", "db", "restore", "no.db", "--db", "sqlite:///b.db", code=2, said="no such")
    assert signed.read("x", "db", "export", "export") == kept
    signed.refused("x", "db", "export", "export", code=2, said="a name that is free")
    assert signed.read("x", "db", "verify", "export") == kept
    (signed.folder / "export" / "plans.jsonl").write_text("")
    signed.refused("x", "db", "verify", "export", code=6, said="plans.jsonl is not as it was")
    signed.refused("x", "db", "verify", "small", code=2, said="an export")
    with sqlite3.connect(signed.folder / "backup.db") as raw:
        raw.execute("UPDATE plans SET market = 'FR'")
    bad = ("db", "restore", "backup.db", "--db", "sqlite:///c.db")
    signed.refused("x", *bad, code=6, said="nothing was restored")


def test_proof_at_a_terminal(signed: Clerk) -> None:
    public = signed.read("x", "audit", "key", "audit.key")["public"]
    signed.refused("x", "audit", "key", "audit.key", code=2, said="a new file")
    signed.refused("x", "audit", "verify", "--key", public, code=6, said="no head is signed")
    head = signed.read("x", "audit", "head", "--key", "audit.key", "--out", "head.json")
    assert head["number"] == signed.events()
    signed.refused("x", "audit", "head", "--out", "head.json", code=2, said="already exists")
    signed.refused("x", "audit", "verify", "--head", "nonsense", code=2, said="64 hexadecimal")
    against = ("--head", "head.json", "--key", public)
    assert signed.read("x", "audit", "verify", *against)["signed"] == 1
    assert len(signed.read("x", "audit", "attack")) == 12
    with sqlite3.connect(signed.folder / "allocator.db") as raw:
        raw.execute("UPDATE plans SET state = 'released'")
    code, out, err = signed.run("x", "audit", "verify", "--json")
    assert (code, json.loads(out)["wrong"][0]["table"]) == (6, "plans")
    assert "state is not what the events say" in err
    code, out, err = signed.run("x", "audit", "verify", "--quiet")
    assert (code, out) == (6, "")
    with sqlite3.connect(signed.folder / "allocator.db") as raw:
        raw.execute("UPDATE plans SET state = 'approved'")


def test_what_waited_too_long(signed: Clerk) -> None:
    expire = ("db", "expire", "--authority", "authority.yaml")
    assert signed.read("x", *expire) == []
    signed.set.setattr("allocator.cli.acting.now", lambda: "2026-12-30T00:00:00.000000Z")
    signed.refused("fiona", "release", "small", code=7, said="the plan expired: 14 days passed")
    assert [one["state"] for one in signed.read("x", *expire)] == ["expired"]
    assert signed.done("x", *expire) == "0 expired.\n"
