"""What people see: inbox, search, comments, papers, log and receipt."""

from __future__ import annotations

from pathlib import Path

import pytest
from office import AUTHORITY, Office, matrix, plan

from allocator.errors import NotAllowed
from allocator.signoff.audit.verify import verify
from allocator.signoff.receipt import read_receipt
from allocator.signoff.service.decision import reject, review, sign
from allocator.signoff.service.opened import Opened, open_plan
from allocator.signoff.service.reading import Wanted, anchor, inbox, log, search
from allocator.signoff.service.reading import plan as look
from allocator.signoff.service.receipts import receipt
from allocator.signoff.service.release import release
from allocator.signoff.service.talk import (
    Paper,
    Remark,
    attach,
    comment,
    comments,
    document,
    documents,
)
from allocator.signoff.states import Role, State
from allocator.signoff.store import people
from allocator.signoff.store.connect import Store
from allocator.signoff.store.people import Delegation
from mmm.errors import InputError

SMALL, BETTER = plan("small"), plan("50% better_")


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store).hire()


def opened(office: Office, who: str, digest: str) -> Opened:
    found = open_plan(office.store, who, digest, at=office.now())
    assert found is not None
    return found


def waits(office: Office, who: str, day: str = "2026-11-22", text: str = "") -> list[str]:
    rules = matrix(text).authority if text else None
    return [one.todo for one in inbox(office.store, who, authority=rules, at=office.now(day))]


def test_what_waits_for_whom(office: Office) -> None:
    store = office.store
    digest = office.submitted(SMALL)
    inboxes = {who: waits(office, who) for who in ("paula", "carla", "fiona", "frank", "adam")}
    nothing: list[str] = []
    assert inboxes == {
        "paula": nothing, "carla": ["review"], "fiona": ["review"], "frank": nothing,
        "adam": nothing,
    }  # fmt: skip
    review(store, "fiona", digest, at=office.now())
    assert (waits(office, "fiona"), waits(office, "dora")) == ([], ["sign"])
    assert opened(office, "dora", digest).possible == ("sign", "reject")
    assert opened(office, "paula", digest).possible == ("withdraw",)
    late = AUTHORITY + "escalation: {after_days: 3, to: finance}\n"
    assert waits(office, "fiona", "2026-11-24", late) == []
    assert waits(office, "fiona", "2026-11-26", late) == ["decide"]
    sign(store, "dora", office.says(SMALL, 3), at=office.now())
    assert (waits(office, "fiona"), waits(office, "paula")) == (["release"], [])
    other = office.submitted(BETTER)
    review(store, "fiona", other, at=office.now())
    reject(store, "fiona", office.says(BETTER, 3), at=office.now())
    assert waits(office, "paula") == ["change"]


def test_search_shows_plans_of_ones_own_markets(office: Office) -> None:
    first, other = office.submitted(SMALL), office.submitted(BETTER)

    def found(who: str, **wanted: object) -> list[str]:
        return [row.digest for row in search(office.store, who, Wanted(**wanted), at=office.now())]  # type: ignore[arg-type]

    assert found("paula") == [other, first]
    assert found("frank") == []  # finance of another market
    assert found("aude", text="50%") == [other]  # no pattern: the text itself
    assert found("aude", text="5_%") == []
    assert found("aude", text=first[:10]) == [first]
    assert found("aude", state=State.APPROVED) == []
    assert found("aude", market="DE", author="paula", limit=1) == [other]
    assert look(office.store, "frank", first, at=office.now()) is None
    assert look(office.store, "dora", first, at=office.now()) is not None


def test_whoever_stands_in_sees_a_market_as_long_as_that_and_no_longer(office: Office) -> None:
    digest = office.submitted(SMALL)
    one = Delegation("d", "dora", "frank", Role.DIRECTOR, "DE", "2026-11-01T00:00:00.000000Z",
                     "2026-11-23T00:00:00.000000Z", "holiday", None)  # fmt: skip
    office.store.writing(lambda connection: people.delegate(connection, one))
    for day, seen in (("2026-11-22", [digest]), ("2026-11-24", [])):
        at = office.now(day)
        assert [row.digest for row in search(office.store, "frank", Wanted(), at=at)] == seen
        found = look(office.store, "frank", digest, at=at)
        assert ([found.digest] if found else []) == seen
    at = office.now()
    assert search(office.store, "frank", Wanted(), at=at) != ()
    opened = open_plan(office.store, "frank", digest, at=at)
    assert opened is not None
    assert opened.talks
    office.store.writing(lambda connection: people.change(connection, "dora", disabled=True))
    assert search(office.store, "frank", Wanted(), at=at) == ()  # nobody stands behind him


