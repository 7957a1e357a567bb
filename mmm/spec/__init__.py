"""model.yaml: read, checked, and frozen."""

from mmm.spec.baseline import ControlSpec, EventSpec, HolidaySpec, SeasonalitySpec, TrendSpec
from mmm.spec.media import AdstockSpec, CampaignSpec, ChannelSpec, KpiSpec, SaturationSpec
from mmm.spec.model import WEEK_DAYS, ModelSpec, SamplingSpec
from mmm.spec.priors import BetaPrior, EffectPrior, LogNormalPrior, MediaSharePrior
from mmm.spec.read import load_spec, spec_of
from mmm.spec.tables import Answers, DataSpec, TableSpec

__all__ = [
    "WEEK_DAYS",
    "AdstockSpec",
    "Answers",
    "BetaPrior",
    "CampaignSpec",
    "ChannelSpec",
    "ControlSpec",
    "DataSpec",
    "EffectPrior",
    "EventSpec",
    "HolidaySpec",
    "KpiSpec",
    "LogNormalPrior",
    "MediaSharePrior",
    "ModelSpec",
    "SamplingSpec",
    "SaturationSpec",
    "SeasonalitySpec",
    "TableSpec",
    "TrendSpec",
    "load_spec",
    "spec_of",
]
