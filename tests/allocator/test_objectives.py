from __future__ import annotations

import pytest

from allocator.complaint import Complaint
from allocator.objectives import (
    OBJECTIVES,
    KpiObjective,
    ProfitObjective,
    Terms,
    objective_for,
)

UNITS = {"revenue": "currency", "new_customers": "count"}


def test_a_kpi() -> None:
    objective = objective_for("new_customers", None, UNITS)
    assert objective == KpiObjective("new_customers", "count")
    assert objective.terms() == Terms({"new_customers": 1.0}, 0.0, "count")


def test_profit() -> None:
    objective = objective_for("profit", 0.35, UNITS)
    assert objective == ProfitObjective("revenue", 0.35)
    assert objective.terms() == Terms({"revenue": 0.35}, -1.0, "currency")


@pytest.mark.parametrize(
    ("maximise", "margin", "units", "said"),
    [
        ("revenu", None, UNITS, "did you mean 'revenue'?"),
        ("profits", None, UNITS, "did you mean 'profit'?"),
        ("profit", None, UNITS, "no margin"),
        ("profit", 0.3, {"new_customers": "count"}, "unit currency are: none"),
        ("profit", 0.3, {"web": "currency", "shop": "currency"}, "are: web, shop"),
        ("profit", 0.3, {"profit": "currency"}, "a KPI of the curves too"),
    ],
)
def test_ambiguity_is_a_complaint(
    maximise: str, margin: float | None, units: dict[str, str], said: str
) -> None:
    complaint = objective_for(maximise, margin, units)
    assert isinstance(complaint, Complaint)
    assert said in f"{complaint.found} {complaint.expected} {complaint.fix}"


def test_every_objective_is_reached() -> None:
    reached = {type(objective_for(name, 0.3, UNITS)) for name in ("revenue", "profit")}
    assert reached == set(OBJECTIVES)
