"""The part of model.yaml about KPIs and channels, with how media act."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from mmm import adstock, saturation
from mmm.errors import nearest
from mmm.spec.priors import (
    DEFAULT_HALF_SATURATION,
    DEFAULT_RATE,
    DEFAULT_RETENTION,
    DEFAULT_SLOPE,
    BetaPrior,
    EffectPrior,
    LogNormalPrior,
    Name,
    Written,
)

SATURATION_PARAMETERS: dict[str, dict[str, LogNormalPrior]] = {
    "hill": {"half_saturation": DEFAULT_HALF_SATURATION, "slope": DEFAULT_SLOPE},
    "logistic": {"rate": DEFAULT_RATE},
    "michaelis_menten": {"half_saturation": DEFAULT_HALF_SATURATION},
}


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
    prior: EffectPrior | None = None
    """Belief about what each line brings to this KPI, the same for every line. By default a ROAS
    with median 1.2 and 90 % range 0.3 to 5 for money, and a media share with median 20 % spread
    by spend for counts."""


class AdstockSpec(Written):
    """How the effect of one week's media carries over into later weeks."""

    kind: str = "geometric"
    """Which form: geometric."""
    window: Annotated[int, Field(strict=True, ge=1, le=104)] = 13
    """Weeks over which an exposure acts, its own week included."""
    retention: BetaPrior = DEFAULT_RETENTION
    """Share of the effect that is kept from one week to the next."""

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        return _one_of(kind, adstock.names())


class SaturationSpec(Written):
    """How the effect of more and more media in one week flattens.

    Exposure is in units of the line's mean over the weeks in which it is not zero.
    """

    kind: str = "hill"
    """Which form: hill (may be S-shaped), logistic, michaelis_menten."""
    half_saturation: LogNormalPrior | None = None
    """hill, michaelis_menten: the exposure at which half of the most possible is reached; by
    default median 1, 90 % range 0.3 to 3."""
    slope: LogNormalPrior | None = None
    """hill: above 1 the curve is S-shaped; by default median 1.2, 90 % range 0.6 to 2.4."""
    rate: LogNormalPrior | None = None
    """logistic: how fast it flattens; by default median 1.1, 90 % range 0.35 to 3.5."""

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        return _one_of(kind, saturation.names())

    @model_validator(mode="after")
    def _parameters_of_its_kind(self) -> Self:
        known = SATURATION_PARAMETERS[self.kind]
        for name in ("half_saturation", "slope", "rate"):
            if getattr(self, name) is not None and name not in known:
                raise ValueError(f"no {name} in kind {self.kind}, which has: {', '.join(known)}")
        return self

    @property
    def parameters(self) -> dict[str, LogNormalPrior]:
        """Prior of every parameter the kind has, defaults filled in."""
        known = SATURATION_PARAMETERS[self.kind]
        return {name: getattr(self, name) or default for name, default in known.items()}


class CampaignSpec(Written):
    """One campaign of a channel; an empty ``{}`` when its data are in a long table."""

    spend: Name | None = None
    """Column of a wide table with the campaign's spend."""
    impressions: Name | None = None
    """Column of a wide table with the campaign's impressions (or clicks, or GRPs)."""


class ChannelSpec(Written):
    """One media channel: a line that money is given to, or several lines, its campaigns."""

    spend: Name | None = None
    """Column of a wide table with the spend; leave out when the data are in a long table or when
    ``campaigns`` have columns of their own."""
    impressions: Name | None = None
    """Column of a wide table with the impressions (or clicks, or GRPs)."""
    campaigns: dict[Name, CampaignSpec] | None = None
    """Campaign -> its columns. For a long table this may be left out: the campaigns are then those
    in the data. If it is given, a campaign in the data that is not listed is an error."""
    level: Literal["campaign", "channel"] = "campaign"
    """``campaign``: each campaign is a line of its own. ``channel``: campaigns are summed."""
    media: Literal["spend", "impressions"] = "spend"
    """Which series the response runs on. With ``impressions``, money is turned into impressions at
    the cost per impression in the data."""
    adstock: AdstockSpec | None = None
    """Carry-over; by default that of ``defaults``."""
    saturation: SaturationSpec | None = None
    """Flattening; by default that of ``defaults``."""
    prior: dict[Name, EffectPrior] = Field(default_factory=dict)
    """kpi -> belief about this channel's lines, in place of the KPI's own ``prior``."""


class Defaults(Written):
    """What holds for every channel that does not say otherwise."""

    adstock: AdstockSpec = AdstockSpec()
    """Carry-over."""
    saturation: SaturationSpec = SaturationSpec()
    """Flattening."""


def _one_of(kind: str, known: tuple[str, ...]) -> str:
    if kind not in known:
        raise ValueError(f"one of {', '.join(known)}; {nearest(kind, known)}")
    return kind
