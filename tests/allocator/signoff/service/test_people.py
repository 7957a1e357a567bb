"""People, passwords, sessions, tokens, delegation and privacy, on both databases."""

from __future__ import annotations

import pytest
from office import Office, plan

from allocator.errors import NotAllowed
from allocator.signoff.audit.verify import verify
from allocator.signoff.service import identity, privacy, users
from allocator.signoff.service.decision import review, sign
from allocator.signoff.service.delegation import Deputy, delegate, delegations, end_delegation
from allocator.signoff.service.passwords import hashed, matches, refuse_weak
from allocator.signoff.service.standing import Conflict
from allocator.signoff.service.talk import Remark, comment
from allocator.signoff.service.users import Newcomer
from allocator.signoff.states import Role, State
from allocator.signoff.store import events
from allocator.signoff.store.connect import Store
from allocator.signoff.times import later
from mmm.errors import InputError

SMALL = plan("small")
AT = "2026-11-22T09:00:00.000000Z"
GOOD = "correct horse battery"


@pytest.fixture(scope="module")
def kept() -> str:
    return hashed(GOOD)


def everything(store: Store) -> str:
    with store.reading() as connection:
        return "\n".join(f"{e.actor} {e.subject} {e.details}" for e in events.every(connection))


def test_a_password_is_kept_as_argon2id(kept: str) -> None:
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert matches(GOOD, kept)
    assert not matches(GOOD + "!", kept)
    assert not matches(GOOD, None)  # nobody of that name, as slowly
    assert not matches(GOOD, "nonsense")


@pytest.mark.parametrize("weak", ["short", "x" * 201, "aaaaaaaaaaaaaa", "dorabella2026!"])
def test_a_weak_password_is_refused(weak: str) -> None:
    with pytest.raises(InputError, match="nobody guesses"):
        refuse_weak(weak, "Dora", "dora")


def test_a_first_admin_and_no_second_one(store: Store) -> None:
    ann, password = users.first_admin(store, "Ann", "Ann@Example.org", at=AT)
    assert ann.mail == "ann@example.org"
    assert identity.identify(store, "ANN@example.org", password, given=True, at=AT).id == ann.id
    with pytest.raises(NotAllowed, match="somebody is here"):
        users.first_admin(store, "Mallory", "m@example.org", at=AT)
    bob = users.add(store, ann.id, Newcomer("Bob", "bob@example.org"), at=AT)
    for error, match, act in (
        (Conflict, "here already",
         lambda: users.add(store, ann.id, Newcomer("B", "BOB@example.org"), at=AT)),
        (NotAllowed, "needs an admin",
         lambda: users.add(store, bob.id, Newcomer("C", "c@example.org"), at=AT)),
        (NotAllowed, "gives themselves",
         lambda: users.grant(store, ann.id, ann.id, (Role.DIRECTOR, "all"), at=AT)),
        (NotAllowed, "last admin", lambda: users.disable(store, ann.id, ann.id, at=AT)),
        (InputError, "a role they hold",
         lambda: users.revoke(store, ann.id, bob.id, (Role.DIRECTOR, "DE"), at=AT)),
        (InputError, "name@example.org",
         lambda: users.add(store, ann.id, Newcomer("C", "no mail"), at=AT)),
        (InputError, "such as finance:DE",
         lambda: users.grant(store, ann.id, bob.id, (Role.FINANCE, "D" * 81), at=AT)),
        (InputError, "such as finance:DE",
         lambda: users.grant(store, ann.id, bob.id, (Role.FINANCE, "D\x1bE"), at=AT)),
        (InputError, "such as finance:DE",
         lambda: users.grant(store, ann.id, bob.id, (Role.SYSTEM, "all"), at=AT)),
    ):  # fmt: skip
        with pytest.raises(error, match=match):
            act()  # type: ignore[no-untyped-call]
    users.grant(store, ann.id, bob.id, (Role.DIRECTOR, "DE"), at=AT)
    assert users.revoke(store, ann.id, bob.id, (Role.DIRECTOR, "DE"), at=AT).grants == frozenset()
    assert users.disable(store, ann.id, bob.id, at=AT).disabled
    assert not users.enable(store, ann.id, bob.id, at=AT).disabled
    assert verify(store).wrong == ()


