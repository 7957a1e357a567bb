"""Who must sign: every rule that holds adds up."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.signoff.authority import Authority, load_authority, requirement
from allocator.signoff.facts import Flag, PlanFacts
from allocator.signoff.states import Role
from mmm.errors import InputError

FILE = """
schema_version: 1
currency: EUR
rules:
  - {id: usual, sign: [{role: finance}, {role: director}]}
  - {id: large, when: {amount: {from: 1.5M}}, sign: [{role: director, people: 2}]}
  - {id: moved, when: {change: {from: 25%}, market: [DE, AT]}, sign: [{role: campaign manager}]}
  - {id: odd, when: {exceptional: [unhealthy, not proven]}, sign: [{role: director, people: 3}]}
"""
C, F, D = Role.CAMPAIGN_MANAGER, Role.FINANCE, Role.DIRECTOR


def authority(folder: Path, text: str = FILE) -> Authority:
    file = folder / "authority.yaml"
    file.write_text(text, encoding="utf-8")
    found, content = load_authority(file)
    assert content == file.read_bytes()
    return found


def facts(
    amount: float = 1e6, change: float | None = 0.1, market: str = "DE", *flags: Flag
) -> PlanFacts:
    return PlanFacts(market, "EUR", amount, change, frozenset(flags))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (facts(), [((F,), 1), ((D,), 1)]),
        (facts(1_499_999.99), [((F,), 1), ((D,), 1)]),
        (facts(1_500_000.0), [((F,), 1), ((D,), 2)]),
        (facts(1e6, 0.25), [((C,), 1), ((F,), 1), ((D,), 1)]),
        (facts(1e6, 0.25, "FR"), [((F,), 1), ((D,), 1)]),
        (facts(1e6, None), [((C,), 1), ((F,), 1), ((D,), 1)]),
        (facts(2e6, 0.5, "AT", Flag.UNHEALTHY), [((C,), 1), ((F,), 1), ((D,), 3)]),
    ],
)
def test_rules_add_up(tmp_path: Path, given: PlanFacts, wanted: object) -> None:
    found = requirement(authority(tmp_path), given)
    assert [(step.roles, step.people) for step in found.steps] == wanted


def test_each_step_names_its_rules(tmp_path: Path) -> None:
    found = requirement(authority(tmp_path), facts(2e6, 0.1, "DE", Flag.NOT_PROVEN))
    assert found.steps[-1].rules == ("usual", "large", "odd")


def test_a_launch_always_needs_a_leader_of_marketing(tmp_path: Path) -> None:
    text = FILE.partition("  - {id: usual")[0] + "  - {id: usual, sign: [{role: finance}]}\n"
    for flag in (Flag.NEW_CHANNEL, Flag.NEW_CAMPAIGN, Flag.NEW_CONCEPT):
        found = requirement(authority(tmp_path, text), facts(1.0, 0.0, "DE", flag))
        assert [step.roles for step in found.steps] == [(C, D), (F,)]
        assert found.steps[0].rules == ("launch",)
    assert len(requirement(authority(tmp_path, text), facts()).steps) == 1


def test_without_a_rule_nobody_may_approve(tmp_path: Path) -> None:
    text = FILE.replace("{id: usual,", "{id: usual, when: {market: FR},")
    assert requirement(authority(tmp_path, text), facts()).steps == ()


def test_signatures_are_due_in_order(tmp_path: Path) -> None:
    wanted = requirement(authority(tmp_path), facts(2e6))
    finance, directors = wanted.steps
    for signed, due in (
        ((), finance), ((F,), directors), ((F, D), directors), ((F, D, D), None), ((D,), finance),
    ):  # fmt: skip
        assert wanted.due(signed) == due


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("role: finance", "role: planner", "authority.yaml:5:"),
        ("role: finance", "role: admin", "authority.yaml:5:"),
        ("people: 2", "people: 0", "1 or more"),
        ("1.5M", "'1,5M'", "comma"),
        ("id: large", "id: usual", "each rule id once"),
        ("id: large", "id: launch", "another id than launch"),
        ("exceptional", "exeptional", "unknown key 'exeptional'"),
    ],
)
def test_faults_have_their_place(tmp_path: Path, old: str, new: str, found: str) -> None:
    with pytest.raises(InputError) as error:
        authority(tmp_path, FILE.replace(old, new, 1))
    assert found in str(error.value)
    assert "authority.yaml:" in str(error.value)
