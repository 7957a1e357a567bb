"""What is told of controls to come: new, gone, otherwise, and the same."""

from __future__ import annotations

from typing import Any

from allocator.compare.contexts import context_changes


def scenario(**tables: dict[str, dict[str, float]]) -> dict[str, Any]:
    """table -> week -> control -> value, as a resolved scenario has it."""
    return {
        "context": {
            name: {
                "table": f"{name}.csv",
                "rows": [{"week": w, "values": v} for w, v in of.items()],
            }
            for name, of in tables.items()
        }
    }


def test_controls_are_told_by_table_and_name() -> None:
    low = scenario(prices={"2027-W01": {"price": 94.0}, "2027-W02": {"price": 98.0, "promo": 1.0}})
    high = scenario(prices={"2027-W01": {"price": 94.0}, "2027-W02": {"price": 97.5}})
    assert list(context_changes({}, low)) == [
        ("context.prices", "price is told for 2 weeks: 94 to 98"),
        ("context.prices", "promo is told for 2027-W02: 1"),
    ]
    assert list(context_changes(low, high)) == [
        ("context.prices", "price is told otherwise for 2027-W02: 97.5"),
        ("context.prices", "promo is no longer told for 2027-W02: 1"),
    ]
    assert list(context_changes(low, low)) == []


def test_weeks_that_only_one_of_them_has() -> None:
    """Scenarios of thirteen and of twelve weeks, with the same tables otherwise."""
    long = scenario(prices={"2027-W01": {"price": 94.0}, "2027-W02": {"price": 98.0}})
    short = scenario(prices={"2027-W01": {"price": 94.0}})
    assert list(context_changes(long, short)) == [
        ("context.prices", "price is no longer told for 2027-W02: 98")
    ]
    assert list(context_changes(short, long)) == [
        ("context.prices", "price is told for 2027-W02: 98")
    ]
    other = scenario(prices={"2027-W02": {"price": 97.0}})
    assert list(context_changes(long, other)) == [
        ("context.prices", "price is told otherwise for 2 weeks: 94 to 97")
    ]
