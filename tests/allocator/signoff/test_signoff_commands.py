"""Sign-off at a terminal: every command's way, and every way that is forbidden."""

from __future__ import annotations

import json
import sys

import pytest
from clerk import Clerk
from office import plan

from allocator.signoff.service import users

SUBMIT = ("--market", "DE", "--authority", "authority.yaml")


def test_a_plan_from_submission_to_receipt(clerk: Clerk) -> None:
    name, digest = clerk.plan("small"), plan("small").digest
    (clerk.folder / "small" / "plan.html").write_text("<p>the page")
    said = clerk.done("paula", "submit", name, *SUBMIT)
    assert said == f"Plan {digest[:12]}… (small, DE) is submitted.\nTo sign: a director (usual)\n"
    assert "review" in clerk.done("fiona", "inbox")
    assert clerk.read("fiona", "inbox")[0]["todo"] == "review"
    assert clerk.done("fiona", "review", digest[:8], "--quiet") == ""
    approved = clerk.read("dora", "approve", name, "--reason", "fits", "--yes")
    assert (approved["plan"], approved["state"], approved["version"]) == (digest, "approved", 4)
    assert "is released." in clerk.done("fiona", "release", f"{name}/plan.json")
    assert "Nothing waits for you." in clerk.done("dora", "inbox")
    done = [one["action"] for one in clerk.read("paula", "log", name)]
    assert done == ["create", "submit", "review", "approve", "release"]
    assert "Dora" in clerk.done("paula", "log", name)
    assert clerk.done("paula", "log", name, "--quiet") == ""
    out = clerk.done("paula", "receipt", name, "--out", "receipt.json")
    assert out == "receipt.json: released; signed by Dora (director) on 2026-11-22\n"
    receipt = json.loads((clerk.folder / "receipt.json").read_text())
    assert receipt["plan"] == digest
    assert clerk.done("nobody", "audit", "verify", "--head", "receipt.json", "--quiet") == ""
    assert clerk.read("paula", "receipt", name) == receipt


def test_what_is_sent_back_comes_again_as_another_plan(clerk: Clerk) -> None:
    first, second = clerk.plan("first"), clerk.plan("second")
    clerk.done("paula", "submit", first, *SUBMIT)
    clerk.done("fiona", "review", first)
    assert clerk.read("dora", "reject", first, "--reason", "tv is booked", "--yes")["state"] == (
        "rejected"
    )
    assert clerk.read("paula", "inbox")[0]["todo"] == "change"
    clerk.done("paula", "submit", second, *SUBMIT, "--replaces", plan("first").digest[:10])
    assert clerk.read("paula", "inbox") == []
    clerk.done("paula", "withdraw", second, "--reason", "mistaken")
    assert clerk.state(second) == "withdrawn"


def test_two_directors_and_conditions(clerk: Clerk) -> None:
    large = clerk.plan("large", 1.2)
    said = clerk.done("paula", "submit", large, *SUBMIT)
    assert "To sign: 2 people who are director (usual, large)" in said
    clerk.done("fiona", "review", large)
    first = clerk.read("dora", "approve", large, "--reason", "fits", "--yes")
    assert first["state"] == "in review"
    asked = ("--condition", "not_before=2026-11-01", "--condition", "most=all:90M",
             "--condition", "document=purchase order", "--condition", "current")  # fmt: skip
    last = clerk.read("david", "approve", large, "--reason", "fits", "--yes", *asked)
    assert last["state"] == "approved with conditions"
    clerk.refused("fiona", "release", large, code=7, said="nobody but its author attached")
    signers = clerk.read("fiona", "receipt", large)["signers"]
    assert [len(one["conditions"]) for one in signers] == [0, 4]
    clerk.done("david", "withdraw", large, "--reason", "the market turned")


@pytest.fixture
def reviewed(clerk: Clerk) -> Clerk:
    """One plan of Paula's in review by Fiona, and one of Both's submitted."""
    clerk.done("paula", "submit", clerk.plan("small"), *SUBMIT)
    clerk.done("fiona", "review", "small")
    clerk.done("both", "submit", clerk.plan("own"), *SUBMIT)
    return clerk


YES = ("--reason", "x", "--yes")


