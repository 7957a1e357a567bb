"""The part of model.yaml about KPIs and channels, with how media act."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from mmm.errors import nearest
from mmm.spec.priors import (
    DEFAULT_DELAY,
    DEFAULT_EXPONENTIAL_RATE,
    DEFAULT_HALF_SATURATION,
    DEFAULT_PEAK_SHAPE,
    DEFAULT_RATE,
    DEFAULT_REACH,
    DEFAULT_RETENTION,
    DEFAULT_SCALE,
    DEFAULT_SHAPE,
    DEFAULT_SLOPE,
    BetaPrior,
    EffectPrior,
    FormPrior,
    LogNormalPrior,
    Name,
    Written,
)

ADSTOCK_PARAMETERS: dict[str, dict[str, FormPrior]] = {
    "geometric": {"retention": DEFAULT_RETENTION},
    "delayed": {"retention": DEFAULT_RETENTION, "delay": DEFAULT_DELAY},
    "binomial": {"retention": DEFAULT_RETENTION},
    "weibull_cdf": {"shape": DEFAULT_SHAPE, "scale": DEFAULT_SCALE},
    "weibull_pdf": {"shape": DEFAULT_PEAK_SHAPE, "scale": DEFAULT_SCALE},
    "none": {},
}
SATURATION_PARAMETERS: dict[str, dict[str, FormPrior]] = {
    "hill": {"half_saturation": DEFAULT_HALF_SATURATION, "slope": DEFAULT_SLOPE},
    "logistic": {"rate": DEFAULT_RATE},
    "michaelis_menten": {"half_saturation": DEFAULT_HALF_SATURATION},
    "tanh": {"reach": DEFAULT_REACH},
    "exponential": {"rate": DEFAULT_EXPONENTIAL_RATE},
    "none": {},
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


class FormSpec(Written):
    """A form with priors of its parameters; which it has depends on its kind."""

    forms: ClassVar[dict[str, dict[str, FormPrior]]]
    """kind -> parameter -> default prior"""

    kind: str

    @field_validator("kind", check_fields=False)
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in cls.forms:
            raise ValueError(f"one of {', '.join(cls.forms)}; {nearest(kind, cls.forms)}")
        return kind

    @model_validator(mode="after")
    def _parameters_of_its_kind(self) -> Self:
        known = self.forms[self.kind]
        every = {name for parameters in self.forms.values() for name in parameters}
        for name in sorted(every - set(known)):
            if getattr(self, name) is not None:
                has = f"which has: {', '.join(known)}" if known else "which has no parameter"
                raise ValueError(f"no {name} in kind {self.kind}, {has}")
        return self

    @property
    def parameters(self) -> dict[str, FormPrior]:
        """Prior of every parameter the kind has, defaults filled in."""
        known = self.forms[self.kind]
        return {name: getattr(self, name) or default for name, default in known.items()}


class AdstockSpec(FormSpec):
    """How the effect of one week's media carries over into later weeks."""

    forms: ClassVar[dict[str, dict[str, FormPrior]]] = ADSTOCK_PARAMETERS

    kind: str = "geometric"
    """Which form: geometric (a fixed share is kept each week), delayed (it peaks later), binomial
    (it ends with its window), weibull_cdf, weibull_pdf (free in pace and peak), none."""
    window: Annotated[int, Field(strict=True, ge=1, le=104)] = 13
    """Weeks over which an exposure acts, its own week included."""
    retention: BetaPrior | None = None
    """geometric, delayed, binomial: share of the effect that is kept from one week to the next; by
    default Beta(2, 2)."""
    delay: LogNormalPrior | None = None
    """delayed: weeks until the effect is largest; by default median 1, 90 % range 0.25 to 4."""
    shape: LogNormalPrior | None = None
    """weibull_cdf: below 1 the decay slows down, above 1 it speeds up; by default median 1, 90 %
    range 0.4 to 2.5. weibull_pdf: above 1 the effect peaks later than at once; by default median
    2, 90 % range 0.8 to 5."""
    scale: LogNormalPrior | None = None
    """weibull_cdf, weibull_pdf: weeks; by default median 2, 90 % range 0.5 to 8."""


class SaturationSpec(FormSpec):
    """How the effect of more and more media in one week flattens.

    Exposure is in units of the line's mean over the weeks in which it is not zero.
    """

    forms: ClassVar[dict[str, dict[str, FormPrior]]] = SATURATION_PARAMETERS

    kind: str = "hill"
    """Which form: hill (may be S-shaped), logistic, michaelis_menten, tanh, exponential, none."""
    half_saturation: LogNormalPrior | None = None
    """hill, michaelis_menten: the exposure at which half of the most possible is reached; by
    default median 1, 90 % range 0.3 to 3."""
    slope: LogNormalPrior | None = None
    """hill: above 1 the curve is S-shaped; by default median 1.2, 90 % range 0.6 to 2.4."""
    rate: LogNormalPrior | None = None
    """logistic: how fast it flattens; by default median 1.1, 90 % range 0.35 to 3.5. exponential:
    likewise; by default median 0.7, 90 % range 0.22 to 2.2."""
    reach: LogNormalPrior | None = None
    """tanh: the exposure at which three quarters of the most possible are reached; by default
    median 1.8, 90 % range 0.55 to 5.6."""


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
