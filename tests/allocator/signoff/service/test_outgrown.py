"""A plan is compared with what was agreed last; when that changes, so may what it takes."""

from __future__ import annotations

import pytest
from office import Office, matrix, plan

from allocator.errors import NotAllowed
from allocator.plan import Plan
from allocator.signoff.authority import Requirement, Step
from allocator.signoff.service.decision import review, sign
from allocator.signoff.service.opened import open_plan
from allocator.signoff.service.release import release, withdraw
from allocator.signoff.service.submission import Submission, create, submit
from allocator.signoff.states import Role, State
from allocator.signoff.store import plan_rows
from allocator.signoff.store.connect import Store

FIRST, SAME, HALF = plan("first"), plan("same"), plan("half", 0.5)
MOVES = matrix("""
schema_version: 1
currency: EUR
rules:
  - {id: usual, sign: [{role: director}]}
  - {id: moves, when: {change: {from: 40%}}, sign: [{role: director, people: 2}]}
verified: not_required
""")
D, F, C = Role.DIRECTOR, Role.FINANCE, Role.CAMPAIGN_MANAGER


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store).hire()


def reviewed(office: Office, one: Plan) -> None:
    create(office.store, "paula", Submission(one, "DE"), at=office.now())
    submit(office.store, "paula", one.digest, MOVES, at=office.now())
    review(office.store, "fiona", one.digest, at=office.now())


def signed(office: Office, one: Plan, *signers: str) -> State:
    for place, who in enumerate(signers):
        row = sign(office.store, who, office.says(one, 3 + place), at=office.now())
    return row.state


def compared(office: Office, one: Plan) -> str | None:
    found = open_plan(office.store, "dora", one.digest, at=office.now())
    assert found is not None
    return found.before and found.before.digest


@pytest.fixture
def first(office: Office) -> Office:
    """An office with a plan that runs."""
    reviewed(office, FIRST)
    assert signed(office, FIRST, "dora", "david") is State.APPROVED  # without one all is moved
    release(office.store, "fiona", FIRST.digest, at=office.now())
    return office


def test_the_last_signature_asks_what_it_takes_by_now(first: Office) -> None:
    """The same as what runs took one director; half of it was approved in between."""
    reviewed(first, SAME)
    reviewed(first, HALF)
    assert signed(first, HALF, "dora", "david") is State.APPROVED
    match = f"{HALF.digest[:12]}… is the plan approved last.*2 people.*moves.*needs a new approval"
    with pytest.raises(NotAllowed, match=match):
        signed(first, SAME, "dora")
    with first.store.reading() as connection:
        assert plan_rows.signatures_of(connection, SAME.digest) == ()
    assert compared(first, SAME) == FIRST.digest  # what its page shows is what was decided on


def test_the_release_asks_it_again(first: Office) -> None:
    reviewed(first, SAME)
    assert signed(first, SAME, "dora") is State.APPROVED
    reviewed(first, HALF)
    assert signed(first, HALF, "dora", "david") is State.APPROVED
    with pytest.raises(NotAllowed, match="needs a new approval"):
        release(first.store, "fiona", SAME.digest, at=first.now())
    assert release(first.store, "fiona", HALF.digest, at=first.now()).state is State.RELEASED


def test_signatures_that_are_enough_anyway_hold(first: Office) -> None:
    """Half was signed by two; the same as before takes no more against another plan alike."""
    reviewed(first, HALF)
    reviewed(first, SAME)
    assert signed(first, SAME, "dora") is State.APPROVED
    assert signed(first, HALF, "dora", "david") is State.APPROVED
    assert compared(first, HALF) == FIRST.digest
    assert release(first.store, "fiona", HALF.digest, at=first.now()).state is State.RELEASED


def test_where_what_it_was_compared_with_is_withdrawn_all_is_new(first: Office) -> None:
    reviewed(first, SAME)
    withdraw(first.store, "dora", FIRST.digest, "the market turned", at=first.now())
    with pytest.raises(NotAllowed, match=r"in DE none is approved.*needs a new approval"):
        signed(first, SAME, "dora")


def test_a_draft_shows_what_it_would_be_compared_with(first: Office) -> None:
    create(first.store, "paula", Submission(SAME, "DE"), at=first.now())
    assert compared(first, SAME) == FIRST.digest


@pytest.mark.parametrize(
    ("steps", "given", "met"),
    [
        ([((D,), 1)], (F, D), True),  # more than was asked
        ([((D,), 2)], (F, D), False),
        ([((F,), 1), ((D,), 1)], (D, F), True),  # in another order
        ([((D,), 1), ((C, D), 1)], (D,), False),  # one signature fills one step
        ([((C, D), 1), ((D,), 1)], (D, C), True),
        ([((C, D), 1), ((F, D), 1), ((D,), 1)], (D, D, C), True),
        ([((C, D), 1), ((F, D), 1), ((D,), 1)], (F, C, C), False),
        ([], (D,), False),  # no rule: nobody may
    ],
)
def test_signatures_fill_steps_in_any_order(
    steps: list[tuple[tuple[Role, ...], int]], given: tuple[Role, ...], met: bool
) -> None:
    required = Requirement(tuple(Step(roles, people, ("a",)) for roles, people in steps))
    assert required.met(given) is met