def test_every_forbidden_way_at_a_terminal(reviewed: Clerk) -> None:
    ways: tuple[tuple[str, tuple[str, ...], int, str], ...] = (
        ("paula", ("approve", "small", *YES), 7, "needs a director"),
        ("fiona", ("approve", "small", *YES), 7, "needs a director"),
        ("carla", ("approve", "small", *YES), 7, "needs a director"),
        ("both", ("review", "own"), 7, "this person wrote it"),
        ("both", ("approve", "own", *YES), 7, "this person wrote it"),
        ("paula", ("reject", "small", *YES), 7, "needs a"),
        ("both", ("reject", "own", *YES), 7, "somebody else rejects it"),
        ("peter", ("withdraw", "small", "--reason", "x"), 7, "by its author"),
        ("dora", ("withdraw", "small", "--reason", "x"), 7, "needs a planner"),
        ("dora", ("release", "small"), 7, "nobody may release a plan that is in review"),
        ("fiona", ("submit", reviewed.plan("third"), *SUBMIT), 7, "needs a planner"),
        ("dora", ("approve", "own", *YES), 7, "nobody may approve a plan that is submitted"),
        ("paula", ("submit", "small", *SUBMIT), 8, "is here already"),
        ("frank", ("approve", "small", *YES), 2, "no such plan"),  # finance of another market
        ("frank", ("log", "small"), 2, "no such plan"),
        ("frank", ("receipt", "small"), 2, "no such plan"),
        ("dora", ("log",), 7, "for auditors and admins"),
        ("aude", ("review", "own"), 7, "needs a"),
        ("adam", ("approve", "small", *YES), 7, "needs a director"),
        ("nobody", ("inbox",), 7, "unknown, over or revoked"),
    )
    for who, arguments, code, said in ways:
        reviewed.refused(who, *arguments, code=code, said=said)
    assert len(reviewed.read("aude", "log")) == reviewed.events()


