"""What was done, page by page; one look at a plan; and inboxes that look nothing up twice."""

from __future__ import annotations

import pytest
from office import Office, matrix, plan

from allocator.errors import NotAllowed
from allocator.signoff.service.decision import review, sign
from allocator.signoff.service.opened import open_plan, open_plans
from allocator.signoff.service.reading import inbox, log
from allocator.signoff.service.submission import Submission, create, submit
from allocator.signoff.service.trail import trail
from allocator.signoff.store.connect import Store

SMALL, LARGE = plan("small"), plan("large", 1.5)


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store).hire()


def test_pages_of_the_trail_leave_nothing_out(office: Office) -> None:
    digest = office.submitted(SMALL)
    everything = [one.event.number for one in log(office.store, limit=1_000)]
    seen: list[int] = []
    before = 0
    while True:
        page = trail(office.store, "aude", before=before, limit=3, at=office.now())
        seen += [one.event.number for one in page.entries]
        before = page.older
        if not before:
            break
    assert seen == everything[::-1]
    own = trail(office.store, "paula", subject=digest, at=office.now())
    assert [one.event.action for one in own.entries] == ["submit", "create"]
    assert own.titles == {digest: "small"}


def test_the_whole_trail_is_for_auditors_and_admins(office: Office) -> None:
    digest = office.submitted(SMALL)
    for who in ("paula", "fiona", "dora", "david"):
        with pytest.raises(NotAllowed):
            trail(office.store, who, at=office.now())
    assert trail(office.store, "adam", at=office.now()).entries
    assert trail(office.store, "frank", subject=digest, at=office.now()).entries == ()


def test_one_look_at_a_plan(office: Office) -> None:
    store, digest = office.store, office.submitted(LARGE)
    review(store, "fiona", digest, at=office.now())
    sign(store, "dora", office.says(LARGE, 3), at=office.now())
    newer = plan("large, again", 1.5)
    create(store, "paula", Submission(newer, "DE", {}, digest), at=office.now())
    found = open_plan(store, "david", digest, at=office.now())
    assert found is not None
    assert found.due is not None
    assert (found.due.people, found.signatures[0].person) == (2, "dora")
    assert found.possible == ("sign", "reject")
    assert found.newer is not None
    assert found.newer.digest == newer.digest
    assert open_plan(store, "frank", digest, at=office.now()) is None
    assert open_plans(store, "paula", (newer.digest, "0" * 64, digest), at=office.now()) == (
        newer,
        LARGE,
    )
    submit(store, "paula", newer.digest, matrix(), at=office.now())
    again = open_plan(store, "david", digest, at=office.now())
    assert again is not None
    assert again.possible == ()


def test_a_plan_that_was_sent_back_waits_for_its_author_alone(office: Office) -> None:
    from allocator.signoff.service.decision import reject

    store, digest = office.store, office.submitted(SMALL)
    review(store, "fiona", digest, at=office.now())
    reject(store, "dora", office.says(SMALL, 3), at=office.now())
    todos = {who: [one.todo for one in inbox(store, who, at=office.now())]
             for who in ("paula", "peter", "dora")}  # fmt: skip
    assert todos == {"paula": ["change"], "peter": [], "dora": []}
    office.submitted(plan("small, better"), replaces=digest)
    assert inbox(store, "paula", at=office.now()) == ()
