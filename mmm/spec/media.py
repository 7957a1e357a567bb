"""The part of model.yaml about KPIs and channels, with how media act."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field, field_validator

from mmm.spec.commission import CommissionSpec
from mmm.spec.forms import AdstockSpec, SaturationSpec
from mmm.spec.priors import EffectPrior, Name, Written
from mmm.spec.reach import FrequencySpec

Media = Literal["spend", "impressions", "reach"]
Order = Literal["adstock_first", "saturation_first"]


class KpiSpec(Written):
    """One outcome that media are to move."""

    column: Name
    """Column of a wide table."""
    times: Name | None = None
    """A second column that ``column`` is multiplied with, row by row, before anything is summed
    (conversions times revenue per conversion)."""
    unit: Literal["currency", "count"]
    """``currency``: money, in the file's currency; enables ROAS. ``count``: customers, orders,
    units; enables CAC."""
    value_per_unit: Name | float | None = None
    """count: what one of them is worth, in the file's currency: a number, or a column of a wide
    table where it varies (the mean of the week is used)."""
    margin: Name | float | None = None
    """The share of this money (of a count: of its value) that is left before media are paid for,
    above 0 and at most 1: a number, or a column of a wide table where it varies."""
    likelihood: Literal["normal", "student_t", "negative_binomial"] = "normal"
    """How figures scatter around what the model expects. ``normal``: as most do; the fastest.
    ``student_t``: a few weeks may be far off and pull on nothing. ``negative_binomial``: small
    counts, a few dozen a week or less."""
    prior: EffectPrior | None = None
    """Belief about what each line brings to this KPI, the same for every line. By default a ROAS
    with median 1.2 and 90 % range 0.3 to 5 for money, and a media share with median 20 % spread
    by spend for counts."""

    @field_validator("value_per_unit", mode="before")
    @classmethod
    def _value(cls, value: object) -> object:
        return _column_or_number(value, math.inf, "a column, or a number above 0")

    @field_validator("margin", mode="before")
    @classmethod
    def _share(cls, margin: object) -> object:
        expected = "a column, or a share above 0 and at most 1 (35 % is 0.35)"
        return _column_or_number(margin, 1.0, expected)


def _column_or_number(value: object, most: float, expected: str) -> object:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is None or (isinstance(value, str) and value):
        return value
    if not number or not 0 < float(str(value)) <= most or math.isinf(float(str(value))):
        raise ValueError(expected)
    return value


class CampaignSpec(Written):
    """One campaign of a channel; an empty ``{}`` when its data are in a long table."""

    spend: Name | None = None
    """Column of a wide table with the campaign's spend."""
    impressions: Name | None = None
    """Column of a wide table with the campaign's impressions (or clicks, or GRPs)."""
    reach: Name | None = None
    """Column of a wide table with the people the campaign reached, each counted once a week."""
    labels: dict[Name, Name] = Field(default_factory=dict)
    """Further names for rules and tables, such as ``{audience: prospecting, brand: shoes}``; they
    add to those of the channel."""


class ChannelSpec(Written):
    """One media channel: a line that money is given to, or several lines, its campaigns."""

    spend: Name | None = None
    """Column of a wide table with the spend; leave out when the data are in a long table or when
    ``campaigns`` have columns of their own."""
    impressions: Name | None = None
    """Column of a wide table with the impressions (or clicks, or GRPs)."""
    reach: Name | None = None
    """Column of a wide table with the people reached, each counted once a week."""
    campaigns: dict[Name, CampaignSpec] | None = None
    """Campaign -> its columns. For a long table this may be left out: the campaigns are then those
    in the data. If it is given, a campaign in the data that is not listed is an error."""
    level: Literal["campaign", "channel"] = "campaign"
    """``campaign``: each campaign is a line of its own. ``channel``: campaigns are summed."""
    media: Media = "spend"
    """Which series the response runs on. With ``impressions``, money is turned into impressions at
    the cost per impression in the data. With ``reach``, it runs on the people reached, each
    weighted by how often; see docs/reach.md."""
    frequency: FrequencySpec | None = None
    """``media: reach``: what is believed about the effect of average frequency."""
    adstock: AdstockSpec | None = None
    """Carry-over; by default that of ``defaults``."""
    saturation: SaturationSpec | None = None
    """Flattening; by default that of ``defaults``."""
    order: Order | None = None
    """Whether weeks are carried over and their sum is flattened (``adstock_first``), or each week
    is flattened before it is carried over (``saturation_first``)."""
    organic: bool = False
    """Media that cost nothing (newsletters, posts): modelled like the others, never planned. It
    needs ``impressions`` and no ``spend``."""
    labels: dict[Name, Name] = Field(default_factory=dict)
    """Further names for rules and tables, such as ``{market: DE, brand: shoes}``."""
    prior: dict[Name, EffectPrior] = Field(default_factory=dict)
    """kpi -> belief about this channel's lines, in place of the KPI's own ``prior``."""
    commission: CommissionSpec | None = None
    """For pay-per-performance media, whose cost follows sales: in place of ``adstock``,
    ``saturation`` and ``prior``."""


class Defaults(Written):
    """What holds for every channel that does not say otherwise."""

    adstock: AdstockSpec = AdstockSpec()
    """Carry-over."""
    saturation: SaturationSpec = SaturationSpec()
    """Flattening."""
    order: Order = "adstock_first"
    """Carry-over before flattening, or after it (``saturation_first``)."""
