"""model.yaml as a whole: where the data are, what they mean, what is believed beforehand.

The docstrings of the fields are the YAML reference.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, field_validator

from mmm.errors import Fault
from mmm.spec.baseline import ControlSpec, EventSpec, HolidaySpec, SeasonalitySpec, TrendSpec
from mmm.spec.forms import AdstockSpec, SaturationSpec
from mmm.spec.media import ChannelSpec, Defaults, KpiSpec, Media, Order
from mmm.spec.new_lines import NewLineSpec
from mmm.spec.priors import (
    DEFAULT_ORGANIC,
    DEFAULT_ROAS,
    DEFAULT_SHARE,
    EffectPrior,
    LogNormalPrior,
    Name,
    PositiveNumber,
    Written,
)
from mmm.spec.reach import AudienceSpec, FrequencySpec
from mmm.spec.tables import Answers, DataSpec
from mmm.yamlfile import Document

WeekDay = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEK_DAYS: tuple[WeekDay, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
Count = Annotated[int, Field(strict=True, ge=1)]


class GeoSpec(Written):
    """Regions that are modelled side by side, each with a baseline of its own."""

    population: Annotated[dict[Name, PositiveNumber], Field(min_length=2)]
    """Region, as the tables write it -> its population. Everything is modelled per head, and a
    series without regions is spread by population."""


class SamplingSpec(Written):
    """How long the sampler runs."""

    draws: Count = 1000
    """Draws kept per chain."""
    tune: Count = 1000
    """Draws per chain used to tune the sampler, then thrown away."""
    chains: Count = 4
    """Independent chains; convergence is judged by their agreement."""
    seed: Annotated[int, Field(strict=True, ge=0)] = 1
    """Seed of all randomness; recorded in the result."""


class ModelSpec(Written):
    """Everything in model.yaml."""

    schema_version: Literal[1]
    """Version of this format."""
    data: DataSpec
    """The tables, and the stretch of time to use."""
    frequency: Literal["weekly", "daily"] = "weekly"
    """What one date in the tables stands for. The model is weekly: daily figures are summed to
    weeks. A table may say otherwise for itself."""
    week_start: WeekDay = "monday"
    """First day of a week; a week is named by the date of this day."""
    currency: str | None = None
    """Currency of spend and money KPIs as an ISO code (EUR). Leave out only when media are not
    measured in money; ROAS and CAC then do not exist."""
    kpis: Annotated[dict[Name, KpiSpec], Field(min_length=1)]
    """KPI -> where it is and what it means."""
    channels: Annotated[dict[Name, ChannelSpec], Field(min_length=1)]
    """Channel -> where it is and how it acts."""
    synergy: tuple[tuple[Name, Name], ...] = ()
    """Pairs of channels or lines that may work better together than each alone, such as
    ``[[tv, search]]``. Each takes a term of its own with a belief around none; curves and plans
    leave it out. See docs/attribution.md."""
    defaults: Defaults = Defaults()
    """Carry-over and flattening of channels that do not state theirs."""
    new_lines: tuple[NewLineSpec, ...] = ()
    """Channels and campaigns without history, planned from a belief; see docs/new-lines.md."""
    controls: tuple[ControlSpec, ...] = ()
    """Things that move the KPIs and are no media."""
    events: tuple[EventSpec, ...] = ()
    """Things that happened once or on known days."""
    trend: TrendSpec = TrendSpec()
    """Slow change of the baseline."""
    seasonality: SeasonalitySpec = SeasonalitySpec()
    """What repeats every year."""
    holidays: HolidaySpec | None = None
    """Public holidays of one country."""
    experiments: Name | None = None
    """Table of experiments (a .csv beside model.yaml) that the model must agree with; see
    docs/experiments.md."""
    sampling: SamplingSpec = SamplingSpec()
    """How long the sampler runs; the command line may override it."""
    geos: GeoSpec | None = None
    """The regions of a model by region; the tables then have a ``geo`` column."""
    audiences: dict[Name, AudienceSpec] = Field(default_factory=dict)
    """Audience -> its size and the lines that share it, for reach and average frequency."""
    answers: Answers = Answers()
    """Answers to the questions that reading the data raises."""

    @field_validator("currency")
    @classmethod
    def _iso_code(cls, currency: str | None) -> str | None:
        if currency is not None and not re.fullmatch("[A-Z]{3}", currency):
            raise ValueError("a code of three capital letters, such as EUR")
        return currency

    _document: Document | None = PrivateAttr(default=None)

    @property
    def file(self) -> Path | None:
        """model.yaml; None where it was not read from one."""
        return Path(self._document.file) if self._document else None

    @property
    def folder(self) -> Path:
        """Folder of model.yaml, which table paths are relative to."""
        return Path(self._document.file).parent if self._document else Path()

    def fault(self, path: tuple[str | int, ...], found: str, expected: str, fix: str = "") -> Fault:
        """A fault at ``path`` of model.yaml, with line and column when it was read from a file."""
        if self._document:
            return self._document.fault(path, found, expected, fix)
        return Fault("model", 0, 0, ".".join(map(str, path)), found, expected, fix)

    def adstock(self, channel: str) -> AdstockSpec:
        """Carry-over of a channel, defaults filled in."""
        return self.channels[channel].adstock or self.defaults.adstock

    def saturation(self, channel: str) -> SaturationSpec:
        """Flattening of a channel, defaults filled in; none where it runs on reach."""
        if self.runs_on(channel) == "reach":
            return SaturationSpec(kind="none")
        return self.channels[channel].saturation or self.defaults.saturation

    def runs_on(self, channel: str) -> Media:
        """The series that a channel's response runs on."""
        body = self.channels[channel]
        return "impressions" if body.organic else body.media

    def frequency_effect(self, channel: str) -> dict[str, LogNormalPrior]:
        """Beliefs about the effect of average frequency; empty where it does not run on reach."""
        if self.runs_on(channel) != "reach":
            return {}
        return (self.channels[channel].frequency or FrequencySpec()).parameters

    def order(self, channel: str) -> Order:
        """Whether a channel's carry-over or flattening comes first, defaults filled in."""
        if self.runs_on(channel) == "reach":
            return "saturation_first"  # people get used to a week's exposures, then remember
        return self.channels[channel].order or self.defaults.order

    def effect_prior(self, kpi: str, channel: str) -> EffectPrior:
        """Belief about what a channel's lines bring to a KPI, defaults filled in."""
        body = self.channels[channel]
        own = body.prior.get(kpi) or (None if body.organic else self.kpis[kpi].prior)
        if own is not None:
            return own
        if body.organic:
            return DEFAULT_ORGANIC
        return DEFAULT_ROAS if self.kpis[kpi].unit == "currency" else DEFAULT_SHARE
