"""A plan for whoever decides, several abreast, and the ledger: recomputed from the plan itself."""

from __future__ import annotations

import pytest
from plan_cases import CASES, case_plan

from allocator.plan import Plan, sealed
from allocator.reports.abreast import abreast
from allocator.reports.decision import brief
from allocator.reports.ledger import ledger

PLAIN = [name for name in CASES if name != "hostile"]


def number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-").replace("+", ""))


@pytest.mark.parametrize("name", PLAIN)
def test_rows_are_the_plans_lines_and_close_to_the_total(name: str) -> None:
    plan = case_plan(name)[0]
    found = brief(plan)
    assert {row.line: number(row.planned) for row in found.rows} == {
        line.line: round(line.total) for line in plan.lines
    }
    moved = sum(number(row.moved) for row in found.rows)
    assert moved == pytest.approx(number(found.total.moved), abs=len(found.rows))
    assert len(found.figures) == 3
    assert bool(found.moves.drawing) == (not found.moves.title.startswith("No "))


def test_what_must_be_known_is_said() -> None:
    unhealthy, stopped = brief(case_plan("unhealthy")[0]), brief(case_plan("not proven")[0])
    assert "unhealthy model" in [one.tag for one in unhealthy.cautions]
    assert unhealthy.accepted == "pilot for the Q1 workshop, no money moves on it"
    assert "FAIL" in [one.verdict for one in unhealthy.checks]
    assert stopped.proof[0].startswith("Not proven best")
    assert brief(case_plan("keep")[0]).gains == ()
    assert {one.rule for one in brief(case_plan("count")[0]).limits} == {"cac-cap", "digital-cap"}


def test_the_ledger_adds_up_to_the_cent() -> None:
    plan = case_plan("base")[0]
    found = ledger(plan)
    lines = [row for row in found.rows if not row.channel]
    channels = [row for row in found.rows if row.channel]
    for rows in (lines, channels):
        cents = sum(round(100 * number(row.planned)) for row in rows)
        assert cents == round(100 * plan.totals.plan.spend)
        assert cents == round(100 * number(found.total.planned))
        assert round(100 * sum(number(row.moved) for row in rows)) == round(
            100 * number(found.total.moved)
        )


def changed(plan: Plan, **also: object) -> Plan:
    return sealed({**plan.model_dump(mode="json"), **also})


def test_absent_is_not_zero() -> None:
    """A line that one plan has not: a dash, and no difference."""
    whole = case_plan("base")[0]
    document = whole.model_dump(mode="json")
    gone = document["lines"].pop()["line"]
    side = abreast((whole, sealed(document)))
    row = next(one for one in side.lines if one.name == gone)
    assert [cell.value for cell in row.cells] != ["0", "0"]
    assert (row.cells[1].value, row.cells[1].beneath) == ("–", "no such line")
    assert all(one.cells[1].beneath == "same" for one in side.lines if one.name != gone)
    assert side.finding.endswith("; 1 line differs")
    document["lines"][-1]["total"] = 0.0  # as a plan that spends nothing there has it
    nothing = sealed(document)
    del document["lines"][-1]
    assert abreast((nothing, sealed(document))).finding.endswith("; 1 line differs")


def test_a_cent_is_a_difference() -> None:
    """Rows that a signature tells apart are never called the same."""
    plan = case_plan("base")[0]
    document = plan.model_dump(mode="json")
    document["lines"][0]["total"] += 0.01
    side = abreast((plan, sealed(document)))
    said = {row.name: row.cells[1].beneath for row in side.lines}
    assert said.pop(plan.lines[0].line) == "under 1"
    assert set(said.values()) == {"same"}
    assert side.finding.endswith("; 1 line differs")


def test_what_is_not_like_for_like_is_said() -> None:
    plan = case_plan("base")[0]
    dollars = changed(plan, currency="USD")
    side = abreast((plan, dollars))
    assert side.finding == "These plans are in different currencies"
    assert {cell.beneath for row in side.lines for cell in row.cells} == {""}
    later = changed(plan, period={**plan.period.model_dump(mode="json"), "end": "2027-05-02"})
    assert any("different weeks" in note for note in abreast((plan, later)).notes)
    other = {**plan.curves.model_dump(mode="json"), "digest": "b" * 64}
    assert any("different models" in note for note in abreast((plan, changed(
        plan, curves=other))).notes)  # fmt: skip


def test_differences_are_to_the_first() -> None:
    base, less = case_plan("base")[0], case_plan("cut")[0]
    side = abreast((base, less))
    assert side.total.cells[1].beneath == "−200,000"
    spends = {line.line: line.total for line in less.lines}
    for row, line in zip(side.lines, sorted(base.lines, key=lambda one: -one.total), strict=True):
        assert row.name == line.line
        apart = round(spends[line.line] - line.total)
        assert number(row.cells[1].beneath) == apart
