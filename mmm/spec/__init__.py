"""model.yaml: read, checked, and frozen."""

from mmm.spec.baseline import (
    ControlAdstockSpec,
    ControlSpec,
    EventSpec,
    HolidaySpec,
    SeasonalitySpec,
    TrendSpec,
)
from mmm.spec.commission import CommissionSpec
from mmm.spec.forms import AdstockSpec, SaturationSpec
from mmm.spec.holiday_calendar import holiday_days
from mmm.spec.media import CampaignSpec, ChannelSpec, KpiSpec
from mmm.spec.model import WEEK_DAYS, ModelSpec, SamplingSpec
from mmm.spec.new_lines import NewLineSpec
from mmm.spec.priors import (
    BetaPrior,
    EffectPrior,
    FractionPrior,
    HalfLifePrior,
    LogNormalPrior,
    MediaSharePrior,
)
from mmm.spec.reach import AudienceSpec, FrequencySpec, ReachCurveSpec
from mmm.spec.read import load_spec, spec_of
from mmm.spec.tables import Answers, DataSpec, TableSpec

__all__ = [
    "WEEK_DAYS",
    "AdstockSpec",
    "Answers",
    "AudienceSpec",
    "BetaPrior",
    "CampaignSpec",
    "ChannelSpec",
    "CommissionSpec",
    "ControlAdstockSpec",
    "ControlSpec",
    "DataSpec",
    "EffectPrior",
    "EventSpec",
    "FractionPrior",
    "FrequencySpec",
    "HalfLifePrior",
    "HolidaySpec",
    "KpiSpec",
    "LogNormalPrior",
    "MediaSharePrior",
    "ModelSpec",
    "NewLineSpec",
    "ReachCurveSpec",
    "SamplingSpec",
    "SaturationSpec",
    "SeasonalitySpec",
    "TableSpec",
    "TrendSpec",
    "holiday_days",
    "load_spec",
    "spec_of",
]
