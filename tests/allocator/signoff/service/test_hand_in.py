"""A plan comes in whole or not at all; which plan was approved last is no question of clocks."""

from __future__ import annotations

import pytest
from office import Office, matrix, plan
from sqlalchemy import select

from allocator.errors import NotAllowed
from allocator.signoff.audit.verify import verify
from allocator.signoff.service.decision import reject, review, sign
from allocator.signoff.service.release import expire, release
from allocator.signoff.service.standing import Conflict
from allocator.signoff.service.submission import (
    Submission,
    create,
    hand_in,
    last_agreed,
    submit,
)
from allocator.signoff.states import Role, State
from allocator.signoff.store import blobs, people, plan_rows
from allocator.signoff.store.connect import Store
from allocator.signoff.store.people import Delegation
from allocator.signoff.store.tables import documents, events
from mmm.errors import InputError

SMALL, OTHER, THIRD = plan("small"), plan("other"), plan("third")
DOLLARS = "schema_version: 1\ncurrency: USD\nrules: [{id: a, sign: [{role: director}]}]\n"
FRANCE = (
    "schema_version: 1\ncurrency: EUR\n"
    "rules: [{id: fr, when: {market: FR}, sign: [{role: director}]}]\n"
)


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store).hire()


def approved(office: Office, one: object, at: str) -> str:
    """A plan submitted and approved at a time that a clock said."""
    digest = office.submitted(one)  # type: ignore[arg-type]
    review(office.store, "fiona", digest, at=at)
    sign(office.store, "dora", office.says(one, 3), at=at)  # type: ignore[arg-type]
    return digest


@pytest.mark.parametrize(("text", "match"), [(DOLLARS, "currency"), (FRANCE, "no rule for DE")])
def test_a_plan_that_cannot_be_submitted_is_not_kept_either(
    office: Office, text: str, match: str
) -> None:
    handed = Submission(SMALL, "DE", {"page": ("plan.html", b"<p>")})
    with pytest.raises(InputError, match=match):
        hand_in(office.store, "paula", handed, matrix(text), at=office.now())
    with office.store.reading() as connection:
        assert plan_rows.get(connection, SMALL.digest) is None
        assert connection.execute(select(documents)).first() is None
        assert connection.execute(select(events).where(events.c.action == "create")).first() is None
    assert verify(office.store).wrong == ()


def test_a_draft_is_submitted_with_what_it_lacked(office: Office) -> None:
    store, page = office.store, ("plan.html", b"<p>")
    create(store, "paula", Submission(SMALL, "DE", {"page": page}), at=office.now())
    for wrong in (Submission(SMALL, "FR"), Submission(SMALL, "DE", replaces="ab" * 32)):
        with pytest.raises(InputError, match="as in the draft that is here"):
            hand_in(store, "paula", wrong, matrix(), at=office.now())
    handed = Submission(SMALL, "DE", {"page": page, "workbook": ("plan.xlsx", b"PK")})
    row = hand_in(store, "paula", handed, matrix(), at=office.now())
    assert row.state is State.SUBMITTED
    with store.reading() as connection:
        papers = plan_rows.documents_of(connection, row.digest)
        assert [(one.kind, blobs.get(connection, one.blob)) for one in papers] == [
            ("page", b"<p>"), ("workbook", b"PK"),
        ]  # fmt: skip
    with pytest.raises(Conflict, match="is here already"):
        hand_in(store, "paula", handed, matrix(), at=office.now())
    assert verify(store).wrong == ()


def test_no_plan_of_another_market_is_replaced(office: Office) -> None:
    store = office.store
    store.writing(lambda connection: people.grant(connection, "peter", Role.PLANNER, "FR"))
    digest = office.submitted(SMALL)
    with pytest.raises(InputError, match="found a plan of DE, expected one of FR"):
        hand_in(store, "peter", Submission(OTHER, "FR", replaces=digest), matrix(), at=office.now())
    with store.reading() as connection:
        row = plan_rows.get(connection, digest)
    assert row is not None
    assert row.state is State.SUBMITTED


