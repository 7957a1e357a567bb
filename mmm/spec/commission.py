"""The part of model.yaml about media that are paid by result."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from mmm.spec.priors import FractionPrior, PositiveNumber, Written


class CommissionSpec(Written):
    """A channel whose cost is a commission on the sales it tracks, as in affiliate marketing.

    Its spend follows sales by contract, so that their moving together says nothing about what it
    brings. The model therefore takes the belief below as it is, for each week

        contribution = incremental · tracked sales,  tracked sales = spend / rate

    (or orders = spend / fee) without carry-over and without flattening.
    """

    rate: Annotated[float, Field(strict=True, gt=0, le=1)] | None = None
    """Commission as a part of tracked revenue (0.08 is 8 %); for KPIs in money."""
    fee: PositiveNumber | None = None
    """Commission per tracked order or customer, in the file's currency; for counts."""
    incremental: FractionPrior
    """The part of tracked sales that would not have happened without the channel."""

    @model_validator(mode="after")
    def _a_price(self) -> Self:
        if self.rate is None and self.fee is None:
            raise ValueError("rate for KPIs in money, fee for counts, or both")
        return self
