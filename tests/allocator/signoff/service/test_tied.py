"""The figures that decide who signs are checked against each other when a plan comes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from office import Office, matrix, plan
from plan_cases import CASES, case_plan

from allocator.plan import Plan, sealed
from allocator.signoff.service.submission import Submission, create, hand_in
from allocator.signoff.store import plan_rows
from allocator.signoff.store.connect import Store
from allocator.signoff.tied import untied
from mmm.errors import InputError

Change = Callable[[dict[str, Any]], None]


def said(*path: Any, value: Any) -> Change:
    """One figure of a plan, changed."""

    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


def halved(document: dict[str, Any]) -> None:
    """Every total, but not its weeks."""
    document["totals"]["plan"]["spend"] /= 2
    for one in document["lines"]:
        one["total"] /= 2
    for one in document["channels"]:
        one["spend"] /= 2


def twice(document: dict[str, Any]) -> None:
    document["lines"][1]["line"] = document["lines"][0]["line"]


def elsewhere(document: dict[str, Any]) -> None:
    for line in document["lines"][:3]:
        line["channel"] = "search"


ODD: dict[str, tuple[Change, str]] = {
    "the whole": (said("totals", "plan", "spend", value=1000.0),
                  r"totals.plan.spend: found 1,000.00, expected 2,000,000.00, the sum of its li"),
    "a cent": (said("totals", "plan", "spend", value=1_999_999.99), "found 1,999,999.99"),
    "totals without weeks": (halved, r"lines.tv/brand.total: found 108,500.00, expected 217,000"),
    "a line": (said("lines", 0, "total", value=1.0), "lines.tv/brand.total: found 1.00"),
    "a channel": (said("channels", 0, "spend", value=1.0), "channels.tv.spend: found 1.00"),
    "what ran": (said("lines", 0, "reference", value=0.0), "channels.tv.reference: found 620,000"),
    "all that ran": (said("totals", "reference", "spend", value=5.0), "totals.reference.spend: f"),
    "below zero": (said("lines", 0, "spend", 0, value=-1.0), "found -1.0, expected an amount from"),
    "too much": (said("totals", "plan", "spend", value=1e300), "expected an amount from 0 to"),
    "a line twice": (twice, "lines.tv/brand: found it more than once"),
    "another channel": (elsewhere, r"channels.tv: found it in lines or channels alone"),
    "another scenario": (said("scenario", "resolved", "budget", value={"exactly": 1.0}),
                         "scenario.digest: found a digest that is not that of the scenario"),
    "no day": (said("period", "end", value="zzz"),
               "period: found 2027-01-04 to zzz, expected two days"),
    "no such day": (said("period", "end", value="2027-02-30"), "to 2027-02-30, expected two days"),
    "ends before it starts": (said("period", "end", value="2027-01-03"), "to 2027-01-03, expected"),
    "a week for a day": (said("period", "start", value="2027-W01"), "found 2027-W01 to "),
    "a currency in words": (said("currency", value="Euros"), "currency: found 'Euros', expected"),
    "no digest": (said("curves", "digest", value="none"), "curves.digest: found 'none', expected"),
    "a long name": (said("scenario", "id", value="x" * 201), "scenario.id: found 'xxx"),
    "no KPI": (said("units", value={}),
               "totals.plan.kpis: found new_customers, revenue, expected the plan's KPIs"),
    "a line without": (said("lines", 0, "difference", value={}),
                       "lines.tv/brand.difference: found nothing, expected new_customers, revenue"),
    "the whole without": (said("totals", "difference", "reference_scaled", "kpis", value={}),
                          "totals.difference: found nothing, expected new_customers, revenue"),
}  # fmt: skip


def changed(change: Change) -> Plan:
    document = plan("small").model_dump(mode="json")
    change(document)
    return sealed(document)


@pytest.mark.parametrize("name", ODD)
def test_figures_that_do_not_agree_are_refused(name: str) -> None:
    change, words = ODD[name]
    faults = [f"{one.path}: found {one.found}, expected {one.expected}"
              for one in untied(changed(change))]  # fmt: skip
    assert any(words in one for one in faults), faults


@pytest.mark.parametrize("name", CASES)
def test_figures_of_plans_agree(name: str) -> None:
    assert untied(case_plan(name)[0]) == []


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.2, 1.5])
def test_plans_of_the_office_agree(factor: float) -> None:
    made = plan("scaled", factor)
    assert untied(made) == []
    assert made.totals.plan.spend == pytest.approx(2_000_000 * factor, abs=0.001)


def test_no_smaller_amount_is_said_to_need_fewer_signatures(store: Store) -> None:
    """A plan whose seal was set anew is not kept, on either way in."""
    office = Office(store).hire()
    forged = changed(said("totals", "plan", "spend", value=1000.0))
    with pytest.raises(InputError, match=r"totals.plan.spend: found 1,000.00"):
        create(store, "paula", Submission(forged, "DE"), at=office.now())
    with pytest.raises(InputError, match=r"totals.plan.spend: found 1,000.00"):
        hand_in(store, "paula", Submission(forged, "DE"), matrix(), at=office.now())
    with store.reading() as connection:
        assert plan_rows.get(connection, forged.digest) is None


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_figure_that_is_none_is_refused(store: Store, value: float) -> None:
    office, small = Office(store).hire(), plan("small")
    value_of = small.certificate.model_copy(update={"value": value})
    odd = small.model_copy(update={"certificate": value_of})
    with pytest.raises(InputError, match="a figure that is NaN or infinite"):
        create(store, "paula", Submission(odd, "DE"), at=office.now())
