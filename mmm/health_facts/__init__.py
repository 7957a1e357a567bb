"""The figures of a fit that the health card judges; the judging is in ``mmm.health``."""

from mmm.health_facts.alike import Alike
from mmm.health_facts.beliefs import Beliefs
from mmm.health_facts.demand import Followed
from mmm.health_facts.gathered import facts_of, placebo_of
from mmm.health_facts.kpi import KpiFacts, Placebo
from mmm.health_facts.lines import Band
from mmm.health_facts.predictive import Coverage, Forecast, Outlier, averaged, forecast
from mmm.health_facts.tested import Predicted, TestFact

__all__ = [
    "Alike",
    "Band",
    "Beliefs",
    "Coverage",
    "Followed",
    "Forecast",
    "KpiFacts",
    "Outlier",
    "Placebo",
    "Predicted",
    "TestFact",
    "averaged",
    "facts_of",
    "forecast",
    "placebo_of",
]