@pytest.mark.parametrize("market", ["", "D\0E", "D\x1b[2JE", "D" * 81])
def test_a_market_has_a_name_that_can_be_kept_and_printed(office: Office, market: str) -> None:
    office.store.writing(lambda c: people.grant(c, "paula", Role.PLANNER, people.EVERY))
    with pytest.raises(InputError, match="a name, such as DE"):
        create(office.store, "paula", Submission(SMALL, market), at=office.now())


def test_the_last_approved_plan_is_that_of_the_last_approval(office: Office) -> None:
    """Not the one that changed last, nor the one whose server's clock was ahead."""
    store = office.store
    first = approved(office, SMALL, "2026-11-22T12:00:00.000000Z")  # an hour ahead
    release(store, "fiona", first, at="2026-11-22T12:00:00.000000Z")
    second = approved(office, OTHER, "2026-11-22T11:00:00.000000Z")
    with store.reading() as connection:
        found = last_agreed(connection, "DE", "")
    assert found is not None
    assert found.digest == second
    release(store, "fiona", second, at="2026-11-22T11:00:00.000000Z")  # supersedes the first
    create(store, "paula", Submission(THIRD, "DE"), at=office.now())
    submit(store, "paula", THIRD.digest, matrix(), at=office.now())
    with store.reading() as connection:
        query = select(events.c.details).order_by(events.c.number.desc()).limit(1)
        assert f'"against":"{second}"' in connection.execute(query).scalar_one()
        assert last_agreed(connection, "FR", "") is None


def test_a_released_plan_whose_weeks_are_over_was_still_the_last(office: Office) -> None:
    """What comes next is compared with it, not with what ran before it; what ran never is not."""
    store, rules = office.store, matrix().authority
    first, ran = approved(office, SMALL, office.now()), approved(office, OTHER, office.now())
    release(store, "fiona", ran, at=office.now())
    expire(store, rules, at=office.now("2028-01-01"))  # the first nobody released
    with store.reading() as connection:
        states = [plan_rows.get(connection, one) for one in (first, ran)]
        assert [row.state for row in states if row] == [State.EXPIRED, State.EXPIRED]
        found = last_agreed(connection, "DE", "")
        assert found is not None
        assert found.digest == ran
        assert last_agreed(connection, "DE", ran) is None


def test_nobody_withdraws_a_colleagues_plan_by_replacing_it(office: Office) -> None:
    store, at = office.store, office.now
    digest = office.submitted(SMALL)
    theirs = Submission(OTHER, "DE", replaces=digest)
    for act in (lambda: create(store, "peter", theirs, at=at()),
                lambda: hand_in(store, "peter", theirs, matrix(), at=at())):  # fmt: skip
        with pytest.raises(NotAllowed, match="only its author replaces a plan that is submitted"):
            act()
    with store.reading() as connection:
        row = plan_rows.get(connection, digest)
        assert row is not None
        assert row.state is State.SUBMITTED
        assert plan_rows.get(connection, OTHER.digest) is None
    review(store, "fiona", digest, at=at())
    reject(store, "fiona", office.says(SMALL, 3, "too little"), at=at())
    assert hand_in(store, "peter", theirs, matrix(), at=at()).state is State.SUBMITTED


def test_a_deputy_of_its_author_replaces_an_open_plan(office: Office) -> None:
    store, at = office.store, office.now
    digest = office.submitted(SMALL)
    one = Delegation("d", "paula", "carla", Role.PLANNER, "DE", "2026-11-01T00:00:00.000000Z",
                     "2026-12-01T00:00:00.000000Z", "holiday", None)  # fmt: skip
    store.writing(lambda connection: people.delegate(connection, one))
    hand_in(store, "carla", Submission(OTHER, "DE", replaces=digest), matrix(), at=at())
    with store.reading() as connection:
        row = plan_rows.get(connection, digest)
    assert row is not None
    assert row.state is State.WITHDRAWN
