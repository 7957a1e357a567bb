"""The whole story on both databases, and every way that is forbidden."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from office import Office, matrix, plan

from allocator.errors import NotAllowed
from allocator.signoff.chain import first_break
from allocator.signoff.conditions import Condition, Most
from allocator.signoff.service.decision import reject, review, sign
from allocator.signoff.service.release import expire, release, withdraw
from allocator.signoff.service.standing import Conflict
from allocator.signoff.service.submission import Submission, create, submit
from allocator.signoff.service.talk import Paper, attach
from allocator.signoff.states import Role, State
from allocator.signoff.store import events, people, plan_rows
from allocator.signoff.store.connect import Store
from allocator.signoff.store.people import Delegation
from mmm.errors import InputError

SMALL, LARGE, BETTER = plan("small"), plan("large", 1.2), plan("better")


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store).hire()


def acts(office: Office) -> list[str]:
    with office.store.reading() as connection:
        found = list(events.every(connection))
    assert first_break(found) is None
    return [event.action for event in found if event.action != "add user"]


def state(office: Office, digest: str) -> State:
    with office.store.reading() as connection:
        row = plan_rows.get(connection, digest)
    assert row is not None
    return row.state


def refused(office: Office, error: type[Exception], match: str, act: object) -> None:
    """The act raises, and nothing of it stays."""
    before = acts(office)
    with pytest.raises(error, match=match):
        act()  # type: ignore[operator]
    assert acts(office) == before


def test_two_variants_one_is_sent_back_and_comes_again(office: Office) -> None:
    at, store = office.now, office.store
    first = office.submitted(SMALL)
    other = office.submitted(LARGE)
    assert review(store, "fiona", first, at=at()).state is State.IN_REVIEW
    back = reject(store, "fiona", office.says(SMALL, 3, "tv is booked"), at=at())
    assert back.state is State.REJECTED
    again = office.submitted(BETTER, replaces=first)
    review(store, "fiona", again, at=at())
    approved = sign(store, "dora", office.says(BETTER, 3), at=at())
    assert approved.state is State.APPROVED
    assert release(store, "fiona", again, at=at()).state is State.RELEASED
    review(store, "fiona", other, at=at())
    assert sign(store, "dora", office.says(LARGE, 3), at=at()).state is State.IN_REVIEW
    assert sign(store, "david", office.says(LARGE, 4), at=at()).state is State.APPROVED
    assert release(store, "fiona", other, at=at()).state is State.RELEASED
    assert state(office, again) is State.SUPERSEDED  # the same market, the same weeks
    assert acts(office) == [
        "create", "submit", "create", "submit", "review", "reject", "create", "submit", "review",
        "approve", "release", "review", "sign", "approve", "release", "supersede",
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["paula", "both", "adam", "aude", "frank", "fiona", "carla"])
def test_who_may_not_sign(office: Office, who: str) -> None:
    """The author, the reviewer, other roles, other markets: on every route."""
    author = "both" if who == "both" else "paula"
    digest = office.submitted(SMALL, author)
    review(office.store, "fiona", digest, at=office.now())
    refused(
        office, NotAllowed, "needs a director|no other part",
        lambda: sign(office.store, who, office.says(SMALL, 3), at=office.now()),
    )  # fmt: skip


def test_nobody_reviews_or_releases_their_own(office: Office) -> None:
    digest = office.submitted(SMALL, "both")
    refused(
        office, NotAllowed, "no other part",
        lambda: review(office.store, "both", digest, at=office.now()),
    )  # fmt: skip
    review(office.store, "fiona", digest, at=office.now())
    sign(office.store, "dora", office.says(SMALL, 3), at=office.now())
    refused(
        office, NotAllowed, "does not release",
        lambda: release(office.store, "both", digest, at=office.now()),
    )  # fmt: skip


def test_a_delegation_opens_no_second_way(office: Office) -> None:
    """Dora's deputy signs in her name: then neither of them signs again; an author never does."""
    for taker in ("carla", "paula"):
        one = Delegation(f"d-{taker}", "dora", taker, Role.DIRECTOR, "DE",
                         "2026-11-01T00:00:00.000000Z", "2026-12-01T00:00:00.000000Z",
                         "holiday", None)  # fmt: skip
        office.store.writing(lambda connection, one=one: people.delegate(connection, one))
    digest = office.submitted(LARGE)
    review(office.store, "fiona", digest, at=office.now())
    store, at = office.store, office.now
    refused(office, NotAllowed, "wrote it",
            lambda: sign(store, "paula", office.says(LARGE, 3), at=at()))  # fmt: skip
    sign(store, "carla", office.says(LARGE, 3), at=at())
    for who in ("dora", "carla"):
        refused(office, NotAllowed, "has signed it",
                lambda who=who: sign(store, who, office.says(LARGE, 4), at=at()))  # fmt: skip
    assert sign(store, "david", office.says(LARGE, 4), at=at()).state is State.APPROVED
    with store.reading() as connection:
        first, _ = plan_rows.signatures_of(connection, digest)
        event = next(e for e in events.about(connection, digest) if e.action == "sign")
    assert (first.person, first.actor, first.rules) == ("dora", "carla", ("usual", "large"))
    assert (event.actor, event.behalf) == ("carla", "dora")