def test_a_log_is_told_to_its_end(reviewed: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allocator.signoff.service.trail.BATCH", 2)
    whole = reviewed.read("aude", "log", "--after", "3")
    assert [one["number"] for one in whole] == [*range(4, reviewed.events() + 1)]
    first, *later = reviewed.read("paula", "log", "small")
    after = str(first["number"])
    assert reviewed.read("paula", "log", "small", "--after", after) == later


def test_whoever_is_second_is_told(reviewed: Clerk) -> None:
    reviewed.done("dora", "approve", "small", *YES)
    reviewed.refused("david", "approve", "small", *YES, code=8, said="every signature is there")
    reviewed.done("both", "submit", reviewed.plan("newer"), *SUBMIT, "--replaces", "own")
    reviewed.refused("dora", "approve", "own", *YES, code=8, said="a newer version was submitted")


def test_bad_input_is_one_list(reviewed: Clerk) -> None:
    folder = reviewed.folder
    (folder / "bad.yaml").write_text("schema_version: 2\ncurrency: EUR\nrules: []\n")
    (folder / "empty").mkdir()
    wrong = ("--condition", "soon=1", "--condition", "most=tv:much", "--condition", "current")
    ways: tuple[tuple[tuple[str, ...], str, int], ...] = (
        (("submit", "empty", "--market", "DE", "--authority", "bad.yaml"), "empty/plan.json", 3),
        (("submit", "nowhere", "--market", "DE", "--authority", "no.yaml"), "no.yaml", 2),
        (("approve", "small", "--reason", " ", *wrong), "--condition", 3),
        (("approve", "nonsense", *YES), "no such plan", 1),
        (("approve", "small", "--reason", "x" * 4001, "--yes"), "4001 characters", 1),
        (("reject", "small", "--reason", " ", "--yes"), "1 to 4,000 characters", 1),
        (("withdraw", "small", "--reason", ""), "1 to 4,000 characters", 1),
        (("review", "ab"), "the first 8 digits", 1),
        (("log", "0" * 8), "no such plan", 1),
        (("submit", reviewed.plan("third"), *SUBMIT, "--replaces", "0" * 9), "no such plan", 1),
        (("receipt", "small", "--out", "small"), "it is a folder", 0),
    )
    for arguments, said, faults in ways:
        reviewed.refused("both", *arguments, code=2, said=said, faults=faults)
    (folder / "kept.json").write_text("mine")
    reviewed.refused("both", "receipt", "small", "--out", "kept.json", code=2, said="--force")
    assert (folder / "kept.json").read_text() == "mine"
    assert "small" not in reviewed.done("both", "receipt", "small", "--out", "kept.json", "--force")


def test_a_forged_plan_and_a_forged_market(clerk: Clerk) -> None:
    text = plan("small").to_json().replace('"small"', '"Small"')
    clerk.plan("small")
    (clerk.folder / "small" / "plan.json").write_text(text)
    clerk.refused("paula", "submit", "small", *SUBMIT, code=2, said="not its content's", faults=1)
    clerk.plan("small")
    wrong = ("--market", " ", "--authority", "authority.yaml")
    clerk.refused("paula", "submit", "small", *wrong, code=2, said="such as DE", faults=1)
    other = ("--market", "FR", "--authority", "authority.yaml")
    clerk.refused("paula", "submit", "small", *other, code=7, said="needs a planner")
    (clerk.folder / "fr.yaml").write_text(
        "schema_version: 1\ncurrency: EUR\n"
        "rules: [{id: fr, when: {market: FR}, sign: [{role: director}]}]\n"
    )
    nowhere = ("--market", "DE", "--authority", "fr.yaml")
    clerk.refused("paula", "submit", "small", *nowhere, code=2, said="no rule for DE", faults=1)
    clerk.refused("paula", "log", "small", code=2, said="no such plan")  # no draft was left


def test_a_stranger_s_title_moves_no_cursor(clerk: Clerk) -> None:
    title = "Q1\x1b[2J\x1b]0;owned\x07\u202e"
    (clerk.folder / "odd").mkdir()
    (clerk.folder / "odd" / "plan.json").write_text(plan(title).to_json())
    clerk.done("paula", "submit", "odd", *SUBMIT)
    printed = [
        clerk.done("fiona", "inbox"),
        clerk.done("fiona", "review", "odd"),
        clerk.run("dora", "approve", "odd", "--reason", "x")[2],
        clerk.done("paula", "log", "odd"),
    ]
    assert all(letter.isprintable() or letter == "\n" for letter in "".join(printed))


def at_a_terminal(clerk: Clerk, typed: str) -> None:
    clerk.set.delenv("ALLOCATOR_TOKEN", raising=False)
    clerk.set.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    clerk.set.setattr("getpass.getpass", lambda _: typed)


def test_a_password_at_a_terminal(clerk: Clerk) -> None:
    at = clerk.office.now()
    users.set_password(clerk.office.store, "paula", "paula", "correct horse battery", at=at)
    dora = ("inbox", "--as", "paula@example.org")
    clerk.refused("", *dora, code=2, said="no terminal to ask a password at", faults=1)
    clerk.refused("", "inbox", code=2, said="--as: found nobody", faults=1)
    at_a_terminal(clerk, "correct horse battery")
    assert clerk.done("", *dora) == "Nothing waits for you.\n"
    at_a_terminal(clerk, "wrong horse battery!")
    clerk.refused("", *dora, code=7, said="mail and password do not fit")
    for mail in ("nobody@example.org", "dora@example.org"):  # unknown; without a password
        clerk.refused("", "inbox", "--as", mail, code=7, said="mail and password do not fit")
    users.disable(clerk.office.store, "adam", "paula", at=clerk.office.now())
    at_a_terminal(clerk, "correct horse battery")
    clerk.refused("", *dora, code=7, said="mail and password do not fit")
    clerk.refused("paula", "inbox", code=7, said="unknown, over or revoked")  # nor by a token


def test_a_password_that_an_admin_gave_does_nothing_at_a_terminal(reviewed: Clerk) -> None:
    """But give way to one's own."""
    mail = "dora@example.org"
    approve = ("approve", "small", "--reason", "fits", "--yes", "--as", mail)
    at_a_terminal(reviewed, reviewed.done("adam", "user", "password", mail, "--quiet").strip())
    reviewed.refused("", *approve, code=7, said="somebody else gave you this password")
    reviewed.refused("", "user", "password", "fiona@example.org", "--as", mail, code=7, said="gave")
    own = reviewed.done("", "user", "password", mail, "--as", mail, "--quiet").strip()
    at_a_terminal(reviewed, own)
    reviewed.done("", *approve)


def test_figures_are_shown_and_asked_for(reviewed: Clerk) -> None:
    """Nobody signs what was not seen: without --yes somebody must be there to say so."""
    reviewed.refused("dora", "approve", "small", "--reason", "x", code=2, said="nobody to ask")
    reviewed.set.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    answers = {"n": (2, "nothing was done"), "y": (0, "")}
    for answer, (code, said) in answers.items():
        reviewed.set.setattr("typer.confirm", lambda *_, answer=answer, **__: answer == "y")
        found, _, err = reviewed.run("dora", "approve", "small", "--reason", "x")
        assert (found, said in err) == (code, True)
        assert plan("small").digest in err
        assert f"{plan('small').totals.plan.spend:.2f}" in err
