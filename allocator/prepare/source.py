"""What a dossier is made from: the plan in its setting, and what only the edge knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from allocator.constraints import Measure
from allocator.engine.figures.check import check
from allocator.engine.figures.evaluated import Evaluated
from allocator.engine.figures.worth import evaluate, objective_draws
from allocator.engine.setting import Setting
from allocator.findings.dossier import Account
from allocator.plan import Plan
from allocator.sensitivity.opened import Opened

PATIENCE = 20.0  # seconds for a plan that is only shown beside the one that was asked for


@dataclass(frozen=True)
class Told:
    """What nothing here can know by itself.

    made_on:      the day, ISO 8601; made_by: who ran it
    accounts:     line -> what finance books it under; lines that are not named have none
    promised:     an earlier plan, to be held against what came
    ledger:       what the books say the KPI in money was in the reference's weeks, currency
    fiscal_start: the month in which the fiscal year begins, 1 to 12
    stale:        why the plan no longer answers today's question
    """

    made_on: str
    made_by: str = ""
    accounts: Mapping[str, Account] = field(default_factory=dict)
    promised: Plan | None = None
    ledger: float | None = None
    fiscal_start: int = 1
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Source:
    """A plan opened, with everything that several parts of the dossier read off it."""

    opened: Opened
    told: Told

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.opened.plan

    @property
    def setting(self) -> Setting:
        """Its scenario and curves."""
        return self.opened.known.setting

    @property
    def kpi(self) -> str:
        """The KPI that the goal speaks of first."""
        return self.setting.kpi

    @cached_property
    def chosen(self) -> Evaluated:
        """The recommended plan with its response."""
        return self.evaluated(self.opened.known.spend)

    @cached_property
    def scaled(self) -> Evaluated:
        """The reference scaled to the budget, likewise."""
        return evaluate(self.setting, self.setting.scaled)

    @cached_property
    def reference(self) -> Evaluated:
        """The reference as spent, likewise."""
        return evaluate(self.setting, self.setting.reference)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Every rule at the recommended plan."""
        return check(self.setting, self.chosen.spend, self.chosen.response)

    @cached_property
    def gain(self) -> np.ndarray:
        """(draw,) the objective less that of the scaled reference."""
        return self.worth(self.chosen) - self.worth(self.scaled)

    def evaluated(self, spend: np.ndarray) -> Evaluated:
        """Amounts (line, week) with their response."""
        return evaluate(self.setting, self.setting.labelled(spend))

    def worth(self, plan: Evaluated) -> np.ndarray:
        """(draw,) the objective of a plan."""
        return objective_draws(self.setting, plan)

    @cached_property
    def hurried(self) -> Setting:
        """The setting with no more time for a search than a plan beside the plan deserves."""
        run = self.setting.scenario.run
        short = run.model_copy(update={"time_limit": min(run.time_limit, PATIENCE)})
        return replace(
            self.setting, scenario=self.setting.scenario.model_copy(update={"run": short})
        )