@pytest.mark.parametrize(
    ("hand", "did"), [("create", "wrote it"), ("submit", "submitted it"), ("review", "reviewed it")]
)
@pytest.mark.parametrize("own", [True, False], ids=["who acted", "in whose name"])
def test_a_hand_in_the_plan_is_no_judge_of_it(
    office: Office, hand: str, did: str, own: bool
) -> None:
    """Whoever stood in for an author, a submitter or a reviewer does not sign; nor do those."""
    role = Role.FINANCE if hand == "review" else Role.PLANNER
    giver, taker = ("both", "dora") if own else ("both", "peter")
    one = Delegation("d", giver, taker, role, "DE", "2026-11-01T00:00:00.000000Z",
                     "2026-12-01T00:00:00.000000Z", "holiday", None)  # fmt: skip
    office.store.writing(lambda connection: people.delegate(connection, one))
    store, at = office.store, office.now
    who = {"create": "paula", "submit": "paula", "review": "fiona"} | {hand: taker}
    if not own:  # himself he is nothing: all that he does is in the other's name
        office.store.writing(
            lambda connection: people.revoke(connection, "peter", Role.PLANNER, "DE")
        )
    create(store, who["create"], Submission(SMALL, "DE"), at=at())
    submit(store, who["submit"], SMALL.digest, matrix(), at=at())
    review(store, who["review"], SMALL.digest, at=at())
    signer = "dora" if own else "both"
    refused(office, NotAllowed, did,
            lambda: sign(store, signer, office.says(SMALL, 3), at=at()))  # fmt: skip
    assert sign(store, "david", office.says(SMALL, 3), at=at()).state is State.APPROVED
    if hand != "review":
        refused(office, NotAllowed, "wrote a plan",
                lambda: release(store, signer, SMALL.digest, at=at()))  # fmt: skip


def test_a_delegation_that_is_over_or_revoked_gives_nothing(office: Office) -> None:
    for name, ends, revoked in (
        ("over", "2026-11-22T00:00:00.000000Z", None),
        ("revoked", "2026-12-01T00:00:00.000000Z", "2026-11-21T00:00:00.000000Z"),
    ):
        one = Delegation(name, "dora", "carla", Role.DIRECTOR, "DE",
                         "2026-11-01T00:00:00.000000Z", ends, "holiday", revoked)  # fmt: skip
        office.store.writing(lambda connection, one=one: people.delegate(connection, one))
    digest = office.submitted(SMALL)
    review(office.store, "fiona", digest, at=office.now())
    refused(office, NotAllowed, "needs a director", lambda: sign(
        office.store, "carla", office.says(SMALL, 3), at=office.now()))  # fmt: skip


@pytest.mark.parametrize("figure", ["digest", "scenario", "curves", "spend", "gain", "currency"])
def test_an_approval_is_bound_to_what_was_seen(office: Office, figure: str) -> None:
    digest = office.submitted(SMALL)
    review(office.store, "fiona", digest, at=office.now())
    said = office.says(SMALL, 3)
    seen = {**said.seen, figure: said.seen[figure][:-1] + "x"}
    refused(office, NotAllowed, f"{figure} differs.*needs a new approval", lambda: sign(
        office.store, "dora", office.says(SMALL, 3, seen=seen), at=office.now()))  # fmt: skip


def test_a_plan_that_moved_is_a_conflict(office: Office) -> None:
    digest = office.submitted(SMALL)
    review(office.store, "fiona", digest, at=office.now())
    sign(office.store, "dora", office.says(SMALL, 3), at=office.now())
    for act in (sign, reject):
        refused(office, Conflict, "approved now", lambda act=act: act(
            office.store, "david", office.says(SMALL, 3), at=office.now()))  # fmt: skip


def test_the_signer_is_told_of_a_newer_version(office: Office) -> None:
    digest = office.submitted(SMALL)
    review(office.store, "fiona", digest, at=office.now())
    newer = office.submitted(BETTER, replaces=digest)
    assert state(office, digest) is State.WITHDRAWN
    refused(office, Conflict, f"newer version was submitted .{newer[:12]}", lambda: sign(
        office.store, "dora", office.says(SMALL, 3), at=office.now()))  # fmt: skip


def test_conditions_are_checked_at_the_release(office: Office) -> None:
    digest = office.submitted(SMALL)
    review(office.store, "fiona", digest, at=office.now())
    asked = (
        Condition(not_before=dt.date(2026, 12, 1)),
        Condition(document="purchase order"),
        Condition(most=Most(line="tv", amount=1.0)),
        Condition(current=True),
    )
    said = office.says(SMALL, 3, conditions=asked)
    assert sign(office.store, "dora", said, at=office.now()).state is State.CONDITIONAL
    with pytest.raises(NotAllowed) as why:
        release(office.store, "fiona", digest, at=office.now())
    for words in ("not before 2026-12-01", "purchase order", "at most 1.00 on tv", "in force"):
        assert words in str(why.value)
    assert state(office, digest) is State.CONDITIONAL


