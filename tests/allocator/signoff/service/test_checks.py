"""Nobody approves figures that nobody has made again, unless the authority file says so."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from office import STRICT, Office, matrix, plan
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from allocator.errors import NotAllowed
from allocator.plan import Plan
from allocator.signoff.audit.verify import verify
from allocator.signoff.facts import Flag
from allocator.signoff.service import jobs
from allocator.signoff.service.checks import LONGEST, MOST
from allocator.signoff.service.decision import review, sign
from allocator.signoff.service.opened import Opened, open_plan
from allocator.signoff.service.release import release
from allocator.signoff.service.submission import Submission, create, submit
from allocator.signoff.states import State
from allocator.signoff.store import events, plan_rows
from allocator.signoff.store.append_only import statements
from allocator.signoff.store.connect import Store
from allocator.signoff.work import Verify

ONE = plan("one")
ODD = """
  - {id: odd, when: {exceptional: [unhealthy, prior driven]}, sign: [{role: director, people: 2}]}
"""


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store).hire()


def reviewed(office: Office, rules: str = STRICT, one: Plan = ONE) -> None:
    create(office.store, "paula", Submission(one, "DE"), at=office.now())
    submit(office.store, "paula", one.digest, matrix(rules), at=office.now())
    review(office.store, "fiona", one.digest, at=office.now())


def signed(office: Office, who: str = "dora", version: int = 3) -> State:
    return sign(office.store, who, office.says(ONE, version), at=office.now()).state


def opened(office: Office) -> Opened:
    found = open_plan(office.store, "dora", ONE.digest, at=office.now())
    assert found is not None
    return found


def with_odd(rules: str) -> str:
    """The same file with a rule on exceptional plans."""
    return rules.replace("rules:\n", "rules:" + ODD, 1)


def test_a_submission_asks_a_worker_in_the_same_act(office: Office) -> None:
    reviewed(office)
    (job,) = jobs.listed(office.store, "paula")
    assert (job.kind, job.request, job.person) == ("verify", {"plan": ONE.digest}, "paula")
    with office.store.reading() as connection:
        acts = events.about(connection, ONE.digest)
    assert [one.action for one in acts] == ["create", "submit", "review"]
    assert json.loads(acts[1].details)["job"] == job.id
    assert opened(office).check.job == job
    again = jobs.ask(office.store, "fiona", Verify(plan=ONE.digest), at=office.now())
    assert again == job  # it is under way
    with pytest.raises(NotAllowed):
        jobs.ask(office.store, "aude", Verify(plan=ONE.digest), at=office.now())


def test_what_cannot_be_submitted_asks_nobody(office: Office) -> None:
    create(office.store, "paula", Submission(ONE, "DE"), at=office.now())
    with pytest.raises(NotAllowed):
        submit(office.store, "fiona", ONE.digest, matrix(STRICT), at=office.now())
    assert jobs.listed(office.store, "adam") == ()


def test_nobody_signs_before_the_figures_were_made_again(office: Office) -> None:
    reviewed(office)
    assert opened(office).check.words == "not yet"
    with pytest.raises(NotAllowed, match="have not been recomputed yet"):
        signed(office)
    row = office.checked(ONE)
    assert (row.agrees, row.plan) == (True, ONE.digest)
    assert opened(office).check.words == "agree"
    assert opened(office).row.version == 3  # nobody who looks at it has to look again
    assert signed(office) is State.APPROVED
    assert release(office.store, "fiona", ONE.digest, at=office.now()).state is State.RELEASED
    assert verify(office.store).wrong == ()


def test_nobody_signs_figures_that_do_not_agree(office: Office) -> None:
    reviewed(office)
    many = [f"lines.tv.total: says {n}" + "x" * 600 for n in range(300)]
    office.checked(ONE, *many)
    found = opened(office).check.found
    assert found is not None
    assert (len(found.differences), len(found.differences[0])) == (MOST, LONGEST)
    with pytest.raises(NotAllowed, match=r"do not agree .lines\.tv\.total: says 0"):
        signed(office)
    with office.store.reading() as connection:
        assert plan_rows.signatures_of(connection, ONE.digest) == ()
    office.checked(ONE)
    assert signed(office) is State.APPROVED


def test_the_last_check_counts_also_at_the_release(office: Office) -> None:
    reviewed(office)
    office.checked(ONE)
    assert signed(office) is State.APPROVED
    office.checked(ONE, "certificate.bound: says 1, recomputed 2")
    with pytest.raises(NotAllowed, match="do not agree"):
        release(office.store, "fiona", ONE.digest, at=office.now())
    assert opened(office).check.words == "disagree"
    assert verify(office.store).wrong == ()


def test_where_the_file_asks_for_none_nobody_is_asked(office: Office) -> None:
    reviewed(office, matrix().content.decode())
    assert jobs.listed(office.store, "paula") == ()
    check = opened(office).check
    assert (check.needed, check.stands, check.words) == (False, True, "not yet")
    assert signed(office) is State.APPROVED


def test_flags_are_those_that_were_found(office: Office) -> None:
    """The plan says that it is healthy; by its curves it is not, and takes two directors."""
    reviewed(office, with_odd(matrix().content.decode()))
    office.checked(ONE, "health.verdict: says pass", flags=(Flag.UNHEALTHY,))
    with pytest.raises(NotAllowed, match=r"the plan has .*unhealthy.*2 people.*odd.*new approval"):
        signed(office)
    assert opened(office).row.state is State.IN_REVIEW


def test_a_draft_that_was_checked_is_judged_by_that(office: Office) -> None:
    create(office.store, "paula", Submission(ONE, "DE"), at=office.now())
    office.checked(ONE, flags=(Flag.PRIOR_DRIVEN,))
    rules = matrix(with_odd(STRICT))
    row = submit(office.store, "paula", ONE.digest, rules, at=office.now())
    assert "prior driven" in row.facts["flags"]
    assert [(step.people, step.rules) for step in row.required.steps] == [(2, ("odd", "usual"))]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE checks SET agrees = NOT agrees", "UPDATE checks SET engine = 'x'",
     "DELETE FROM checks"],
)  # fmt: skip
def test_a_check_stays_as_it_was_said(office: Office, statement: str) -> None:
    """The database refuses; and where its triggers were taken off the chain knows better."""
    store = office.store
    reviewed(office)
    office.checked(ONE)
    with pytest.raises(DBAPIError, match="are never changed"):
        store.writing(lambda connection: connection.execute(text(statement)))
    made = statements(store.dialect, {"checks": ("event",)}, first=False)
    names = [one.split()[2] for one in made]
    on = "" if store.dialect == "sqlite" else " ON checks"
    for line in (*(f"DROP TRIGGER {name}{on}" for name in names), statement, *made):
        store.writing(lambda connection, line=line: connection.execute(text(line)))
    wrong = verify(store).wrong
    assert [one.table for one in wrong] == ["checks"]


def test_a_check_that_no_event_made_is_found(office: Office) -> None:
    """A row of one's own making says that all is well."""
    store = office.store
    reviewed(office)
    row = office.checked(ONE, "health.verdict: says pass")
    other = replace(row, event=1, agrees=True)
    values = {name: getattr(other, name) for name in other.__dataclass_fields__}
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    store.writing(
        lambda c: c.execute(text(f"INSERT INTO checks ({names}) VALUES ({marks})"), values)
    )
    assert [str(one) for one in verify(store).wrong] == ["checks 1: no event made it"]
    with pytest.raises(NotAllowed, match="do not agree"):
        signed(office)  # the last event counts
