"""A plan comes in whole or not at all; which plan was approved last is no question of clocks."""

from __future__ import annotations

import pytest
from office import Office, matrix, plan
from sqlalchemy import select

from allocator.signoff.audit.verify import verify
from allocator.signoff.service.decision import review, sign
from allocator.signoff.service.release import release
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