def test_logins_that_fail_are_counted(store: Store) -> None:
    office = Office(store).hire()
    users.set_password(store, "dora", "dora", GOOD, at=AT)
    for _ in range(identity.PER_NAME):
        with pytest.raises(NotAllowed, match="do not fit"):
            identity.identify(store, "dora@example.org", "wrong", address="10.0.0.1", at=AT)
    with pytest.raises(identity.TooMany):
        identity.identify(store, "dora@example.org", GOOD, at=AT)
    after = later(AT, minutes=16)
    assert identity.identify(store, "dora@example.org", GOOD, at=after).id == "dora"
    with pytest.raises(NotAllowed, match="do not fit"):
        identity.identify(store, "nobody@example.org", GOOD, at=after)
    users.disable(store, "adam", "dora", at=office.now())
    with pytest.raises(NotAllowed, match="do not fit"):
        identity.identify(store, "dora@example.org", GOOD, at=after)


def test_a_password_that_somebody_else_gave_is_only_replaced(store: Store) -> None:
    Office(store).hire()
    dora = "dora@example.org"
    users.set_password(store, "adam", "dora", GOOD, at=AT)
    with pytest.raises(NotAllowed, match="somebody else gave you this password"):
        identity.identify(store, dora, GOOD, at=AT)
    with pytest.raises(NotAllowed, match="do not fit"):
        identity.identify(store, dora, "wrong", at=AT)
    assert identity.identify(store, dora, GOOD, given=True, at=later(AT, days=7)).id == "dora"
    with pytest.raises(NotAllowed, match="7 days ago"):
        identity.identify(store, dora, GOOD, given=True, at=later(AT, days=7, minutes=1))
    with pytest.raises(InputError, match="found the one there is"):
        users.set_password(store, "dora", "dora", GOOD, at=AT)
    assert not identity.has_password(store, "dora")
    users.set_password(store, "dora", "dora", GOOD + "!", at=AT)
    assert identity.identify(store, dora, GOOD + "!", at=AT).id == "dora"
    assert identity.has_password(store, "dora")


@pytest.mark.parametrize("actor", ["adam", "dora"])
def test_a_new_password_ends_every_token(store: Store, actor: str) -> None:
    Office(store).hire()
    late = later(AT, days=5)
    made = [identity.add_token(store, "dora", "ci", "all", days=d, at=AT) for d in (9, 9, 9, 1)]
    _, other = identity.add_token(store, "david", "ci", "all", days=9, at=AT)
    identity.revoke_token(store, "dora", made[0][0].token[:12], at=AT)
    users.set_password(store, actor, "dora", GOOD, at=late)
    for _, secret in made:
        with pytest.raises(NotAllowed, match="unknown, over or revoked"):
            identity.bearer(store, secret, "read", at=late)
    assert identity.bearer(store, other, "all", at=late).id == "david"
    with store.reading() as connection:
        found = events.about(connection, "dora")
    last = [(one.action, one.actor) for one in found if one.at == late]
    assert last == [("revoke token", actor)] * 2 + [("set password", actor)]
    assert verify(store).wrong == ()


def test_sessions_end(store: Store) -> None:
    office = Office(store).hire()
    opened = identity.open_session(store, "dora", at=AT)
    assert identity.session(store, opened.secret, at=later(AT, minutes=29)) is not None
    assert identity.session(store, opened.secret, at=later(AT, minutes=58)) is not None  # used
    assert identity.session(store, opened.secret, at=later(AT, minutes=89)) is None
    assert identity.session(store, "made up", at=AT) is None
    first = identity.open_session(store, "dora", at=AT)
    second = identity.open_session(store, "dora", at=AT, old=first.secret)
    assert identity.session(store, first.secret, at=AT) is None  # a login has a new secret
    assert identity.is_fresh(second.session, at=later(AT, minutes=5))
    assert not identity.is_fresh(second.session, at=later(AT, minutes=6))
    long = identity.open_session(store, "david", at=AT)
    for minute in range(25, 12 * 60 + 1, 25):
        assert identity.session(store, long.secret, at=later(AT, minutes=minute)) is not None
    assert identity.session(store, long.secret, at=later(AT, minutes=12 * 60 + 5)) is None
    users.disable(store, "adam", "dora", at=office.now())
    assert identity.session(store, second.secret, at=AT) is None


