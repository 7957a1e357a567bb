"""Lines without history: their curve is a belief, with what their channel teaches.

    average = prior_roas · weekly_spend                    from a belief of its own
    average = rate_channel · weekly_spend · exp(σ u + ω z) like its siblings, z ~ N(0, 1)
    effect  = average / g(weekly_spend / scale),  scale = weekly_spend

The stated spend is taken to run steadily, so that every week is carried over in full and g is taken
at 1. A stated belief is taken as it stands. ``u`` (the channel's return), ``ω`` (how campaigns
differ), carry-over and the point of saturation come draw by draw from the fit where the channel
is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mmm import saturation
from mmm.data import MediaData
from mmm.errors import Fault
from mmm.model.evidence import Evidence
from mmm.model.pooling import POOLED, SPREADS
from mmm.spec import AdstockSpec, ModelSpec, NewLineSpec, SaturationSpec
from mmm.unlearnt.chances import sampled
from mmm.unlearnt.line import Drawn, Line, chance

Draws = Mapping[str, np.ndarray]
"""What was sampled and what it resolves to: name -> (chain, draw, …)."""


def new_line_misfits(spec: ModelSpec, data: MediaData) -> list[Fault]:
    """New lines that the data know after all, or whose siblings they do not know."""
    owners = list(map(str, data.dataset["channel"].to_numpy()))
    faults = []
    for place, entry in enumerate(spec.new_lines):
        here = ("new_lines", place)
        found = repr(entry.line)
        if entry.line in data.lines:
            expected, fix = "a line without history", "take it out: its data speak for it"
            said = f"{found}, which is in the data"
            faults.append(spec.fault((*here, "line"), said, expected, fix))
        elif entry.channel in data.lines:
            said = f"{found}, a campaign of {entry.channel}, which is one line"
            fix = "name it as a channel of its own"
            faults.append(spec.fault((*here, "line"), said, "a channel with campaigns", fix))
        elif entry.like and entry.channel not in owners:
            expected = f"campaigns of {entry.channel} in the data"
            said = f"{entry.line}, which has no siblings there"
            faults.append(
                spec.fault((*here, "like"), said, expected, "write `prior` for every KPI")
            )
    return faults


@dataclass(frozen=True, eq=False)
class _Forms:
    adstock: AdstockSpec
    saturation: SaturationSpec
    order: str
    labels: Mapping[str, str]


def _forms(spec: ModelSpec, entry: NewLineSpec) -> _Forms:
    known = entry.channel in spec.channels
    channel = entry.channel
    return _Forms(
        entry.adstock or (spec.adstock(channel) if known else spec.defaults.adstock),
        entry.saturation or (spec.saturation(channel) if known else spec.defaults.saturation),
        entry.order or (spec.order(channel) if known else spec.defaults.order),
        {**(spec.channels[channel].labels if known else {}), **entry.labels},
    )


def drawn_new_line(
    spec: ModelSpec,
    entry: NewLineSpec,
    evidence: Mapping[str, Evidence],
    draws: Mapping[str, Draws],
    seed: int,
) -> Line:
    """One new line with its draws, as many as the fit has. Everywhere alike per head."""
    forms = _forms(spec, entry)
    first = next(iter(evidence.values()))
    cost = entry.cost_per_unit or 1.0
    drawn = {}
    for kpi, own in evidence.items():
        one = _New(entry, forms, own, draws[kpi], chance(seed, "new", entry.line, kpi))
        parameters = one.parameters()
        curve = saturation.by_name(forms.saturation.kind)
        shape = {name: parameters[f"saturation_{name}"] for name in curve.parameters}
        full = one.average(kpi) / curve.value(np.ones(one.shape), **shape)
        none = np.zeros((*one.shape, len(own.geos)))
        drawn[kpi] = Drawn(full[..., None] * own.share, none, parameters)
    return Line(
        entry.line,
        forms.adstock.kind,
        forms.adstock.window,
        forms.saturation.kind,
        forms.order,
        cost,
        entry.weekly_spend / cost / float(first.population.sum()),
        local=len(first.geos) == 1,
        prior_driven=True,
        spend=np.zeros_like(first.kpi_values),
        labels=forms.labels,
        drawn=drawn,
    )


@dataclass(frozen=True, eq=False)
class _New:
    """One new line and one KPI."""

    entry: NewLineSpec
    forms: _Forms
    evidence: Evidence
    draws: Draws
    rng: np.random.Generator

    @property
    def shape(self) -> tuple[int, ...]:
        shape: tuple[int, ...] = self.draws["sigma"].shape
        return shape

    @property
    def siblings(self) -> np.ndarray:
        """Positions of its channel's lines in the fit; none where the channel is new."""
        channels = self.evidence.pooling.channels
        if self.entry.channel not in channels:
            return np.empty(0, dtype=int)
        return np.flatnonzero(self.evidence.pooling.owner == channels.index(self.entry.channel))

    def parameters(self) -> dict[str, np.ndarray]:
        """Of carry-over and saturation: name as in the curves -> (chain, draw)."""
        found = {}
        for kind, form, stated in (
            ("adstock", self.forms.adstock, self.entry.adstock),
            ("saturation", self.forms.saturation, self.entry.saturation),
        ):
            for name, prior in form.parameters.items():
                if stated is None and len(self.siblings):
                    found[f"{kind}_{name}"] = self._of_channel(f"{kind}_{name}")
                else:
                    found[f"{kind}_{name}"] = sampled(prior, self.shape, self.rng)
        return found

    def average(self, kpi: str) -> np.ndarray:
        """What the stated spend brings a week, KPI units: (chain, draw)."""
        spend, belief = self.entry.weekly_spend, self.entry.prior.get(kpi)
        if belief is None:
            return self._like_siblings() * spend
        if belief.roas is not None:
            return sampled(belief.roas, self.shape, self.rng) * spend
        assert belief.cac is not None  # other kinds are refused in a new line
        return spend / sampled(belief.cac, self.shape, self.rng)

    def _like_siblings(self) -> np.ndarray:
        """KPI units per unit of spend of another campaign of the channel."""
        own, rows = self.evidence, self.siblings
        weekly = own.spend[rows][..., : own.observed].sum(axis=1).mean(axis=-1)
        rate = np.exp(own.effect_mu[rows]).sum() / weekly.sum()
        u = self.draws["channel_return"][..., own.pooling.owner[rows[0]]]
        apart = self._spread("campaign_spread")
        z = self.rng.standard_normal(self.shape)
        like: np.ndarray = rate * np.exp(own.effect_sigma[rows[0]] * u + apart * z)
        return like

    def _of_channel(self, name: str) -> np.ndarray:
        """The channel's parameter; where campaigns saturate apart, one more campaign's."""
        parameter = next(one for one in self.evidence.parameters if one.name == name)
        place = int(np.flatnonzero(parameter.rows == self.siblings[0])[0])
        value: np.ndarray = self.draws[name][..., place]
        if name not in POOLED:
            return value
        own = np.flatnonzero(self.evidence.pooling.spread(parameter) == place)
        if len(own):  # the sibling's own value, less how far it lies from its channel's
            off = self.draws["saturation_spread"] * self.draws[f"campaign_{name}"][..., own[0]]
            value = value * np.exp(-off)
        apart = self._spread("saturation_spread")
        value = value * np.exp(apart * self.rng.standard_normal(self.shape))
        return value

    def _spread(self, name: str) -> np.ndarray:
        """As learnt, or as believed where no campaigns taught it."""
        if name in self.draws:
            return self.draws[name]
        belief = SPREADS[name]
        drawn: np.ndarray = belief.median * np.exp(
            belief.width * self.rng.standard_normal(self.shape)
        )
        return drawn
