from __future__ import annotations

from collections.abc import Mapping

import pytest

from allocator.complaint import Complaint
from allocator.objectives import (
    OBJECTIVES,
    Economy,
    EfficientSpendObjective,
    KpiObjective,
    LeastSpendObjective,
    MostSpendObjective,
    ProfitObjective,
    Terms,
    ValueObjective,
    WeightedObjective,
    objective_for,
)

UNITS = {"revenue": "currency", "new_customers": "count"}
COUNTS = {"new_customers": "count"}
NOTHING = Economy()


def test_a_kpi() -> None:
    objective = objective_for("new_customers", NOTHING, UNITS)
    assert objective == KpiObjective("new_customers", "count")
    assert objective.terms() == Terms({"new_customers": 1.0}, 0.0, "count")


def test_profit() -> None:
    objective = objective_for("profit", Economy(margin=0.35), UNITS)
    assert objective == ProfitObjective("revenue", 0.35)
    assert objective.terms() == Terms({"revenue": 0.35}, -1.0, "currency")


def test_profit_by_the_models_own_margin_and_price() -> None:
    own = Economy(margins={"revenue": 0.4})
    assert objective_for("profit", own, UNITS) == ProfitObjective("revenue", 0.4, "curves")
    counted = Economy(margins={"new_customers": 0.5}, values={"new_customers": 60.0})
    objective = objective_for("profit", counted, COUNTS)
    assert objective == ProfitObjective("new_customers", 30.0, "curves")
    stated = Economy(margin=0.25, values={"new_customers": 60.0})
    assert objective_for("profit", stated, COUNTS) == ProfitObjective("new_customers", 15.0)


def test_value() -> None:
    objective = objective_for("value", Economy(value_of={"new_customers": 180.0}), UNITS)
    assert isinstance(objective, ValueObjective)
    assert objective.terms() == Terms({"new_customers": 180.0}, -1.0, "currency")


def test_value_by_whom_a_line_wins() -> None:
    """100 for a customer of tv and 50 for one of search: each line's own, whatever the mean is."""
    objective = objective_for("value", Economy(lifetime={"tv": 100.0, "search": 50.0}), UNITS)
    assert isinstance(objective, ValueObjective)
    terms = objective.terms()
    assert terms.weight("new_customers", "tv") == pytest.approx(100)
    assert terms.weight("new_customers", "search") == pytest.approx(50)
    assert terms.cost("tv") == -1
    assert objective.said_by == "clv"


def test_value_by_the_models_own_price() -> None:
    own = Economy(values={"new_customers": 60.0}, margins={"new_customers": 0.5})
    objective = objective_for("value", own, UNITS)
    assert objective == ValueObjective({"new_customers": 30.0}, said_by="curves")


def test_weighted_kpis() -> None:
    both = objective_for({"revenue": 0.3, "new_customers": 120.0}, NOTHING, UNITS)
    assert isinstance(both, WeightedObjective)
    assert both.terms() == Terms({"revenue": 0.3, "new_customers": 120.0}, 0.0, "currency")
    counted = objective_for({"new_customers": 2.0}, NOTHING, UNITS)
    assert isinstance(counted, WeightedObjective)
    assert counted.terms().unit == "count"


def test_amounts_that_are_sought() -> None:
    assert LeastSpendObjective().terms() == Terms({}, -1.0, "currency")
    assert MostSpendObjective().terms() == Terms({}, 1.0, "currency")
    efficient = EfficientSpendObjective("revenue", 4.0).terms()
    assert efficient.weight("revenue", "tv") == pytest.approx(0.25)
    assert efficient.cost("tv") == -1


@pytest.mark.parametrize(
    ("maximise", "economy", "units", "said"),
    [
        ("revenu", NOTHING, UNITS, "did you mean 'revenue'?"),
        ("profits", NOTHING, UNITS, "did you mean 'profit'?"),
        ("valeu", NOTHING, UNITS, "did you mean 'value'?"),
        ("profit", NOTHING, UNITS, "no margin"),
        ("profit", Economy(margin=0.3), COUNTS, "unit currency are: none"),
        ("profit", Economy(margin=0.3), {"web": "currency", "shop": "currency"}, "are: web, shop"),
        ("profit", Economy(margin=0.3), {"profit": "currency"}, "a KPI of the curves too"),
        ("value", NOTHING, UNITS, "nothing that says what an outcome is worth"),
        ("value", Economy(value_of={"customers": 1.0}), UNITS, "a KPI of the curves"),
        ("value", Economy(lifetime={"tv": 1.0}), {"revenue": "currency"}, "counted KPIs are: none"),
        ({"revenues": 1.0}, NOTHING, UNITS, "did you mean 'revenue'?"),
    ],
)
def test_ambiguity_is_a_complaint(
    maximise: str | Mapping[str, float], economy: Economy, units: dict[str, str], said: str
) -> None:
    complaint = objective_for(maximise, economy, units)
    assert isinstance(complaint, Complaint)
    assert said in f"{complaint.found} {complaint.expected} {complaint.fix}"


def test_every_objective_that_can_be_written_is_reached() -> None:
    economy = Economy(margin=0.3, value_of={"new_customers": 1.0})
    several = {"revenue": 1.0}
    written: tuple[str | Mapping[str, float], ...] = ("revenue", "profit", "value", several)
    reached = {type(objective_for(name, economy, UNITS)) for name in written}
    sought = {LeastSpendObjective, MostSpendObjective, EfficientSpendObjective}
    assert reached | sought == set(OBJECTIVES)
