"""What is believed before the data speak, as a person writes it in model.yaml. Plain data only."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Z90 = 1.6448536269514722
"""Standard normal quantile at 95 %: half the width of a 90 % range, in standard deviations."""

LOPSIDED = 1.25  # medians are written with one or two digits, so 1.2 in 0.3 to 5.0 must pass
LOPSIDED_ODDS = 1.5  # likewise, and 0.3 in 0.1 to 0.7 is a belief people write

Name = Annotated[str, Field(min_length=1)]
PositiveNumber = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]


class Written(BaseModel):
    """Base of everything a person writes: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class LogNormalPrior(Written):
    """A positive quantity, LogNormal: its median and the range that holds it with 90 % chance.

    One end of the range is enough. With both, the ratios high90/median and median/low90 must
    agree within a quarter, as a LogNormal's do; the width is then taken from high90/low90.
    """

    median: PositiveNumber
    """Half of the belief lies below this value."""
    low90: PositiveNumber | None = None
    """5 % of the belief lies below this value."""
    high90: PositiveNumber | None = None
    """5 % of the belief lies above this value."""

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.low90 is None and self.high90 is None:
            raise ValueError("low90, high90 or both beside the median")
        low, high = self.low90 or 0.0, self.high90 or math.inf
        if not low < self.median < high:
            raise ValueError("low90 below the median and the median below high90")
        if self.low90 and self.high90:
            below, above = self.median / self.low90, self.high90 / self.median
            if not 1 / LOPSIDED <= above / below <= LOPSIDED:
                raise ValueError(
                    f"the same ratio on both sides of the median (median / low90 is {below:.3g}, "
                    f"high90 / median is {above:.3g}); with this median and low90, high90 is "
                    f"{self.median * below:.3g}"
                )
        return self

    @property
    def mu(self) -> float:
        """Mean of the logarithm: ln(median)."""
        return math.log(self.median)

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm, from the 90 % range."""
        if self.low90 and self.high90:
            return math.log(self.high90 / self.low90) / (2 * Z90)
        if self.high90:
            return math.log(self.high90 / self.median) / Z90
        assert self.low90 is not None  # the validator asks for one end at least
        return math.log(self.median / self.low90) / Z90

    def times(self, factor: float) -> LogNormalPrior:
        """Belief about ``factor`` times the quantity."""
        return self._moved(factor, self.median, self.low90, self.high90)

    def over(self, number: float) -> LogNormalPrior:
        """Belief about ``number`` over the quantity: low and high change places."""
        low = 1 / self.high90 if self.high90 else None
        return self._moved(number, 1 / self.median, low, 1 / self.low90 if self.low90 else None)

    @staticmethod
    def _moved(
        factor: float, median: float, low: float | None, high: float | None
    ) -> LogNormalPrior:
        # the ratios were checked when they were written; rounding shall not raise doubts anew
        return LogNormalPrior.model_construct(
            median=factor * median,
            low90=factor * low if low else None,
            high90=factor * high if high else None,
        )


class BetaPrior(Written):
    """A share between 0 and 1, Beta(alpha, beta): mean alpha / (alpha + beta)."""

    alpha: PositiveNumber
    """Pulls towards 1."""
    beta: PositiveNumber
    """Pulls towards 0."""


class HalfLifePrior(LogNormalPrior):
    """A retention by its half-life in weeks, LogNormal; the retention follows from it.

    What is sampled is the half-life; ``mmm.model.half_life.retention`` turns it into the retention
    of the carry-over ``decay``, whose window may matter.
    """

    decay: str
    """Kind of carry-over: geometric, delayed or binomial."""
    window: int
    """Its window in weeks."""

    @classmethod
    def of(cls, half_life: LogNormalPrior, decay: str, window: int) -> HalfLifePrior:
        """The belief about the half-life, with the carry-over whose retention it becomes."""
        stated = half_life.model_dump()
        return cls.model_construct(**stated, decay=decay, window=window)


class FractionPrior(Written):
    """A fraction between 0 and 1: its median and the range that holds it with 90 % chance.

    Its log-odds ln(x / (1 − x)) are normal. One end of the range is enough. With both, the odds
    must widen about alike on both sides of the median, within a half.
    """

    median: Annotated[float, Field(strict=True, gt=0, lt=1)]
    """Half of the belief lies below this value."""
    low90: Annotated[float, Field(strict=True, gt=0, lt=1)] | None = None
    """5 % of the belief lies below this value."""
    high90: Annotated[float, Field(strict=True, gt=0, lt=1)] | None = None
    """5 % of the belief lies above this value."""

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.low90 is None and self.high90 is None:
            raise ValueError("low90, high90 or both beside the median")
        if not (self.low90 or 0.0) < self.median < (self.high90 or 1.0):
            raise ValueError("low90 below the median and the median below high90")
        if self.low90 and self.high90:
            below = odds(self.median) / odds(self.low90)
            above = odds(self.high90) / odds(self.median)
            if not 1 / LOPSIDED_ODDS <= above / below <= LOPSIDED_ODDS:
                fitting = odds(self.median) * below
                raise ValueError(
                    f"odds that widen alike on both sides of the median ({below:.3g} below, "
                    f"{above:.3g} above); with this median and low90, high90 is "
                    f"{fitting / (1 + fitting):.3g}"
                )
        return self

    @property
    def mu(self) -> float:
        """Mean of the log-odds."""
        return math.log(odds(self.median))

    @property
    def sigma(self) -> float:
        """Standard deviation of the log-odds, from the 90 % range."""
        if self.low90 and self.high90:
            return math.log(odds(self.high90) / odds(self.low90)) / (2 * Z90)
        if self.high90:
            return math.log(odds(self.high90) / odds(self.median)) / Z90
        assert self.low90 is not None  # the validator asks for one end at least
        return math.log(odds(self.median) / odds(self.low90)) / Z90


def odds(chance: float) -> float:
    """x / (1 − x)."""
    return chance / (1 - chance)


FormPrior = BetaPrior | LogNormalPrior
"""What a parameter of adstock or saturation may have."""


class MediaSharePrior(LogNormalPrior):
    """How much of the KPI all media together bring, as a share of its total (0.2 is 20 %).

    Each line's contribution over the data gets a LogNormal prior of this width, whose median is
    the line's part of ``median * total KPI``; ``spread`` says what that part is.
    """

    spread: Literal["spend", "equal"] = "spend"
    """``spend``: a line's part is its share of all spend, which is the same return on every unit
    of money. ``equal``: every line has the same part, for media without a currency."""


class EffectPrior(Written):
    """What a line is believed to bring; exactly one of the four."""

    roas: LogNormalPrior | None = None
    """Revenue per unit of spend, averaged over the data without carry-out (`prior_roas`)."""
    cac: LogNormalPrior | None = None
    """Spend per unit of the KPI (per new customer, say), averaged in the same way."""
    media_share: MediaSharePrior | None = None
    """All media together, as a share of the KPI; see the fields of its own."""
    share: LogNormalPrior | None = None
    """This line alone, as a share of the KPI (0.02 is 2 %)."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        stated = [self.roas, self.cac, self.media_share, self.share]
        if sum(prior is not None for prior in stated) != 1:
            raise ValueError("exactly one of roas, cac, media_share and share")
        return self

    @property
    def kind(self) -> Literal["roas", "cac", "media_share", "share"]:
        """Which of the four is stated."""
        if self.roas is not None:
            return "roas"
        if self.cac is not None:
            return "cac"
        return "media_share" if self.media_share is not None else "share"


