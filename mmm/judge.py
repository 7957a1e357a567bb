"""Fits beside the main one that try the model, and what they and it say for the health card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mmm.backtest import AHEAD, origins
from mmm.data import MediaData
from mmm.fit.sampled import Sampled
from mmm.health_facts import (
    Forecast,
    KpiFacts,
    Placebo,
    Predicted,
    TestFact,
    averaged,
    facts_of,
    forecast,
    placebo_of,
)
from mmm.model.evidence import Evidence
from mmm.model.gather import gather
from mmm.model.lifts import Lift, incremental
from mmm.placebo import with_placebo
from mmm.spec import ModelSpec

SHOWN = 500  # draws of a test's outcome: its mean to a twentieth of its standard deviation


@dataclass(frozen=True)
class Trials:
    """What to try beside the fit itself.

    holdout: weeks at the end to foresee; backtest: origins further back; placebo: whether a line
    that did nothing is added, its weeks shuffled by ``seed``
    """

    holdout: int = 0
    backtest: int = 0
    placebo: bool = False
    seed: int = 1

    def of(
        self, spec: ModelSpec, data: MediaData, kpi: str, *, given: np.ndarray | None = None
    ) -> dict[str, Evidence]:
        """What each further fit of ``kpi`` sees, by its name.

        given: as in ``gather``. Raises InputError where too few weeks are left for one of them.
        """
        held = sorted({self.holdout, *origins(self.backtest)} - {0})
        found = {
            without(kpi, weeks): gather(spec, data, kpi, holdout=weeks, given=given)
            for weeks in held
        }
        if self.placebo:
            both = with_placebo(spec, data, seed=self.seed)
            found[beside_placebo(kpi)] = gather(*both, kpi, given=given)
        return found


def without(kpi: str, weeks: int) -> str:
    """How a fit to all but the last weeks is called."""
    return f"{kpi}, without the last {weeks} weeks"


def beside_placebo(kpi: str) -> str:
    """How a fit with a line that did nothing is called."""
    return f"{kpi}, with a placebo"


def untested(kpi: str) -> str:
    """How a fit to the series alone is called."""
    return f"{kpi}, without experiments"


@dataclass(frozen=True, eq=False)
class Bench:
    """All fits of one model file, the main ones and the trials, by name.

    seen: what each saw; sampled: what came of it, also of those without experiments
    """

    trials: Trials
    seen: Mapping[str, Evidence]
    sampled: Mapping[str, Sampled]

    def facts(self, kpi: str, tests: Sequence[Lift], *, money: bool) -> KpiFacts:
        """What they say of one KPI; tests: the experiments on it."""
        evidence, own = self.seen[kpi], self.sampled[kpi]
        facts = facts_of(evidence, own.flat, own.derived, own.diagnostics, money=money)
        alone = self.sampled.get(untested(kpi))
        return replace(
            facts,
            synergy=len(evidence.synergy.pairs),
            tests=tuple(_test_fact(evidence, test, own, alone) for test in tests),
            forecast=self._forecast(kpi),
            backtest=self._backtest(kpi),
            placebo=self._placebo(kpi),
        )

    def _forecast(self, kpi: str) -> Forecast | None:
        held = self.trials.holdout
        return self._ahead(kpi, held, held) if held else None

    def _backtest(self, kpi: str) -> Forecast | None:
        several = [self._ahead(kpi, held, AHEAD) for held in origins(self.trials.backtest)]
        return averaged(several) if several else None

    def _ahead(self, kpi: str, held: int, weeks: int) -> Forecast:
        name = without(kpi, held)
        return forecast(self.seen[name], self.sampled[name].derived, weeks)

    def _placebo(self, kpi: str) -> Placebo | None:
        if not self.trials.placebo:
            return None
        name = beside_placebo(kpi)
        return placebo_of(self.seen[name], self.sampled[name].derived)


def _test_fact(evidence: Evidence, test: Lift, own: Sampled, alone: Sampled | None) -> TestFact:
    rows = [
        int(evidence.families[change.family].rows[place])
        for change in test.changes
        for place in change.places
    ]
    names = tuple(evidence.lines[row] for row in sorted(rows))
    return TestFact(
        name=test.experiment.name,
        lines=names,
        measured=test.experiment.incremental_outcome,
        se=test.experiment.standard_error,
        after=_predicted(evidence, test, own),
        before=None if alone is None else _predicted(evidence, test, alone),
        returns_before={} if alone is None else _returns(evidence, rows, alone),
        returns_after=_returns(evidence, rows, own),
    )


def _predicted(evidence: Evidence, test: Lift, fitted: Sampled) -> Predicted:
    draws = fitted.flat
    count = len(draws["sigma"])
    kept = np.linspace(0, count - 1, min(count, SHOWN)).astype(int)
    outcome = incremental(evidence, test, {name: values[kept] for name, values in draws.items()})
    return Predicted(float(outcome.mean()), float(outcome.std()))


def _returns(
    evidence: Evidence, rows: Sequence[int], fitted: Sampled
) -> dict[str, tuple[float, float, float]]:
    spend = evidence.spend.sum(axis=1).mean(axis=1)
    found = {}
    for row in rows:
        if spend[row] > 0:
            values = fitted.derived.average[:, row].sum(axis=-1) / spend[row]
            low, middle, high = np.quantile(values, [0.05, 0.5, 0.95]).tolist()
            found[evidence.lines[row]] = (low, middle, high)
    return found