def test_pages_of_plans_leave_none_out(office: Office) -> None:
    """Also where two changed at one time, as a plan and the one it supersedes do."""
    digests = {office.submitted(plan(f"page {number}")) for number in range(5)}
    at = office.now()
    for digest in sorted(digests)[:3]:
        review(office.store, "fiona", digest, at=at)
    found, before = [], ""
    while page := search(office.store, "aude", Wanted(before=before, limit=2), at=office.now()):
        found += [row.digest for row in page]
        before = page[-1].cursor
    assert len(found) == 5
    assert set(found) == digests


def test_comments_answer_each_other(office: Office) -> None:
    digest, store = office.submitted(SMALL), office.store
    asked = comment(store, "fiona", Remark(digest, "why?", "line:tv"), at=office.now())
    comment(store, "paula", Remark(digest, "because", "line:tv", asked.id), at=office.now())
    assert [(one.person, one.answers) for one in comments(store, digest)] == [
        ("fiona", None), ("paula", asked.id)
    ]  # fmt: skip
    for who, said, error in (
        ("frank", Remark(digest, "from elsewhere"), NotAllowed),
        ("aude", Remark(digest, "an auditor reads"), NotAllowed),
        ("fiona", Remark(digest, " "), InputError),
        ("fiona", Remark(digest, "x", answers="none"), InputError),
        ("fiona", Remark("ab" * 32, "x"), InputError),
    ):
        with pytest.raises(error):
            comment(store, who, said, at=office.now())
    assert len(comments(store, digest)) == 2


def test_papers(office: Office) -> None:
    digest, store = office.submitted(SMALL), office.store
    attach(store, "fiona", digest, Paper("order", "po.pdf", b"%PDF 1"), at=office.now())
    attach(store, "fiona", digest, Paper("order", "po2.pdf", b"%PDF 2"), at=office.now())
    row, content = document(store, digest, "order") or (None, b"")
    assert (row and row.name, content) == ("po2.pdf", b"%PDF 2")
    assert document(store, digest, "invoice") is None
    assert len(documents(store, digest)) == 2
    attach(store, "carla", digest, Paper("order", "po.pdf", b"%PDF 1"), at=office.now())
    row, content = document(store, digest, "order") or (None, b"")  # the first one, again
    assert (row and row.by, content) == ("carla", b"%PDF 1")
    attach(store, "carla", digest, Paper("order", "po.pdf", b"%PDF 1"), at=office.now())
    found = documents(store, digest)
    assert [(one.name, one.by) for one in found] == [
        ("po.pdf", "fiona"), ("po2.pdf", "fiona"), ("po.pdf", "carla")
    ]  # fmt: skip
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert verify(store).wrong == ()
    for paper in (Paper("", "x", b"x"), Paper("a", "x", b""), Paper("a", "x\n", b"x"),
                  Paper("a", "x", b"x" * 10_000_001)):  # fmt: skip
        with pytest.raises(InputError):
            attach(store, "fiona", digest, paper, at=office.now())


def test_log_and_receipt(office: Office, tmp_path: Path) -> None:
    digest, store = office.submitted(SMALL), office.store
    review(store, "fiona", digest, at=office.now())
    sign(store, "dora", office.says(SMALL, 3), at=office.now())
    release(store, "fiona", digest, at=office.now())
    done = log(store, digest)
    assert [(one.actor, one.event.action) for one in done] == [
        ("Paula", "create"), ("Paula", "submit"), ("Fiona", "review"), ("Dora", "approve"),
        ("Fiona", "release"),
    ]  # fmt: skip
    assert [one.event.number for one in log(store, after=12, limit=2)] == [13, 14]
    made = receipt(store, digest)
    assert made.words == "released; signed by Dora (director) on 2026-11-22"
    assert (made.number, made.hash) == anchor(store)
    assert (made.plan, made.signers[0].rules) == (digest, ("usual",))
    assert made.spend == opened(office, "dora", digest).signatures[0].seen["spend"]
    file = tmp_path / "receipt.json"
    file.write_text(made.to_json())
    assert read_receipt(file) == made
    file.write_text(made.to_json().replace('"released"', '"approved"'))
    with pytest.raises(InputError, match="not its content's"):
        read_receipt(file)
    with pytest.raises(InputError, match="digest of a plan here"):
        receipt(store, "ab" * 32)
