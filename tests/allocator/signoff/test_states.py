"""Every cell of role × state × action: allowed where this independent list says so, else denied."""

from __future__ import annotations

import itertools

import pytest

from allocator.errors import NotAllowed
from allocator.signoff.states import FINAL, TRANSITIONS, Action, Role, State, actions, after

P, C, F, D, S = "planner", "campaign manager", "finance", "director", "system"
ALLOWED = {
    "draft": {"submit": (f"{P},{C}", "submitted"), "withdraw": (f"{P},{C}", "withdrawn")},
    "submitted": {
        "review": (f"{C},{F},{D}", "in review"),
        "withdraw": (f"{P},{C}", "withdrawn"),
        "expire": (S, "expired"),
    },
    "in review": {
        "sign": (f"{C},{F},{D}", "in review"),
        "approve": (f"{C},{F},{D}", "approved"),
        "approve with conditions": (f"{C},{F},{D}", "approved with conditions"),
        "reject": (f"{C},{F},{D}", "rejected"),
        "withdraw": (f"{P},{C}", "withdrawn"),
        "expire": (S, "expired"),
    },
    "approved": {
        "release": (f"{F},{D}", "released"),
        "withdraw": (D, "withdrawn"),
        "expire": (S, "expired"),
    },
    "approved with conditions": {
        "release": (f"{F},{D}", "released"),
        "withdraw": (D, "withdrawn"),
        "expire": (S, "expired"),
    },
    "released": {
        "supersede": (S, "superseded"),
        "expire": (S, "expired"),
        "withdraw": (D, "withdrawn"),
    },
}
"""state -> action -> (roles, state then), as docs/sign-off.md draws it."""


@pytest.mark.parametrize(
    ("role", "state", "action"), list(itertools.product(Role, State, Action)), ids=str
)
def test_every_cell(role: Role, state: State, action: Action) -> None:
    roles, then = ALLOWED.get(state, {}).get(action, ("", ""))
    if role in roles.split(","):
        assert after(state, action, role) == then
        assert action in actions(state, role)
        return
    with pytest.raises(NotAllowed) as refused:
        after(state, action, role)
    assert refused.value.exit_code == 7
    assert action not in actions(state, role)


def test_nothing_follows_a_final_state() -> None:
    assert {row.state for row in TRANSITIONS} == set(State) - FINAL


def test_nobody_decides_what_the_clock_decides() -> None:
    clock = {row.action for row in TRANSITIONS if Role.SYSTEM in row.roles}
    people = {row.action for row in TRANSITIONS if row.roles - {Role.SYSTEM}}
    assert clock == {Action.EXPIRE, Action.SUPERSEDE}
    assert not clock & people


def test_admin_and_auditor_decide_nothing() -> None:
    assert all(not row.roles & {Role.ADMIN, Role.AUDITOR} for row in TRANSITIONS)
