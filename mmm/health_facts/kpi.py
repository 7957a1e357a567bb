"""The figures of one KPI's fit that the health card judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mmm.health_facts.alike import Alike
from mmm.health_facts.beliefs import Beliefs
from mmm.health_facts.demand import Followed
from mmm.health_facts.lines import Band
from mmm.health_facts.predictive import Coverage, Forecast, Outlier
from mmm.health_facts.tested import TestFact
from mmm.posterior import Diagnostics


@dataclass(frozen=True)
class Placebo:
    """A line that did nothing: ``of`` another line's exposure with its weeks shuffled.

    share: its median return over the prior's median; low: the 5 % point of its return over the
    median return of the real lines
    """

    of: str
    share: float
    low: float


@dataclass(frozen=True)
class KpiFacts:
    """explained:  share of variance explained over all weeks
    shift:      line -> how far ln(average contribution) moved, in prior standard deviations
    narrowing:  line -> by how much its standard deviation shrank, as a share; 0 is not at all
    returns:    line -> median KPI units per unit of spend over the data; lines that spent only
    negative:   share of weeks whose expected KPI without media is below zero
    money:      whether the KPI is money, so that returns are ROAS
    likelihood: normal, student_t or negative_binomial
    smallest:   mean weekly KPI of the smallest geo, KPI units
    tails, inside, outlier: of the weeks seen; see mmm.health_facts.predictive
    alike, followed, bands, beliefs, leaning: see the modules of these names
    tests:      experiments; synergy: pairs of lines that were allowed to help each other
    forecast, backtest, placebo: None where they were not asked for
    """

    kpi: str
    diagnostics: Diagnostics
    explained: float
    shift: Mapping[str, float]
    narrowing: Mapping[str, float]
    returns: Mapping[str, float]
    negative: float
    money: bool
    likelihood: str
    smallest: float
    tails: Mapping[str, float]
    inside: Coverage
    outlier: Outlier
    alike: tuple[Alike, ...]
    followed: Mapping[str, Followed]
    bands: Mapping[str, Band]
    beliefs: Beliefs
    leaning: Mapping[str, float] = field(default_factory=dict)
    tests: tuple[TestFact, ...] = ()
    synergy: int = 0
    forecast: Forecast | None = None
    backtest: Forecast | None = None
    placebo: Placebo | None = None
