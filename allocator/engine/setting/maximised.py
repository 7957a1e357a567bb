"""What a plan of a scenario maximises on its curves, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocator.complaint import Complaint
from allocator.constraints import Facts, Meter
from allocator.engine.setting.interest import discounted, factors
from allocator.objectives import Terms
from allocator.scenario import Scenario, Worth, goal_terms, objective_of
from mmm.curves import ResponseCurves


@dataclass(frozen=True, eq=False)
class Maximised:
    """Weights, what their names mean, what money of each week counts, who says the worth."""

    terms: Terms
    meters: Mapping[str, Meter]
    interest: np.ndarray | None
    said_by: str


def maximised(scenario: Scenario, curves: ResponseCurves, worth: Worth, facts: Facts) -> Maximised:
    """The objective as weights, at present value where money has interest.

    To be asked once ``name_faults`` finds nothing wrong.
    """
    objective = objective_of(scenario, curves.units, curves.labels, worth)
    assert not isinstance(objective, Complaint)  # name_faults has asked
    terms = goal_terms(objective, scenario, curves.labels)
    rate = scenario.economics.discount if scenario.economics is not None else None
    if rate is None:
        return Maximised(terms, {}, None, objective.said_by)
    interest = factors(rate, len(facts.weeks))
    return Maximised(*discounted(terms, interest, facts.profile), interest, objective.said_by)