def test_a_condition_that_holds_lets_go(office: Office) -> None:
    digest = office.submitted(SMALL)
    review(office.store, "fiona", digest, at=office.now())
    said = office.says(SMALL, 3, conditions=(Condition(current=True),))
    sign(office.store, "dora", said, at=office.now())
    changed = {"scenario": SMALL.scenario.digest, "curves": "0" * 64}
    refused(office, NotAllowed, "have changed", lambda: release(
        office.store, "fiona", digest, at=office.now(), **changed))  # fmt: skip
    same = {"scenario": SMALL.scenario.digest, "curves": SMALL.curves.digest}
    assert release(office.store, "fiona", digest, at=office.now(), **same).state is State.RELEASED


def test_an_authors_own_paper_proves_nothing(office: Office) -> None:
    digest = office.submitted(SMALL)
    review(office.store, "fiona", digest, at=office.now())
    said = office.says(SMALL, 3, conditions=(Condition(document="purchase order"),))
    sign(office.store, "dora", said, at=office.now())
    order = Paper("purchase order", "order.txt", b"4711")
    attach(office.store, "paula", digest, order, at=office.now())
    refused(office, NotAllowed, "nobody but its author", lambda: release(
        office.store, "fiona", digest, at=office.now()))  # fmt: skip
    order = Paper("purchase order", "signed.txt", b"4711, signed")
    kept = attach(office.store, "carla", digest, order, at=office.now())
    release(office.store, "fiona", digest, at=office.now())
    with office.store.reading() as connection:
        event = events.about(connection, digest)[-1]
    assert json.loads(event.details)["documents"] == {"purchase order": kept.blob}


def test_what_waits_too_long_expires(office: Office) -> None:
    waits, runs = office.submitted(SMALL), office.submitted(BETTER)
    review(office.store, "fiona", runs, at=office.now())
    sign(office.store, "dora", office.says(BETTER, 3), at=office.now())
    release(office.store, "fiona", runs, at=office.now())
    rules = matrix().authority
    assert expire(office.store, rules, at=office.now("2026-12-05")) == ()
    assert [r.digest for r in expire(office.store, rules, at=office.now("2026-12-07"))] == [waits]
    over = expire(office.store, rules, at=office.now("2028-01-01"))
    assert [row.digest for row in over] == [runs]
    refused(office, NotAllowed, "nobody may release a plan that is expired", lambda: release(
        office.store, "fiona", waits, at=office.now()))  # fmt: skip


def test_a_review_revives_nothing_that_has_expired(office: Office) -> None:
    """Also before the clock's own act is done."""
    digest = office.submitted(SMALL)
    late = office.now("2026-12-07")
    refused(office, NotAllowed, "the plan expired: 14 days passed",
            lambda: review(office.store, "fiona", digest, at=late))  # fmt: skip
    assert [row.digest for row in expire(office.store, matrix().authority, at=late)] == [digest]


def test_an_author_takes_back_what_is_undecided_and_only_that(office: Office) -> None:
    digest = office.submitted(SMALL)
    store, at = office.store, office.now
    refused(office, NotAllowed, "by its author",
            lambda: withdraw(store, "peter", digest, "no", at=at()))  # fmt: skip
    refused(office, InputError, "a reason", lambda: withdraw(store, "paula", digest, " ", at=at()))
    assert withdraw(store, "paula", digest, "wrong", at=at()).state is State.WITHDRAWN
    other = office.submitted(BETTER)
    review(store, "fiona", other, at=at())
    sign(store, "dora", office.says(BETTER, 3), at=at())
    refused(office, NotAllowed, "needs a director",
            lambda: withdraw(store, "paula", other, "wrong", at=at()))  # fmt: skip
    assert withdraw(store, "dora", other, "market turned", at=at()).state is State.WITHDRAWN


def test_a_disabled_person_does_nothing(office: Office) -> None:
    digest = office.submitted(SMALL)
    office.store.writing(lambda connection: people.change(connection, "fiona", disabled=True))
    refused(office, NotAllowed, "unknown or disabled",
            lambda: review(office.store, "fiona", digest, at=office.now()))  # fmt: skip


def test_a_plan_that_is_not_its_digest_is_refused(office: Office) -> None:
    forged = SMALL.model_copy(update={"currency": "USD"})
    refused(office, InputError, "not its content's", lambda: create(
        office.store, "paula", Submission(forged, "DE"), at=office.now()))  # fmt: skip
    create(office.store, "paula", Submission(SMALL, "DE"), at=office.now())
    refused(office, Conflict, "is here already", lambda: create(
        office.store, "peter", Submission(SMALL, "DE"), at=office.now()))  # fmt: skip
    text = "schema_version: 1\ncurrency: USD\nrules: [{id: a, sign: [{role: director}]}]\n"
    refused(office, InputError, "currency", lambda: submit(
        office.store, "paula", SMALL.digest, matrix(text), at=office.now()))  # fmt: skip
