"""States of a plan on its way to money, and who may move it on. Everything else is denied.

::

    draft ─▶ submitted ─▶ in review ─▶ approved ──────────────┐
      │          │            │    └─▶ approved, conditions ──┼─▶ released ─▶ superseded
      ▼          ▼            ├─▶ rejected                    │        ├───▶ expired
    withdrawn ◀──┴────────────┴───────────────────────────────┴────────┴───▶ withdrawn

A plan is never edited: what changes is a new plan with a new digest, and starts as a draft.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from allocator.errors import NotAllowed


class Role(StrEnum):
    """What a person may be, market by market."""

    PLANNER = "planner"
    CAMPAIGN_MANAGER = "campaign manager"
    FINANCE = "finance"
    DIRECTOR = "director"
    ADMIN = "admin"
    AUDITOR = "auditor"
    SYSTEM = "system"
    """the clock, and what follows from another plan's release; no person has it"""


AUTHORS = (Role.PLANNER, Role.CAMPAIGN_MANAGER)
"""Who writes plans."""
SIGNERS = (Role.CAMPAIGN_MANAGER, Role.FINANCE, Role.DIRECTOR)
"""Who reviews, signs and sends back; these are stood in for."""
PAYERS = (Role.FINANCE, Role.DIRECTOR)
"""Who releases money."""
TALKERS = (Role.PLANNER, *SIGNERS)
"""Who comments and attaches papers."""


class State(StrEnum):
    """Where a plan stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in review"
    APPROVED = "approved"
    CONDITIONAL = "approved with conditions"
    REJECTED = "rejected"
    RELEASED = "released"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


UNDECIDED = (State.DRAFT, State.SUBMITTED, State.IN_REVIEW)
"""Not all have agreed yet: its author may take it back or replace it."""
AGREED = (State.APPROVED, State.CONDITIONAL)
"""Its money waits for the release."""
SIGNED = (*AGREED, State.RELEASED)
"""States that somebody has signed for: the plan stands until something ends it."""


class Action(StrEnum):
    """What can be done with a plan."""

    SUBMIT = "submit"
    REVIEW = "review"
    SIGN = "sign"
    """one of several signatures that are required: the plan stays in review"""
    APPROVE = "approve"
    """the last signature that is required"""
    APPROVE_WITH_CONDITIONS = "approve with conditions"
    """the last signature, where any of them named conditions"""
    REJECT = "reject"
    RELEASE = "release"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"
    EXPIRE = "expire"


FINAL = frozenset({State.REJECTED, State.SUPERSEDED, State.EXPIRED, State.WITHDRAWN})
"""Nothing follows."""


@dataclass(frozen=True)
class Transition:
    """In this state these roles may do this, and that is the state then."""

    state: State
    action: Action
    roles: frozenset[Role]
    then: State


def _table() -> tuple[Transition, ...]:
    authors, signers, payers = frozenset(AUTHORS), frozenset(SIGNERS), frozenset(PAYERS)
    clock = frozenset({Role.SYSTEM})
    director = frozenset({Role.DIRECTOR})
    s, a = State, Action
    return (
        Transition(s.DRAFT, a.SUBMIT, authors, s.SUBMITTED),
        Transition(s.DRAFT, a.WITHDRAW, authors, s.WITHDRAWN),
        Transition(s.SUBMITTED, a.REVIEW, signers, s.IN_REVIEW),
        Transition(s.SUBMITTED, a.WITHDRAW, authors, s.WITHDRAWN),
        Transition(s.SUBMITTED, a.EXPIRE, clock, s.EXPIRED),
        Transition(s.IN_REVIEW, a.SIGN, signers, s.IN_REVIEW),
        Transition(s.IN_REVIEW, a.APPROVE, signers, s.APPROVED),
        Transition(s.IN_REVIEW, a.APPROVE_WITH_CONDITIONS, signers, s.CONDITIONAL),
        Transition(s.IN_REVIEW, a.REJECT, signers, s.REJECTED),
        Transition(s.IN_REVIEW, a.WITHDRAW, authors, s.WITHDRAWN),
        Transition(s.IN_REVIEW, a.EXPIRE, clock, s.EXPIRED),
        Transition(s.APPROVED, a.RELEASE, payers, s.RELEASED),
        Transition(s.APPROVED, a.WITHDRAW, director, s.WITHDRAWN),
        Transition(s.APPROVED, a.EXPIRE, clock, s.EXPIRED),
        Transition(s.CONDITIONAL, a.RELEASE, payers, s.RELEASED),
        Transition(s.CONDITIONAL, a.WITHDRAW, director, s.WITHDRAWN),
        Transition(s.CONDITIONAL, a.EXPIRE, clock, s.EXPIRED),
        Transition(s.RELEASED, a.SUPERSEDE, clock, s.SUPERSEDED),
        Transition(s.RELEASED, a.EXPIRE, clock, s.EXPIRED),
        Transition(s.RELEASED, a.WITHDRAW, director, s.WITHDRAWN),
    )


TRANSITIONS = _table()


def after(state: State, action: Action, role: Role) -> State:
    """The state that follows. Raises NotAllowed for everything that is not in the table."""
    for row in TRANSITIONS:
        if (row.state, row.action) == (state, action):
            if role in row.roles:
                return row.then
            who = ", ".join(sorted(row.roles))
            raise NotAllowed(f"a {role} may not {action} a plan that is {state}; allowed: {who}")
    possible = ", ".join(actions(state, role)) or "nothing"
    raise NotAllowed(
        f"nobody may {action} a plan that is {state}; a {role} may do with it: {possible}"
    )


def actions(state: State, role: Role) -> tuple[Action, ...]:
    """What a role may do in a state."""
    return tuple(row.action for row in TRANSITIONS if row.state == state and role in row.roles)
