"""What is listed of a result without reading its plan again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from allocator.plan import Interval, Plan

if TYPE_CHECKING:
    from allocator.scenario import LoadedScenario

INFEASIBLE = "infeasible"
NOT_FOUND = "none found in time"
BAD_INPUT = "bad input"
UNHEALTHY = "unhealthy fit"
FAULT = "internal fault"

FAILURES = {FAULT: 1, BAD_INPUT: 2, INFEASIBLE: 3, NOT_FOUND: 4, UNHEALTHY: 5}
"""status of a result without a plan -> what `allocator plan` exits with"""


@dataclass(frozen=True)
class Summary:
    """One result in one line.

    key:        names the result
    status:     what is proven of the plan, or why there is none
    budget:     that of the scenario, currency; None where it seeks its own
    objective:  what is maximised; value: its mean at the plan, with p10 and p90
    gain:       value less that of the scaled reference, paired by draw, with p10 and p90
    better:     share of the draws in which the plan is better than the scaled reference
    spend, moved: the plan's money, and how much of it lies elsewhere than in the scaled reference
    gap:        what the proof leaves open, a fraction of what is at stake
    kpis, roas, cac: means by KPI; absent where there is none
    binding:    ids of the rules that hold the plan where it is, or that are in conflict
    words:      why there is no plan
    """

    key: str
    status: str
    scenario: str
    currency: str
    budget: float | None = None
    objective: str | None = None
    value: float | None = None
    value_p10: float | None = None
    value_p90: float | None = None
    gain: float | None = None
    gain_p10: float | None = None
    gain_p90: float | None = None
    better: float | None = None
    spend: float | None = None
    moved: float | None = None
    gap: float | None = None
    kpis: Mapping[str, float] = field(default_factory=dict)
    roas: Mapping[str, float] = field(default_factory=dict)
    cac: Mapping[str, float] = field(default_factory=dict)
    binding: tuple[str, ...] = ()
    warnings: int = 0
    words: str = ""

    def to_line(self) -> str:
        """One line of JSON, sorted keys, a newline at the end."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False) + "\n"


_NAMES = frozenset(one.name for one in fields(Summary))


def from_line(line: str) -> Summary | None:
    """The summary back; None for a line that was cut short when its writer was killed."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict) or said.keys() != _NAMES:
        return None
    return Summary(**{**said, "binding": tuple(said["binding"])})


def summary_of(plan: Plan, key: str) -> Summary:
    """The line of a plan."""
    value, gain = plan.totals.plan.objective, plan.totals.difference.reference_scaled
    moved = sum(max(0, round(100 * (x.total - x.reference_scaled))) for x in plan.lines) / 100
    totals = plan.totals.plan
    held = dict.fromkeys(rule.id for rule in plan.constraints if rule.binding)
    return Summary(
        key, str(plan.certificate.status), plan.scenario.id, plan.currency,
        budget=budget_of(plan.scenario.resolved["budget"]),
        objective=plan.objective, value=value.mean, value_p10=value.p10, value_p90=value.p90,
        gain=gain.objective.mean, gain_p10=gain.objective.p10, gain_p90=gain.objective.p90,
        better=gain.probability_better, spend=totals.spend, moved=moved,
        gap=plan.certificate.gap_of_outcome,
        kpis=_means(totals.kpis), roas=_means(totals.roas), cac=_means(totals.cac),
        binding=tuple(held), warnings=len(plan.warnings),
    )  # fmt: skip


def _means(figures: Mapping[str, Interval | None]) -> dict[str, float]:
    return {kpi: one.mean for kpi, one in figures.items() if one is not None}


def failure(
    key: str, status: str, loaded: LoadedScenario, words: str, rules: tuple[str, ...] = ()
) -> Summary:
    """The line of a question without a plan; ``rules``: those in conflict."""
    scenario = loaded.scenario
    budget = budget_of(scenario.budget.model_dump(mode="json", exclude_none=True))
    return Summary(
        key, status, scenario.id, scenario.currency, budget=budget, binding=rules, words=words
    )


def budget_of(budget: Mapping[str, Any]) -> float | None:
    """The amount of a budget as resolved: all of it, or the most that may be spent."""
    amount = budget.get("exactly", budget.get("at_most"))
    return amount if isinstance(amount, int | float) else None
