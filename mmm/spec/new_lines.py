"""The part of model.yaml about lines that are to be planned and have no history."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mmm.spec.forms import AdstockSpec, SaturationSpec
from mmm.spec.media import Order
from mmm.spec.priors import EffectPrior, Name, PositiveNumber, Written


class NewLineSpec(Written):
    """A channel or campaign that is not in the data yet.

    The data say nothing about it, so that every KPI needs a belief: one of its own in ``prior``,
    or that of its siblings. Its curve is drawn from that belief after the fit, and marked as
    prior-driven in the curves and in every plan.
    """

    line: Name
    """``channel``, or ``channel/campaign``."""
    weekly_spend: PositiveNumber
    """The spend a week that the beliefs are about, in the file's currency; saturation counts in
    units of it."""
    prior: dict[Name, EffectPrior] = Field(default_factory=dict)
    """kpi -> belief about what ``weekly_spend``, kept up, brings: a ``roas`` for money, a ``cac``
    for a count."""
    like: Literal["siblings"] | None = None
    """``siblings``: for KPIs that ``prior`` does not name, a campaign earns what the others of its
    channel teach, and differs from them as they do from each other."""
    adstock: AdstockSpec | None = None
    """Carry-over; by default that of its channel, as learnt, or else of ``defaults``."""
    saturation: SaturationSpec | None = None
    """Flattening; by default that of its channel, as learnt, or else of ``defaults``."""
    order: Order | None = None
    """Carry-over before flattening or after it; by default as in its channel, or ``defaults``."""
    cost_per_unit: PositiveNumber | None = None
    """Currency per impression; needed where the channel's response runs on impressions."""
    labels: dict[Name, Name] = Field(default_factory=dict)
    """Further names for rules and tables; they add to those of the channel."""

    @property
    def channel(self) -> str:
        """What stands before the first ``/``."""
        return self.line.partition("/")[0]

    @property
    def campaign(self) -> str:
        """What stands behind it; empty where the line is a channel."""
        return self.line.partition("/")[2]
