"""The part of model.yaml about audiences: who is reached, and by which lines together."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from mmm.spec.forms import FormSpec
from mmm.spec.priors import (
    BetaPrior,
    FormPrior,
    LogNormalPrior,
    Name,
    PositiveNumber,
    Written,
)

DEFAULT_REACH_SHAPE = LogNormalPrior(median=1.0, low90=0.2, high90=5.0)
DEFAULT_FREQUENCY = LogNormalPrior(median=2.0, low90=1.0, high90=4.0)
"""Of half and slope; Meridian's defaults, LogNormal(0.7, 0.4), are as wide around the same."""
DEFAULT_OVERLAP = BetaPrior(alpha=2.0, beta=4.0)

REACH_PARAMETERS: dict[str, dict[str, FormPrior]] = {
    "nbd": {"shape": DEFAULT_REACH_SHAPE},
    "independence": {},
    "binomial": {},
    "beta_binomial": {"overlap": DEFAULT_OVERLAP},
}
WITH_CHANCES = ("binomial", "beta_binomial")


class ReachCurveSpec(FormSpec):
    """How the reach of an audience grows with the impressions that its lines pool."""

    forms: ClassVar[dict[str, dict[str, FormPrior]]] = REACH_PARAMETERS

    kind: str = "nbd"
    """Which family: nbd (people differ in how much they watch), independence (they do not),
    binomial (a number of chances, each seen by everybody with one probability), beta_binomial
    (chances, and people differ)."""
    shape: LogNormalPrior | None = None
    """nbd: how alike people are; below 1 a few see most, a large number is independence. By
    default median 1, 90 % range 0.2 to 5. Observed weekly reach sharpens it."""
    overlap: BetaPrior | None = None
    """beta_binomial: 0 if two chances are seen independently, 1 if by the same people; with the
    reach R1 of one and R2 of two insertions (2·R1 − R1² − R2) / (R1·(1 − R1)). By default
    Beta(2, 4)."""
    chances: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = None
    """binomial, beta_binomial: the most exposures one person can have in the window, such as the
    number of insertions."""

    @model_validator(mode="after")
    def _chances_of_its_kind(self) -> Self:
        if self.kind in WITH_CHANCES and self.chances is None:
            raise ValueError(f"chances, the most exposures of one person, in kind {self.kind}")
        if self.kind not in WITH_CHANCES and self.chances is not None:
            raise ValueError(f"no chances in kind {self.kind}, which has no most exposures")
        return self


class FrequencySpec(Written):
    """How much it does to reach the same people more often: hill(average frequency)."""

    half: LogNormalPrior = DEFAULT_FREQUENCY
    """The average weekly frequency at which a person is half convinced; by default median 2, 90 %
    range 1 to 4."""
    slope: LogNormalPrior = DEFAULT_FREQUENCY
    """Above 1 the first exposures do less than the next ones; by default median 2, 90 % range 1
    to 4."""

    @property
    def parameters(self) -> dict[str, LogNormalPrior]:
        """Prior of both."""
        return {"half": self.half, "slope": self.slope}


class AudienceSpec(Written):
    """People that one or several lines reach, for average frequency and its caps."""

    size: PositiveNumber | LogNormalPrior
    """How many people there are to reach: a number, or a belief with median and 90 % range."""
    lines: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Who reaches them: channels (all campaigns of each), or lines as ``channel/campaign``. Their
    impressions are pooled."""
    curve: ReachCurveSpec = ReachCurveSpec()
    """How reach grows with impressions."""
    window_weeks: Annotated[int, Field(strict=True, ge=1, le=52)] = 1
    """Weeks that reach and frequency speak of. Weekly reach does not add up to that of a month, as
    the same people are reached again."""
    cost_per_thousand: dict[Name, PositiveNumber] = Field(default_factory=dict)
    """Line or channel -> money per thousand impressions, where impressions are not measured."""