def test_a_token_is_good_for_its_scope_and_time(store: Store) -> None:
    Office(store).hire()
    one, secret = identity.add_token(store, "paula", "ci", "submit", days=10, at=AT)
    assert identity.bearer(store, secret, "read", at=AT).id == "paula"
    assert identity.bearer(store, secret, "submit", at=AT).id == "paula"
    with pytest.raises(NotAllowed, match="good for submit; this needs all"):
        identity.bearer(store, secret, "all", at=AT)
    with pytest.raises(NotAllowed, match="unknown, over or revoked"):
        identity.bearer(store, secret, "read", at=later(AT, days=10))
    with pytest.raises(InputError, match="12 digits of one of yours"):
        identity.revoke_token(store, "peter", one.token[:12], at=AT)
    identity.revoke_token(store, "adam", one.token[:12], at=AT)
    with pytest.raises(NotAllowed, match="unknown, over or revoked"):
        identity.bearer(store, secret, "read", at=AT)
    assert secret not in everything(store)
    with pytest.raises(InputError, match="scope"):
        identity.add_token(store, "paula", "ci", "root", days=1000, at=AT)


LAST_DAYS = {"starts": "9999-06-01", "ends": "9999-12-31T23:59:59-23:00"}
"""In UTC they end in the year 10000, which is none."""


def test_a_deputy_from_a_day_to_a_day(store: Store) -> None:
    office = Office(store).hire()
    deputy = Deputy("carla", Role.DIRECTOR, "DE", "2026-11-01", "2026-12-01", "holiday")
    given = delegate(store, "dora", deputy, at=office.now())
    assert delegations(store, "carla") == (given,)
    for who, change, error, match in (
        ("fiona", {}, NotAllowed, "no director"),
        ("carla", {"taker": "peter"}, NotAllowed, "no director"),  # not passed on
        ("dora", {"taker": "dora"}, InputError, "somebody else"),
        ("dora", {"ends": "2026-10-01"}, InputError, "starts before ends"),
        ("dora", {"ends": "2028-10-01"}, InputError, "a year at most"),
        ("dora", LAST_DAYS, InputError, "a year at most"),
        ("dora", {"reason": " "}, InputError, "a reason"),
        ("dora", {"market": "FR"}, NotAllowed, "no director in FR"),
    ):
        with pytest.raises(error, match=match):
            delegate(store, who, Deputy(**{**vars(deputy), **change}), at=office.now())  # type: ignore[arg-type]
    digest = office.submitted(SMALL)
    review(store, "fiona", digest, at=office.now())
    assert sign(store, "carla", office.says(SMALL, 3), at=office.now()).state is State.APPROVED
    with pytest.raises(NotAllowed, match="by who gave it"):
        end_delegation(store, "carla", given.id, at=office.now())
    end_delegation(store, "dora", given.id, at=office.now())
    assert verify(store).wrong == ()


def test_a_person_is_exported_and_forgotten(store: Store) -> None:
    office = Office(store).hire()
    digest = office.submitted(SMALL)
    comment(store, "dora", Remark(digest, "fine by me"), at=office.now())
    review(store, "fiona", digest, at=office.now())
    sign(store, "dora", office.says(SMALL, 3), at=office.now())
    found = privacy.personal_data(store, "dora", "dora", at=office.now())
    assert (found["name"], found["mail"]) == ("Dora", "dora@example.org")
    assert [one["text"] for one in found["comments"]] == ["fine by me"]
    assert [one["role"] for one in found["signatures"]] == ["director"]
    with pytest.raises(NotAllowed, match="themselves, or an admin"):
        privacy.personal_data(store, "paula", "dora", at=office.now())
    with pytest.raises(NotAllowed, match="needs an admin"):
        privacy.forget(store, "dora", "dora", at=office.now())
    left = privacy.forget(store, "adam", "dora", at=office.now())
    assert left.disabled
    assert left.name.startswith("former person")
    assert verify(store).wrong == ()
    assert "Dora" not in everything(store)
    assert users.person(store, mail="dora@example.org") is None
    assert privacy.personal_data(store, "adam", "dora", at=office.now())["roles"] == []