DEFAULT_ROAS = EffectPrior(roas=LogNormalPrior(median=1.2, low90=0.3, high90=5.0))
"""Revenue KPIs: every line alike, so that without evidence a plan stays where it is."""

DEFAULT_SHARE = EffectPrior(media_share=MediaSharePrior(median=0.2, low90=0.05, high90=0.8))
"""Count KPIs: 20 % of the KPI from media, from 5 % to 80 %, the same return on all spend."""

DEFAULT_ORGANIC = EffectPrior(share=LogNormalPrior(median=0.02, low90=0.003, high90=0.13))
"""Media without cost: 2 % of the KPI each, from 0.3 % to 13 %."""

DEFAULT_RETENTION = BetaPrior(alpha=2.0, beta=2.0)
DEFAULT_HALF_SATURATION = LogNormalPrior(median=1.0, low90=0.3, high90=3.0)
DEFAULT_SLOPE = LogNormalPrior(median=1.2, low90=0.6, high90=2.4)
DEFAULT_RATE = LogNormalPrior(median=1.1, low90=0.35, high90=3.5)
"""ln 3 = 1.1 puts the logistic's half-way point at the mean exposure, like half_saturation 1."""

# Every form's default puts half of its effect near the mean exposure, like half_saturation 1:
DEFAULT_EXPONENTIAL_RATE = LogNormalPrior(median=0.7, low90=0.22, high90=2.2)  # ln 2 = 0.7
DEFAULT_REACH = LogNormalPrior(median=1.8, low90=0.55, high90=5.6)  # 1 / artanh(1/2) = 1.8

DEFAULT_DELAY = LogNormalPrior(median=1.0, low90=0.25, high90=4.0)
DEFAULT_SHAPE = LogNormalPrior(median=1.0, low90=0.4, high90=2.5)
DEFAULT_PEAK_SHAPE = LogNormalPrior(median=2.0, low90=0.8, high90=5.0)
DEFAULT_SCALE = LogNormalPrior(median=2.0, low90=0.5, high90=8.0)
